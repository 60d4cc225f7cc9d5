// Puts a copy in the place of a store's file. A log that lies beside the old file must not meet the new one: it would be
// read into it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { backUpSqliteFile } from './back-up.ts';
import { lockFile, requireOurs, understood } from './open-file.ts';

/**
 * Resolves with the path under which what was there is kept, if anything was. Rejects, having changed nothing, where a
 * process has the store open or the copy is damaged.
 */
export async function restoreStoreFile(
  from: string,
  file: string,
  now: number = Date.now(),
): Promise<string | undefined> {
  const lock = lockFile(file);
  const next = `${file}.restoring`;
  try {
    rmSync(next, { force: true });
    requireReadable(from);
    await backUpSqliteFile(from, next);
    requireSound(next, from);
    const replaced = `${file}.before-restore-${new Date(now).toISOString().replaceAll(':', '-')}`;
    const found = ['-shm', '-wal', ''].filter((suffix) => existsSync(file + suffix));
    // The log before its file: left alone it would be read into the next.
    for (const suffix of found) renameSync(file + suffix, replaced + suffix);
    renameSync(next, file);
    return found.length > 0 ? replaced : undefined;
  } finally {
    rmSync(next, { force: true });
    lock.close();
  }
}

function requireReadable(from: string): void {
  if (!existsSync(from)) throw new Error(`${from}: there is no such file`);
  understood(from, () => {
    const db = new Database(from, { readonly: true });
    try {
      requireOurs(db, from);
    } finally {
      db.close();
    }
  });
}

function requireSound(file: string, from: string): void {
  const db = new Database(file, { readonly: true });
  try {
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`${from} is damaged: ${found}. Nothing was changed.`);
  } finally {
    db.close();
  }
}
