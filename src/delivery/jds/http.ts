// One HTTP call with what forwarding needs to know about its failure: whether the other side can have got it.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from './clock.ts';

export interface HttpCall {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Cut where it is longer than 256 KiB. */
  body: string;
}

/** `unreachable`: no connection, so nothing was sent. `lost`: it may have arrived, and nobody told us. */
export class NoAnswer extends Error {
  readonly kind: 'unreachable' | 'lost';

  constructor(kind: 'unreachable' | 'lost', message: string) {
    super(message);
    this.name = 'NoAnswer';
    this.kind = kind;
  }
}

export interface HttpClient {
  /** Throws NoAnswer. Follows no redirects. */
  call(call: HttpCall): Promise<HttpAnswer>;
  close(): void;
}

const maxBodyBytes = 256 * 1024;
/** A connection that rests longer is closed by us: the other side might close it while a call is on its way, whose answer is lost. */
const maxIdleMs = 2_000;
/** Who names a longer time has no time in mind. */
const maxRetryAfterMs = 86_400_000;

export function createHttpClient(clock: Pick<Clock, 'wait'>): HttpClient {
  const plain = new HttpAgent({ keepAlive: true, timeout: maxIdleMs });
  const secure = new HttpsAgent({ keepAlive: true, timeout: maxIdleMs });

  function call({ method, url, headers, body, timeoutMs }: HttpCall): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      let connected = false;
      const settle = (end: () => void): void => {
        over.abort();
        end();
      };
      const options = {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
      };
      const onResponse = (response: IncomingMessage): void =>
        void readBody(response).then(
          (text) => settle(() => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })),
          (error: Error) => settle(() => reject(new NoAnswer('lost', error.message))),
        );
      const secured = url.startsWith('https:');
      const request = secured
        ? httpsRequest(url, { ...options, agent: secure }, onResponse)
        : httpRequest(url, { ...options, agent: plain }, onResponse);
      request.on('socket', (socket) => {
        if (request.reusedSocket) connected = true;
        else socket.once(secured ? 'secureConnect' : 'connect', () => (connected = true));
      });
      request.on('error', (error) =>
        settle(() => reject(new NoAnswer(connected ? 'lost' : 'unreachable', reasonOf(error)))),
      );
      void clock.wait(timeoutMs, over.signal).then(() => {
        if (!over.signal.aborted) request.destroy(new Error(`no answer within ${timeoutMs} ms`));
      });
      request.end(body);
    });
  }

  return {
    call,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.message || (error.code ?? 'the connection failed');
}

/** Retry-After in milliseconds (RFC 9110 10.2.3): seconds or a date, at most a day; undefined where none can be read. */
export function retryAfterMs({ headers }: Pick<HttpAnswer, 'headers'>, now: number): number | undefined {
  const text = headers['retry-after'];
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  if (/^\d+$/.test(text.trim())) return Math.min(Number(text) * 1000, maxRetryAfterMs);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), maxRetryAfterMs);
}
