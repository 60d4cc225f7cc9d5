// A copy of one state of the file, whole or not at all: written beside its place, synced, and renamed into it. It is marked
// as a copy: who opens it as a store is then a restored one, and knows it (restored.ts).
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { createPrivate, type Db, openForReading } from './open-file.ts';

/** In `meta` of a file that is a copy. */
export const copyMark = 'copy';

/** Rejects where there is a file already. */
export async function backUp(db: Db, to: string): Promise<void> {
  if (existsSync(to)) throw new Error(`${to} exists: expected the path of a new file`);
  const part = `${to}.part`;
  rmSync(part, { force: true });
  createPrivate(part);
  // All pages in one step: a backup in steps would start again with every commit in between.
  await db.backup(part, { progress: () => 2 ** 31 - 1 });
  mark(part);
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

function mark(file: string): void {
  const db = new Database(file);
  try {
    // Or it would come with a log of its own.
    db.pragma('journal_mode = DELETE');
    db.prepare('INSERT INTO meta (name, value) VALUES (?, 1) ON CONFLICT DO NOTHING').run(copyMark);
  } finally {
    db.close();
  }
}

function sync(path: string): void {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
