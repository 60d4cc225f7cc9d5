// The bytes of a request, with an end: no more than the limit, and no longer than a page needs to send them. Whoever
// sends a byte a second (slowloris) gets 408 and is cut off.
import type { IncomingMessage } from 'node:http';
import { Problem } from '../protocol/index.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  /** Milliseconds until the whole body has to be there. */
  bodyTimeoutMs: number;
}

/** Rejects with a Problem `body-too-large`, `too-slow` or `not-json`; the rest of the body is then not read. */
export function readBody(request: IncomingMessage, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): Promise<Buffer> {
  // Made only when it is needed: an error costs a stack.
  const tooLarge = (): Problem => new Problem('body-too-large', `expected at most ${maxBodyBytes} bytes`);
  if (Number(request.headers['content-length']) > maxBodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(
      () => fail(new Problem('too-slow', `expected the body within ${bodyTimeoutMs} ms`)),
      bodyTimeoutMs,
    );

    function fail(problem: Problem): void {
      clearTimeout(timer);
      request.pause();
      request.removeAllListeners('data');
      reject(problem);
    }

    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBodyBytes) fail(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    });
    // The other side went away; nobody reads what is answered.
    request.on('error', () => fail(new Problem('not-json', 'the body ended before its content-length')));
    request.on('close', () => clearTimeout(timer));
  });
}
