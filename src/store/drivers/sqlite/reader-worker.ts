// A thread that reads: one call after the other, each in one transaction, so that it sees one state of the file.
import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../../protocol/index.ts';
import type { Answer, ReaderRequest, ReaderSettings } from './calls.ts';
import { registerFits } from './condition.ts';
import { encodeResult } from './encoded.ts';
import { openForReading } from './open-file.ts';
import { createReader } from './reader.ts';
import { createTimeLimit } from './time-limit.ts';

const settings = workerData as ReaderSettings;
const port = parentPort;
if (port) {
  const db = openForReading(settings.file, settings.cacheKib);
  const inTime = createTimeLimit(db, settings.maxQueryMs);
  registerFits(db);
  const reader = createReader(db);
  const oneState = db.transaction((call: () => unknown) => call());
  port.on('message', (message: ReaderRequest | { close: true }) => {
    if ('close' in message) {
      db.close();
      port.close();
      return;
    }
    const { request } = message;
    port.postMessage(answer(request, () => oneState(() => inTime(callOf(message)))));
  });

  function callOf({ call, args }: ReaderRequest): () => unknown {
    const method = reader[call] as (...args: unknown[]) => unknown;
    return () => method(...args);
  }
}

function answer(request: number, call: () => unknown): Answer {
  try {
    return { request, ...encodeResult(call()) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Problem)) return { request, failure: { message } };
    const { code, detail, pointer } = error;
    return { request, failure: { message, problem: { code, detail, pointer } } };
  }
}
