// The main thread's end of a worker: numbered requests out, promises back.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../protocol/index.ts';
import type { Answer } from './calls.ts';
import { decodeResult } from './encoded.ts';

/** Works from the sources, which Node strips of types, and from the built files. */
export function startWorker(name: string, workerData: unknown): Worker {
  return new Worker(new URL(`./${name}${extname(import.meta.url)}`, import.meta.url), { workerData, name });
}

export interface Pending {
  /** Numbers a request and waits for its result. */
  expect(send: (request: number) => void): Promise<unknown>;
  settle(answer: Answer): void;
  /** Rejects everything that waits, and from now on everything that comes. */
  failAll(error: Error): void;
  size(): number;
}

export function createPending(): Pending {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  let over: Error | undefined;
  return {
    expect: (send) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        last += 1;
        send(last);
        waiting.set(last, { resolve, reject });
      }),
    settle(answer) {
      const promise = waiting.get(answer.request);
      waiting.delete(answer.request);
      if (!promise) return;
      if ('failure' in answer) promise.reject(asError(answer.failure));
      else promise.resolve(decodeResult(answer));
    },
    failAll(error) {
      over = error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
    size: () => waiting.size,
  };
}

function asError({ message, problem }: Extract<Answer, { failure: unknown }>['failure']): Error {
  return problem ? new Problem(problem.code, problem.detail, problem.pointer) : new Error(message);
}
