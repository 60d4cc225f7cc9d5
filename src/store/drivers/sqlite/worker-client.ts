// One worker that answers calls, started by the first. What it cannot answer any more is rejected, never left waiting.
import type { Worker } from 'node:worker_threads';
import type { Answer } from './calls.ts';
import { createPending, startWorker } from './requests.ts';

export interface WorkerClient {
  call(name: string, args: unknown[]): Promise<unknown>;
  waiting(): number;
  close(): Promise<void>;
  /** Ends it in the middle of whatever it does. */
  kill(reason: string): void;
}

export function startWorkerClient(name: string, settings: unknown, onEnd: () => void = () => undefined): WorkerClient {
  const pending = createPending();
  let worker: Worker | undefined;
  let ended = false;
  const end = (error: Error): void => {
    pending.failAll(error);
    if (!ended) onEnd();
    ended = true;
  };
  const start = (): Worker => {
    const started = startWorker(name, settings);
    started.on('message', (answer: Answer) => pending.settle(answer));
    started.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
    return started;
  };
  return {
    call: (call, args) =>
      pending.expect((request) => {
        worker ??= start();
        worker.postMessage({ request, call, args });
      }),
    waiting: pending.size,
    async close() {
      ended = true;
      const closing = worker;
      if (!closing) return;
      const exited = new Promise((resolve) => closing.once('exit', resolve));
      closing.postMessage({ close: true });
      await exited;
    },
    kill(reason) {
      end(new Error(reason));
      void worker?.terminate();
    },
  };
}
