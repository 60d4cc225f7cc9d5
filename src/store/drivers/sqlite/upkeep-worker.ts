// A thread for what takes long and is in nobody's way: checkpoints beside the writer, and backups.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Answer, UpkeepRequest } from './calls.ts';
import { pageBytesOf } from './open-file.ts';

export interface UpkeepCalls {
  /** Brings the log into the file without stopping the writer. */
  checkpoint(): LogState;
  /** Writes a copy of one state; the log grows meanwhile. Rejects where there is a file already. */
  backup(to: string): Promise<void>;
}

export interface LogState {
  bytes: number;
  /** Of these are in the file. */
  checkpointedBytes: number;
}

const { file } = workerData as { file: string };
const port = parentPort;
if (port) {
  const db = new Database(file, { fileMustExist: true, timeout: 5_000 });
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 0');
  const pageBytes = pageBytesOf(db);
  const calls: UpkeepCalls = {
    checkpoint() {
      const [state] = db.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
      return { bytes: (state?.log ?? 0) * pageBytes, checkpointedBytes: (state?.checkpointed ?? 0) * pageBytes };
    },
    async backup(to) {
      if (existsSync(to)) throw new Error(`${to} exists: expected the path of a new file`);
      const part = `${to}.part`;
      rmSync(part, { force: true });
      // All pages in one step: a backup in steps would start again with every commit in between.
      await db.backup(part, { progress: () => 2 ** 31 - 1 });
      sync(part);
      renameSync(part, to);
      sync(dirname(to));
    },
  };
  port.on('message', async (message: UpkeepRequest | { close: true }) => {
    if ('close' in message) {
      db.close();
      port.close();
      return;
    }
    const { request, call, args } = message;
    const method = calls[call] as (...args: unknown[]) => unknown;
    let answer: Answer;
    try {
      answer = { request, json: JSON.stringify(await method(...args)) ?? 'null' };
    } catch (error) {
      answer = { request, failure: { message: error instanceof Error ? error.message : String(error) } };
    }
    port.postMessage(answer);
  });
}

function sync(path: string): void {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
