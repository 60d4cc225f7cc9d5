// The main thread's end of the readers: spreads calls over them, the least busy first, and replaces one that hangs.
import type { Worker } from 'node:worker_threads';
import type { Answer, Call, ReaderSettings } from './calls.ts';
import type { ReaderCalls } from './reader.ts';
import { createPending, type Pending, startWorker } from './requests.ts';

export interface ReaderClient {
  call<Name extends keyof ReaderCalls>(
    name: Name,
    ...args: Call<ReaderCalls, Name>['args']
  ): Promise<Call<ReaderCalls, Name>['result']>;
  close(): Promise<void>;
}

interface Reader {
  worker: Worker;
  pending: Pending;
}

export function startReaders(count: number, settings: ReaderSettings): ReaderClient {
  const start = (): Reader => {
    const reader: Reader = { worker: startWorker('reader-worker', settings), pending: createPending() };
    reader.worker.on('message', (answer: Answer) => reader.pending.settle(answer));
    reader.worker.on('error', (error) => {
      reader.pending.failAll(error instanceof Error ? error : new Error(String(error)));
      const place = readers.indexOf(reader);
      if (place >= 0) readers[place] = start();
    });
    return reader;
  };
  const readers: Reader[] = [];
  for (let i = 0; i < count; i++) readers.push(start());

  return {
    async call(name, ...args) {
      const reader = readers.reduce((a, b) => (b.pending.size() < a.pending.size() ? b : a));
      return (await reader.pending.expect((request) =>
        reader.worker.postMessage({ request, call: name, args }),
      )) as never;
    },
    async close() {
      const closing = readers.splice(0);
      const ended = closing.map(({ worker }) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const { worker } of closing) worker.postMessage({ close: true });
      await Promise.all(ended);
    },
  };
}
