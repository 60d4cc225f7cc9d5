// A copy of one state of the file, whole or not at all: written beside its place, synced, and renamed into it.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createPrivate, type Db, openForReading } from './open-file.ts';

/** Rejects where there is a file already. */
export async function backUp(db: Db, to: string): Promise<void> {
  if (existsSync(to)) throw new Error(`${to} exists: expected the path of a new file`);
  const part = `${to}.part`;
  rmSync(part, { force: true });
  createPrivate(part);
  // All pages in one step: a backup in steps would start again with every commit in between.
  await db.backup(part, { progress: () => 2 ** 31 - 1 });
  sync(part);
  renameSync(part, to);
  sync(dirname(to));
}

/** The same from another process than the one that holds the store, or where none does. */
export async function backUpSqliteFile(file: string, to: string): Promise<void> {
  const db = openForReading(file, 2_000);
  try {
    await backUp(db, to);
  } finally {
    db.close();
  }
}

function sync(path: string): void {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
