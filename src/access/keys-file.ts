// The keys file: keys that `waymark keys` makes, rotates and revokes while the server runs, in JSON beside the database.
// Server keys stand in it as hashes, identity secrets in clear because they have to be computed with, so the file is
// readable by its owner only. Written whole and renamed, so that a reader never sees half of it.
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IdentityKey } from './identity-token.ts';
import type { ServerKey, SiteKey, Workspace } from './workspaces.ts';

/** Keys of one workspace as they stand in the file. */
export interface WorkspaceKeys {
  siteKeys: SiteKey[];
  serverKeys: ServerKey[];
  identityKeys: IdentityKey[];
}

/** By workspace id. */
export type KeysFile = Record<string, WorkspaceKeys>;

/** Returns no keys where the file is missing. Throws an Error that names the file where it cannot be used. */
export function readKeysFile(file: string): KeysFile {
  if (!existsSync(file)) return {};
  try {
    const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys: KeysFile };
    return Object.fromEntries(Object.entries(keys).map(([workspace, own]) => [workspace, { ...noKeys(), ...own }]));
  } catch (error) {
    throw new Error(`keys file ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function writeKeysFile(file: string, keys: KeysFile): void {
  const next = `${file}.new`;
  writeFileSync(next, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`, { mode: 0o600 });
  // A leftover of an earlier run keeps its own mode.
  chmodSync(next, 0o600);
  renameSync(next, file);
}

/** The workspaces with the keys of the configuration and those of the file. */
export function withKeys(workspaces: readonly Workspace[], keys: KeysFile): Workspace[] {
  return workspaces.map((workspace) => {
    const own = keys[workspace.id] ?? noKeys();
    return {
      ...workspace,
      siteKeys: [...workspace.siteKeys, ...own.siteKeys],
      serverKeys: [...workspace.serverKeys, ...own.serverKeys],
      identityKeys: [...workspace.identityKeys, ...own.identityKeys],
    };
  });
}

export function noKeys(): WorkspaceKeys {
  return { siteKeys: [], serverKeys: [], identityKeys: [] };
}
