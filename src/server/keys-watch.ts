// Follows the keys file while the server runs: a key that was added, rotated or revoked counts within seconds, without
// a restart. A file that cannot be read changes nothing.
import { unwatchFile, watchFile } from 'node:fs';
import { type Access, readKeysFile, type Workspace, withKeys } from '../access/index.ts';

export interface WatchKeysOptions {
  file: string;
  /** As configured, without the keys of the file. */
  workspaces: readonly Workspace[];
  access: Access;
  /** Default 1,000. */
  intervalMs?: number;
  onError?: (error: unknown) => void;
}

/** Reads the file once, and throws where it cannot be used; then looks again whenever it changes. */
export function watchKeys({ file, workspaces, access, intervalMs = 1000, onError }: WatchKeysOptions): {
  stop(): void;
} {
  const read = (): void => access.replace(withKeys(workspaces, readKeysFile(file)));
  const reread = (): void => {
    try {
      read();
    } catch (error) {
      onError?.(error);
    }
  };
  read();
  // By polling: it works for files that are renamed over, are missing at first, or lie on a network.
  watchFile(file, { interval: intervalMs, persistent: false }, reread);
  return { stop: () => unwatchFile(file, reread) };
}
