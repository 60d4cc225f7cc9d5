// The one thread that writes. Everything that arrived while the last commit was syncing goes into the next one: a savepoint
// a request, one fsync for all, and only then the answers. Under load commits grow, latency does not.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Problem } from '../../../protocol/index.ts';
import { putOff } from './append.ts';
import type { Answer, WriterMessage, WriterRequest, WriterSettings } from './calls.ts';
import { createErasureList, type ErasureList } from './erasure-list.ts';
import { type Db, lockFile, openForWriting, pageBytesOf } from './open-file.ts';
import { beginAnew } from './restored.ts';
import { createWriter, type Writer, type WriterCalls } from './writer.ts';

type Work = Extract<WriterRequest, { request: number }>;

const settings = workerData as WriterSettings;
if (parentPort) start(parentPort);

function start(port: MessagePort): void {
  const tell = (message: WriterMessage): void => port.postMessage(message);
  const list = createErasureList(`${settings.file}.erased`);
  let db: Db;
  let lock: Db;
  let writer: Writer;
  try {
    lock = lockFile(settings.file);
    db = openForWriting(settings.file, settings);
    beginAnew(db);
    writer = createWriter(db, settings, list);
    db.transaction(() => {
      writer.settleErasures(Date.now());
      writer.beforeCommit();
    })();
    list.keep();
  } catch (error) {
    tell({ failed: (error as Error).message });
    port.close();
    return;
  }
  const commit = createCommitter(db, { writer, list, tell });

  port.on('message', (first: WriterRequest) => {
    for (let next: WriterRequest | undefined = first; next; next = take(port)) {
      const { work, after } = gather(port, next);
      if (work.length > 0) commit(work);
      if (after && 'checkpoint' in after) checkpoint(db, after.checkpoint);
      if (after && 'close' in after) {
        checkpoint(db, 'truncate');
        db.close();
        lock.close();
        tell({ closed: true });
        port.close();
        return;
      }
    }
  });
  tell({ ready: true, sequence: writer.sequence(), linksVersion: writer.linksVersion() });
}

function take(port: MessagePort): WriterRequest | undefined {
  return receiveMessageOnPort(port)?.message;
}

/** What goes into one commit: all that has arrived, up to the caps, or up to a request that is no work. */
function gather(port: MessagePort, first: WriterRequest): { work: Work[]; after?: WriterRequest } {
  const work: Work[] = [];
  let bytes = 0;
  // An event is hardly ever smaller than this, so that a cap in bytes is one in events without parsing first.
  const maxBytes = Math.min(settings.maxCommitBytes, settings.maxCommitEvents * 2_000);
  for (let next: WriterRequest | undefined = first; next; next = take(port)) {
    if (!('request' in next)) return { work, after: next };
    work.push(next);
    bytes += 'body' in next ? next.body.byteLength : 500;
    if (bytes >= maxBytes) break;
  }
  return { work };
}

interface CommitterParts {
  writer: Writer;
  list: ErasureList;
  tell: (message: WriterMessage) => void;
}

function createCommitter(db: Db, { writer, list, tell }: CommitterParts): (work: Work[]) => void {
  const [begin, commit, rollback, savepoint, release, undo] = [
    'BEGIN IMMEDIATE',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT request',
    'RELEASE request',
    'ROLLBACK TO request',
  ].map((sql) => db.prepare(sql)) as [Statement, Statement, Statement, Statement, Statement, Statement];
  const logState = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  const pageBytes = pageBytesOf(db);

  const answer = (work: Work): Answer => {
    const { request } = work;
    const mark = writer.mark();
    savepoint.run();
    try {
      const json = JSON.stringify(carryOut(writer, work)) ?? 'null';
      release.run();
      return { request, json };
    } catch (error) {
      if (endsEverything(error)) throw error;
      undo.run();
      release.run();
      writer.rollBack(mark);
      return { request, failure: describe(error) };
    }
  };

  return (work) => {
    const mark = writer.mark();
    try {
      begin.run();
      const answers = work.map(answer);
      writer.beforeCommit();
      commit.run();
      list.keep();
      const walBytes = (logState.get() as { log: number }).log * pageBytes;
      tell({ sequence: writer.sequence(), linksVersion: writer.linksVersion(), walBytes, answers });
    } catch (error) {
      if (!isFull(error)) {
        tell({ fatal: (error as Error).message });
        throw error;
      }
      if (db.inTransaction) rollback.run();
      writer.rollBack(mark);
      list.takeBack();
      const answers = work.map(noRoom);
      tell({ ...mark, walBytes: 0, answers });
    }
  };
}

type Statement = Database.Statement<unknown[]>;

function carryOut(writer: Writer, work: Work): unknown {
  if ('body' in work) return writer.append(work.batch, new Uint8Array(work.body));
  const call = writer.calls[work.call as keyof WriterCalls] as (...args: unknown[]) => unknown;
  return call(...work.args);
}

function noRoom(work: Work): Answer {
  const { request } = work;
  if (!('body' in work))
    return {
      request,
      failure: describe(new Problem('disk-low', 'the disk is full: nothing was changed; try again later')),
    };
  return { request, json: JSON.stringify(putOff(new Uint8Array(work.body), 'disk-low')) };
}

/** Waits for nobody: what a reader or another checkpoint holds stays for the next time, as does what finds no room. */
function checkpoint(db: Db, kind: 'passive' | 'truncate'): void {
  db.pragma('busy_timeout = 0');
  try {
    db.pragma(`wal_checkpoint(${kind})`);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** No room: the transaction is gone, the file is whole, and there may be room again later. */
function isFull(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError && (error.code === 'SQLITE_FULL' || error.code === 'SQLITE_IOERR_SHMSIZE')
  );
}

/** Errors of the file or the disk concern the whole commit; anything else only its own request. */
function endsEverything(error: unknown): boolean {
  if (!(error instanceof Database.SqliteError)) return false;
  return isFull(error) || /^SQLITE_(IOERR|CORRUPT|NOTADB|READONLY|NOMEM|CANTOPEN|PROTOCOL)/.test(error.code);
}

function describe(error: unknown): Extract<Answer, { failure: unknown }>['failure'] {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Problem)) return { message };
  return { message, problem: { code: error.code, detail: error.detail, pointer: error.pointer } };
}
