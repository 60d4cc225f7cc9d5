// A thread for what takes long and is in nobody's way: checkpoints beside the writer, and backups.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { backUp } from './back-up.ts';
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
    backup: (to) => backUp(db, to),
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
