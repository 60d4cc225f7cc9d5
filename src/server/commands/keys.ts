// `waymark keys`: makes, lists, rotates and revokes keys in the keys file; a running server follows within a second.
// A secret is printed once, when it is made, and stands nowhere else in clear.
import { randomBytes } from 'node:crypto';
import {
  hashToken,
  isScope,
  type KeysFile,
  newServerToken,
  newSiteKey,
  noKeys,
  readKeysFile,
  scopes,
  type WorkspaceKeys,
  writeKeysFile,
} from '../../access/index.ts';
import { filesOf } from '../config.ts';
import { checkConfig } from '../config-check.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, durationOf, listOf, needText, readOptions, type Values } from './options.ts';

interface Job {
  keys: KeysFile;
  own: WorkspaceKeys;
  values: Values;
  print: (line: string) => void;
  /** RFC 3339 of a moment `--expires` from now. */
  expiry: { expiresAt?: string };
  now: number;
}

export const keys: Command = {
  what: 'makes, lists, rotates and revokes keys',
  usage: `waymark keys list
       waymark keys add-site --workspace ID --origin https://www.example.com [--source S] [--type T] [--expires 90d]
       waymark keys add-server --workspace ID --name desk --scope cjp:user [--expires 90d]
       waymark keys add-identity --workspace ID --kid web-2 [--expires 90d]
       waymark keys rotate --workspace ID --name desk [--overlap 24h]
       waymark keys revoke --workspace ID --name desk (or the kid, or pk_…)
       each with --config FILE`,
  async run({ args, environment, print, now }) {
    const { values, positionals } = readOptions(args, {
      ...configOptions,
      workspace: { type: 'string' },
      name: { type: 'string' },
      kid: { type: 'string' },
      origin: { type: 'string', multiple: true },
      source: { type: 'string', multiple: true },
      type: { type: 'string', multiple: true },
      scope: { type: 'string', multiple: true },
      expires: { type: 'string' },
      overlap: { type: 'string' },
    });
    const config = configOf(values, { environment });
    const file = filesOf(config).keys;
    const all = readKeysFile(file);
    const [action = 'list'] = positionals;
    if (action === 'list') return list(all, print);
    const job = jobs[action];
    if (!job) throw new CommandError(`waymark keys ${action}: expected list, ${Object.keys(jobs).join(', ')}`);
    const workspace = needText(values, 'workspace');
    if (!config.workspaces.some(({ id }) => id === workspace)) {
      throw new CommandError(`--workspace: the configuration has no workspace ${workspace}`);
    }
    all[workspace] ??= noKeys();
    const expiresMs = durationOf(values, 'expires');
    const expiry = expiresMs === undefined ? {} : { expiresAt: new Date(now() + expiresMs).toISOString() };
    const lines: string[] = [];
    job({ keys: all, own: all[workspace], values, print: (line) => lines.push(line), expiry, now: now() });
    // What would stop the next start must not get into the file, and a key that is not in the file must not be shown.
    checkConfig({ ...config, workspaces: [{ id: workspace, name: 'keys', ...all[workspace] }] });
    writeKeysFile(file, all);
    lines.forEach(print);
    return 0;
  },
};

const jobs: Record<string, (job: Job) => void> = {
  'add-site'({ own, values, print, expiry }) {
    const key = newSiteKey();
    const sources = listOf(values, 'source');
    const types = listOf(values, 'type');
    const origins = listOf(values, 'origin') ?? [needText(values, 'origin')];
    own.siteKeys.push({ key, origins, ...(sources && { sources }), ...(types && { types }), ...expiry });
    print(key);
  },

  'add-server'({ own, values, print, expiry }) {
    const name = needText(values, 'name');
    if (own.serverKeys.some((key) => key.name === name)) throw new CommandError(`--name: ${name} is there; rotate it`);
    const wanted = listOf(values, 'scope') ?? [needText(values, 'scope')];
    const known = wanted.filter(isScope);
    if (known.length < wanted.length) throw new CommandError(`--scope: expected one of ${scopes.join(', ')}`);
    const token = newServerToken();
    own.serverKeys.push({ name, sha256: hashToken(token), scopes: known, ...expiry });
    print(token);
  },

  'add-identity'({ own, values, print, expiry }) {
    const kid = needText(values, 'kid');
    if (own.identityKeys.some((key) => key.kid === kid)) throw new CommandError(`--kid: ${kid} is there; take another`);
    const secret = randomBytes(32).toString('base64url');
    own.identityKeys.push({ kid, alg: 'HS256', secret, ...expiry });
    print(secret);
  },

  rotate({ own, values, print, expiry, now }) {
    const name = needText(values, 'name');
    const current = own.serverKeys.filter((key) => key.name === name);
    const [latest] = current.slice(-1);
    if (!latest) throw new CommandError(`--name: there is no server key ${name}`);
    const until = now + (durationOf(values, 'overlap') ?? 24 * 3_600_000);
    for (const key of current) {
      const ends = key.expiresAt === undefined ? until : Math.min(until, Date.parse(key.expiresAt));
      key.expiresAt = new Date(ends).toISOString();
    }
    const token = newServerToken();
    own.serverKeys = own.serverKeys.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now);
    own.serverKeys.push({ name, sha256: hashToken(token), scopes: latest.scopes, ...expiry });
    print(token);
  },

  revoke({ own, values, print }) {
    const name = needText(values, 'name');
    const before = own.siteKeys.length + own.serverKeys.length + own.identityKeys.length;
    own.siteKeys = own.siteKeys.filter((one) => one.key !== name);
    own.serverKeys = own.serverKeys.filter((one) => one.name !== name);
    own.identityKeys = own.identityKeys.filter((one) => one.kid !== name);
    const gone = before - own.siteKeys.length - own.serverKeys.length - own.identityKeys.length;
    if (gone === 0) throw new CommandError(`--name: there is no key ${name} in the keys file`);
    print(`${gone} revoked`);
  },
};

function list(all: KeysFile, print: (line: string) => void): number {
  for (const [workspace, { siteKeys, serverKeys, identityKeys }] of Object.entries(all)) {
    for (const key of siteKeys) print(line(workspace, 'site', key.key, key.origins.join(' '), key.expiresAt));
    for (const key of serverKeys) print(line(workspace, 'server', key.name, key.scopes.join(' '), key.expiresAt));
    for (const key of identityKeys) print(line(workspace, 'identity', key.kid, key.alg, key.expiresAt));
  }
  return 0;
}

function line(workspace: string, kind: string, name: string, what: string, expiresAt: string | undefined): string {
  return [workspace, kind, name, what, expiresAt === undefined ? '' : `until ${expiresAt}`].join('\t').trimEnd();
}
