// The bytes of a request, with an end: no more than the limit, and no longer than a page needs to send them. Whoever
// sends a byte a second (slowloris) gets 408 and is cut off.
import type { IncomingMessage } from 'node:http';
import { Problem } from '../protocol/index.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  /** Milliseconds until the whole body has to be there; kept to a quarter. */
  bodyTimeoutMs: number;
}

export interface BodyReader {
  /** Rejects with a Problem `body-too-large`, `too-slow` or `not-json`; the rest of the body is then not read. */
  read(request: IncomingMessage): Promise<Buffer>;
}

interface Reading {
  dueAt: number;
  fail(problem: Problem): void;
}

export function createBodyReader({ maxBodyBytes, bodyTimeoutMs }: BodyLimits): BodyReader {
  // One timer for all: one a request would cost as much as the rest of reading it. Runs only while bodies are awaited.
  const readings = new Set<Reading>();
  let timer: NodeJS.Timeout | undefined;

  function sweep(): void {
    const now = performance.now();
    for (const reading of readings) {
      // In the order in which they are due.
      if (reading.dueAt > now) break;
      reading.fail(new Problem('too-slow', `expected the body within ${bodyTimeoutMs} ms`));
    }
    if (readings.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    read(request) {
      if (Number(request.headers['content-length']) > maxBodyBytes) return Promise.reject(tooLarge(maxBodyBytes));
      return new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let length = 0;
        const reading: Reading = {
          dueAt: performance.now() + bodyTimeoutMs,
          fail(problem) {
            readings.delete(reading);
            request.pause();
            request.removeAllListeners('data');
            reject(problem);
          },
        };
        readings.add(reading);
        timer ??= setInterval(sweep, bodyTimeoutMs / 4).unref();
        request.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxBodyBytes) reading.fail(tooLarge(maxBodyBytes));
          else chunks.push(chunk);
        });
        request.on('end', () => {
          readings.delete(reading);
          resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
        });
        // The other side went away; nobody reads what is answered.
        request.on('error', () => reading.fail(new Problem('not-json', 'the body ended before its content-length')));
      });
    },
  };
}

function tooLarge(maxBodyBytes: number): Problem {
  return new Problem('body-too-large', `expected at most ${maxBodyBytes} bytes`);
}
