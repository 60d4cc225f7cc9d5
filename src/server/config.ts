// The configuration of a Waymark server, checked once at start: each error names the option and what was expected.
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type Scope, scopes, type Workspace } from '../access/index.ts';
import { isObject } from '../protocol/index.ts';

export interface ServerConfig {
  listen: {
    /** Default `127.0.0.1`. */
    host?: string;
    /** 0 picks a free port. */
    port: number;
  };
  /** The SQLite file; created where it is missing. */
  database: string;
  /** The folder that holds the built `waymark.js` and `widget.js`. Default: where this package was built. */
  pages?: string;
  workspaces: WorkspaceConfig[];
  /** Default `info`. */
  log?: 'silent' | 'error' | 'info';
}

/** A workspace as configured: what is left out gets a default. */
export type WorkspaceConfig = Pick<Workspace, 'id' | 'name'> & Partial<Omit<Workspace, 'id' | 'name'>>;

/** Reads a JSON file; a relative database path counts from the file's folder. Throws an Error that names the fault. */
export function readConfig(file: string): ServerConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`configuration ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const config = checkConfig(value);
  const database = isAbsolute(config.database) ? config.database : resolve(file, '..', config.database);
  return { ...config, database };
}

/** Returns the value as a configuration, or throws an Error that lists every fault with its place. */
export function checkConfig(value: unknown): ServerConfig {
  const faults: string[] = [];
  const expect = (ok: boolean, place: string, expected: string): void => {
    if (!ok) faults.push(`${place}: expected ${expected}`);
  };
  const config = isObject(value) ? value : {};
  const listen = isObject(config['listen']) ? config['listen'] : {};
  expect(isPort(listen['port']), 'listen.port', 'a port from 0 to 65535');
  expect(listen['host'] === undefined || isText(listen['host']), 'listen.host', 'a host name or address');
  expect(isText(config['database']), 'database', 'the path of a SQLite file');
  expect(config['pages'] === undefined || isText(config['pages']), 'pages', 'the path of a folder');
  expect([undefined, 'silent', 'error', 'info'].includes(config['log'] as string), 'log', 'silent, error or info');
  const workspaces = Array.isArray(config['workspaces']) ? config['workspaces'] : [];
  expect(workspaces.length > 0, 'workspaces', 'at least one workspace');
  for (const [index, workspace] of workspaces.entries()) checkWorkspace(workspace, `workspaces[${index}]`, expect);
  if (faults.length > 0) throw new Error(`configuration: ${faults.join('; ')}`);
  return config as unknown as ServerConfig;
}

type Expect = (ok: boolean, place: string, expected: string) => void;

function checkWorkspace(value: unknown, place: string, expect: Expect): void {
  const workspace = isObject(value) ? value : {};
  expect(/^[0-9a-f]{24}$/.test(String(workspace['id'])), `${place}.id`, '24 hexadecimal digits');
  expect(isText(workspace['name']), `${place}.name`, 'a name');
  each(workspace, 'siteKeys', place, expect, (siteKey, at) => {
    expect(/^pk_[\w-]{8,}$/.test(String(siteKey['key'])), `${at}.key`, 'pk_ and at least 8 letters or digits');
    expect(
      isListOf(siteKey['origins'], isOrigin),
      `${at}.origins`,
      'a list of origins such as https://www.example.com',
    );
  });
  each(workspace, 'serverKeys', place, expect, (serverKey, at) => {
    expect(isText(serverKey['name']), `${at}.name`, 'a name');
    expect(
      isText(serverKey['token']) && serverKey['token'].length >= 16,
      `${at}.token`,
      'a secret of at least 16 characters',
    );
    expect(isListOf(serverKey['scopes'], isScope), `${at}.scopes`, `a list of ${scopes.join(', ')}`);
  });
  each(workspace, 'identityKeys', place, expect, (identityKey, at) => {
    expect(isText(identityKey['kid']), `${at}.kid`, 'a key id');
    expect(identityKey['alg'] === 'HS256' || identityKey['alg'] === 'ES256', `${at}.alg`, 'HS256 or ES256');
    const { secret, alg } = identityKey;
    expect(
      isText(secret) && (alg === 'ES256' || secret.length >= 32),
      `${at}.secret`,
      'a secret of at least 32 characters, or a public key as PEM',
    );
  });
  const identity = isObject(workspace['identity']) ? workspace['identity'] : {};
  expect(
    [undefined, 'enforce', 'report', 'off'].includes(identity['verify'] as string),
    `${place}.identity.verify`,
    'enforce, report or off',
  );
}

function each(
  workspace: Record<string, unknown>,
  member: string,
  place: string,
  expect: Expect,
  check: (item: Record<string, unknown>, at: string) => void,
): void {
  const list = workspace[member] ?? [];
  expect(Array.isArray(list), `${place}.${member}`, 'a list');
  if (Array.isArray(list))
    for (const [index, item] of list.entries()) check(isObject(item) ? item : {}, `${place}.${member}[${index}]`);
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

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isScope(value: unknown): value is Scope {
  return (scopes as readonly unknown[]).includes(value);
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}
