// Opens the file: creates it, brings an older one up to date, and refuses what it does not understand, before anything
// is written. A file that is newer, foreign or damaged is reported in words and left as it is.
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { applicationId, type Migration, migrations } from './migrations.ts';

export type Db = Database.Database;

/** Two connections to one WAL file could corrupt it before this version (the WAL-reset race of 3.7.0 to 3.51.2). */
const oldestSqlite = '3.51.3';

export interface FileOptions {
  cacheKib: number;
  /** The file is full at this size; Infinity: at the end of the disk. */
  maxFileBytes: number;
}

/** The writing connection, migrated and checked. Throws an Error that says what is wrong with the file. */
export function openForWriting(file: string, options: FileOptions, steps: readonly Migration[] = migrations): Db {
  return understood(file, () => {
    if (!existsSync(file)) createPrivate(file);
    const db = new Database(file, { timeout: 5_000 });
    try {
      requireSqlite(db);
      requireOurs(db, file, steps);
      db.pragma('journal_mode = WAL');
      tune(db, options.cacheKib);
      if (Number.isFinite(options.maxFileBytes)) {
        db.pragma(`max_page_count = ${Math.floor(options.maxFileBytes / pageBytesOf(db))}`);
      }
      // Acknowledged means fsynced: FULL syncs the log in every commit. Checkpoints are made elsewhere (checkpoints.ts).
      db.pragma('synchronous = FULL');
      db.pragma('wal_autocheckpoint = 0');
      // What was erased must not stay readable in free pages.
      db.pragma('secure_delete = ON');
      migrate(db, steps);
      requireWhole(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** A connection that reads only, beside the writer. */
export function openForReading(file: string, cacheKib: number): Db {
  return understood(file, () => {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    tune(db, cacheKib);
    return db;
  });
}

/**
 * Holds the file for this process: a second one would count its own sequences. The lock is SQLite's own lock on a small
 * file beside it, so that it goes when the process dies, however it dies.
 */
export function lockFile(file: string): Db {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw new Error(
      `${file} is in use by another process: one store has one writer. Stop the other, or use another file.`,
      {
        cause: error,
      },
    );
  }
}

/** An empty file that its owner alone may read: it will hold what customers do. SQLite gives its log the same mode. */
export function createPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

/** Of this file: older ones have other pages. */
export function pageBytesOf(db: Db): number {
  return Number(db.pragma('page_size', { simple: true }));
}

function tune(db: Db, cacheKib: number): void {
  db.pragma(`cache_size = -${cacheKib}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = OFF');
}

function requireSqlite(db: Db): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  if (version.localeCompare(oldestSqlite, 'en', { numeric: true }) < 0) {
    throw new Error(`expected SQLite ${oldestSqlite} or newer, got ${version}: older ones can corrupt a shared log`);
  }
}

/** Throws an Error where it is the file of another program or of a newer one of ours. */
export function requireOurs(db: Db, file: string, steps: readonly Migration[] = migrations): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  const newest = steps.at(-1)?.number ?? 0;
  if (version > newest) {
    throw new Error(
      `${file} has schema ${version}, this program knows schemas up to ${newest}: it was written by a newer Waymark. ` +
        'Start that version, or restore a backup from before the update. Nothing was changed.',
    );
  }
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (tables > 0 && Number(db.pragma('application_id', { simple: true })) !== applicationId) {
    throw new Error(`${file} is an SQLite file of another program. Nothing was changed.`);
  }
}

function migrate(db: Db, steps: readonly Migration[]): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  for (const step of steps.filter(({ number }) => number > version)) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(step.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.number}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Cheap signs of damage, whatever the size: a file shorter than it says, or a table that cannot be read at its ends. */
function requireWhole(db: Db, file: string): void {
  const pages = Number(db.pragma('page_count', { simple: true }));
  const pageBytes = pageBytesOf(db);
  const walBytes = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
  if (walBytes === 0 && statSync(file).size < pages * pageBytes) {
    throw new Error(`${file} is damaged: expected ${pages * pageBytes} bytes, found ${statSync(file).size}. ${advice}`);
  }
  for (const table of ['event', 'alias', 'link', 'delivery']) {
    const key = table === 'event' ? 'sequence' : 'id';
    for (const end of ['ASC', 'DESC']) db.prepare(`SELECT * FROM ${table} ORDER BY ${key} ${end} LIMIT 1`).get();
  }
}

const advice = 'Nothing was changed. Restore a backup, or recover what can be read with `sqlite3 FILE .recover`.';

/** Turns SQLite's codes for damage into a message for the person who has to mend it. */
export function understood<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Database.SqliteError ? error.code : '';
    if (code === 'SQLITE_NOTADB') throw new Error(`${file} is not an SQLite file, or its start is damaged. ${advice}`);
    if (code.startsWith('SQLITE_CORRUPT'))
      throw new Error(`${file} is damaged: ${(error as Error).message}. ${advice}`);
    throw error;
  }
}
