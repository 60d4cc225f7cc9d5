// The main thread's end of the readers: spreads calls over them, the least busy first, and replaces one that hangs.
import { Problem } from '../../../protocol/index.ts';
import type { Call, ReaderSettings } from './calls.ts';
import type { ReaderCalls } from './reader.ts';
import { startWorkerClient, type WorkerClient } from './worker-client.ts';

export interface ReaderClient {
  call<Name extends keyof ReaderCalls>(
    name: Name,
    ...args: Call<ReaderCalls, Name>['args']
  ): Promise<Call<ReaderCalls, Name>['result']>;
  close(): Promise<void>;
}

export function startReaders(count: number, settings: ReaderSettings): ReaderClient {
  let closing = false;
  const start = (): WorkerClient => {
    const reader = startWorkerClient('reader-worker', settings, () => {
      if (!closing) readers.splice(readers.indexOf(reader), 1, start());
    });
    return reader;
  };
  const readers: WorkerClient[] = [];
  for (let i = 0; i < count; i++) readers.push(start());

  /** A reader cuts its own queries (time-limit.ts); this is for one that does not even get there. */
  const watch = async (reader: WorkerClient, answer: Promise<unknown>): Promise<unknown> => {
    const waitMs = (settings.maxQueryMs + 1_000) * (reader.waiting() + 1);
    const timer = setTimeout(() => reader.kill(`a query took longer than ${waitMs} ms and was cut`), waitMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async call(name, ...args) {
      const [first, ...rest] = readers;
      if (!first || closing) throw new Problem('busy', 'the store is closing');
      const reader = rest.reduce((a, b) => (b.waiting() < a.waiting() ? b : a), first);
      return (await watch(reader, reader.call(name, args))) as never;
    },
    async close() {
      closing = true;
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}
