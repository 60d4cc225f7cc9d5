// The configuration of a Waymark server: its shape, and how it is read from a file, the environment and flags.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Workspace } from '../access/index.ts';
import type { JdsDestination } from '../delivery/index.ts';
import type { CookieRenewal, FactsOptions, Rate } from '../relay/index.ts';
import { checkConfig } from './config-check.ts';
import { resolveSecrets } from './secrets.ts';
import { type Given, overlay } from './settings.ts';

export interface ServerConfig {
  listen: {
    /** Default `127.0.0.1`. */
    host?: string;
    /** 0 picks a free port. */
    port: number;
    /** Milliseconds from the word to stop, from when on `/readyz` says 503, until no request is taken. Default 0. */
    stopDelayMs?: number;
  };
  /** The SQLite file; created where it is missing. */
  database: string;
  /** The file of the keys that `waymark keys` makes. Default: `<database>.keys.json`. */
  keys?: string;
  /** The folder that holds the built `waymark.js` and `widget.js`. Default: where this package was built. */
  pages?: string;
  workspaces: WorkspaceConfig[];
  /** Default `info`. */
  log?: 'silent' | 'error' | 'info';
  collect?: CollectConfig;
  limits?: LimitsConfig;
  deadLetters?: DeadLettersConfig;
  webhooks?: WebhooksConfig;
  /** Where events are forwarded to. Default: nowhere. */
  forward?: JdsDestination[];
}

export interface WebhooksConfig {
  /** Networks beyond the internet that actions may call, such as `10.1.0.0/16`; only these without TLS. Default: none. */
  allow?: string[];
  /** Milliseconds for one call. Default 15,000. */
  timeoutMs?: number;
  /** Calls of one address at once. Default 8. */
  concurrency?: number;
  /** Calls of all addresses at once, half of them for one workspace. Default 256. */
  maxCalls?: number;
  /** Milliseconds from each failed attempt to the next; after the last it is given up. Default: 5 s to 16 h, eight of them. */
  retryDelaysMs?: number[];
  /** Failures in a row from which on an address rests. Default 10. */
  pauseFrom?: number;
  /** Actions of a workspace that fire in a day (UTC). Default 100,000. */
  maxFiresPerDay?: number;
  /** Events behind so many actions fire nothing. Default 3. */
  maxHops?: number;
}

export interface CollectConfig extends FactsOptions {
  /** Default `/collect`; blockers know the word. */
  path?: string;
  /** Proxies in front whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  /** Milliseconds until a body has to be there. Default 15,000. */
  bodyTimeoutMs?: number;
  /** Keeps a copy of the page's cookie, for Safari, on same-origin requests. Default: no cookie is set. */
  cookie?: CookieRenewal;
}

export interface LimitsConfig {
  /** Events of one site key. Default 2,000 a second, 10,000 at once. */
  key?: Rate;
  /** Events of one visitor. Default 50 a second, 500 at once. */
  visitor?: Rate;
  /** Events from one IPv4 address or IPv6 /64. Default 1,000 a second, 10,000 at once. */
  address?: Rate;
  /** Events that wait for the disk. Default 20,000. */
  maxPending?: number;
  /** Bytes of a body, also after decompression. Default 1 MiB. */
  maxBodyBytes?: number;
  /** Events in one batch. Default 500. */
  maxEvents?: number;
  /** Connections at once. Default 10,000. */
  maxConnections?: number;
}

export interface DeadLettersConfig {
  /** Default: `<database>.dead-letters`. */
  folder?: string;
  /** Default 64 MiB. */
  maxBytes?: number;
  /** Default 7. */
  maxAgeDays?: number;
}

/** A workspace as configured: what is left out gets a default. */
export type WorkspaceConfig = Pick<Workspace, 'id' | 'name'> & Partial<Omit<Workspace, 'id' | 'name'>>;

/**
 * Reads a JSON file and what environment and flags say beside it; without a file, those alone. Relative paths count
 * from the file's folder. Throws an Error that names the fault.
 */
export function readConfig(file: string | undefined, given: Given = { environment: {}, flags: {} }): ServerConfig {
  const folder = file === undefined ? process.cwd() : resolve(file, '..');
  const value = overlay(file === undefined ? {} : readJson(file), given);
  const config = checkConfig(resolveSecrets(value, { environment: given.environment, folder }));
  const from = (path: string): string => resolve(folder, path);
  return {
    ...config,
    database: from(config.database),
    ...(config.keys !== undefined && { keys: from(config.keys) }),
    ...(config.pages !== undefined && { pages: from(config.pages) }),
  };
}

/** Where what belongs to the database is kept. */
export function filesOf({ database, keys, deadLetters }: ServerConfig): {
  keys: string;
  letters: string;
  seal: string;
} {
  return {
    keys: keys ?? `${database}.keys.json`,
    letters: resolve(database, '..', deadLetters?.folder ?? `${database}.dead-letters`),
    seal: `${database}.seal`,
  };
}

/** Fills in what a workspace leaves out. */
export function completeWorkspace(workspace: WorkspaceConfig): Workspace {
  return {
    organizationId: '00000000-0000-0000-0000-000000000000',
    siteKeys: [],
    serverKeys: [],
    identityKeys: [],
    ...workspace,
    identity: { verify: 'enforce', ...workspace.identity },
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`configuration ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
