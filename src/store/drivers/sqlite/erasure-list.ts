// Whose data was erased, in a file beside the store's: a backup from before knows nothing of it, and a store that is
// restored from it erases them again before anybody can look. It names nobody: the hashes are salted in the store.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { Problem } from '../../../protocol/index.ts';

/** One erased alias. */
export interface Erased {
  workspace: string;
  /** As in the store's suppression table, in hexadecimal digits. */
  hash: string;
  /** Its events from before are gone, milliseconds; null: all, for ever. */
  before: number | null;
}

export interface ErasureList {
  read(): Erased[];
  /** What a transaction erases, on disk before that commits. Throws where it cannot be written. */
  add(erased: readonly Erased[]): void;
  /** The transaction is committed. */
  keep(): void;
  /** The transaction is undone. */
  takeBack(): void;
}

export function createErasureList(file: string): ErasureList {
  /** Length of the file before the transaction. */
  let committedBytes: number | undefined;

  function truncate(bytes: number): void {
    const opened = openSync(file, 'r+');
    try {
      ftruncateSync(opened, bytes);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  }

  return {
    read: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(readLine) : []),
    add(erased) {
      if (erased.length === 0) return;
      const bytes = existsSync(file) ? statSync(file).size : 0;
      committedBytes ??= bytes;
      try {
        write(file, erased.map((one) => `${JSON.stringify(one)}\n`).join(''));
      } catch (error) {
        if (existsSync(file)) truncate(bytes);
        if (!isNoRoom(error)) throw error;
        throw new Problem('disk-low', 'the disk is full: nobody was erased; try again later');
      }
    },
    keep() {
      committedBytes = undefined;
    },
    takeBack() {
      if (committedBytes !== undefined) truncate(committedBytes);
      committedBytes = undefined;
    },
  };
}

function write(file: string, text: string): void {
  const opened = openSync(file, 'a+', 0o600);
  try {
    const { size } = fstatSync(opened);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(opened, last, 0, 1, size - 1);
    // Half a line that a crash left stays for itself.
    const bytes = Buffer.from(size > 0 && last.toString() !== '\n' ? `\n${text}` : text);
    for (let from = 0; from < bytes.length; from += writeSync(opened, bytes, from));
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** Nothing for half a line after a crash. */
function readLine(line: string): Erased[] {
  try {
    const { workspace, hash, before } = JSON.parse(line) as Erased;
    const isWhole = typeof workspace === 'string' && /^[0-9a-f]{64}$/.test(hash);
    return isWhole && (before === null || Number.isFinite(before)) ? [{ workspace, hash, before }] : [];
  } catch {
    return [];
  }
}
