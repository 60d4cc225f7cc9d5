// One call of a webhook. The address is judged when the connection is made, on what the name resolves to at that moment,
// so that a name cannot be good when it is checked and bad when it is used. Redirects are not followed, time and what is
// read of the answer are bounded.
import { lookup } from 'node:dns';
import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressPolicy } from './address-policy.ts';

export interface WebhookCall {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string;
}

export type Outcome =
  | { result: 'delivered'; status: number }
  /** Worth trying again. */
  | { result: 'failed'; error: string; status?: number; retryAfterMs?: number }
  /** The address says that it takes no more, ever (410). */
  | { result: 'gone'; error: string; status: number }
  /** Not sent, and never will be as it stands. */
  | { result: 'refused'; error: string };

export interface SenderOptions {
  policy: AddressPolicy;
  /** From the first byte sent to the last one read. */
  timeoutMs: number;
  now: () => number;
  /** Default: the system's. */
  resolve?: typeof lookup;
}

export interface Sender {
  send(call: WebhookCall): Promise<Outcome>;
  close(): void;
}

/** Of an answer so much is read, so that the connection can be used again; a longer one costs its connection. */
const maxAnswerBytes = 64 * 1024;

/** Why no connection was made. */
class RefusedAddress extends Error {}

export function createSender({ policy, timeoutMs, now, resolve = lookup }: SenderOptions): Sender {
  const agents = {
    'http:': new Agent({ keepAlive: true, maxFreeSockets: 32 }),
    'https:': new SecureAgent({ keepAlive: true, maxFreeSockets: 32 }),
  };

  /** Without TLS only to where the configuration allows it by name of the network. */
  function judge(address: string, protocol: string): string | undefined {
    const verdict = policy.judge(address);
    if (verdict === 'refused') return 'the address is not on the internet, and the configuration does not allow it';
    return verdict === 'public' && protocol === 'http:' ? 'http goes only to allowed networks; use https' : undefined;
  }

  function lookupFor(protocol: string): LookupFunction {
    return (hostname, options, callback) => {
      resolve(hostname, { all: true }, (error, addresses) => {
        if (error) return callback(error, []);
        const good = addresses.filter(({ address }) => judge(address, protocol) === undefined);
        const [first] = good;
        if (!first) {
          const why = judge(addresses[0]?.address ?? '', protocol) ?? 'the name has no address';
          return callback(new RefusedAddress(why), []);
        }
        if (options.all) return callback(null, good);
        return callback(null, first.address, first.family);
      });
    };
  }

  return {
    async send({ url, method, headers, body }) {
      const target = new URL(url);
      const { protocol } = target;
      if (protocol !== 'http:' && protocol !== 'https:')
        return { result: 'refused', error: 'the URL is not http or https' };
      // Of an address that stands in the URL nobody asks the look-up.
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      const fault = isIP(literal) === 0 ? undefined : judge(literal, protocol);
      if (fault !== undefined) return { result: 'refused', error: fault };
      const options: RequestOptions = {
        method,
        agent: agents[protocol],
        lookup: lookupFor(protocol),
        headers: { ...headers, ...(method === 'POST' && { 'content-length': String(Buffer.byteLength(body)) }) },
      };
      const start = () => (protocol === 'https:' ? requestHttps : requestHttp)(target, options);
      return exchange(start, { body: method === 'POST' ? body : undefined, timeoutMs, now });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

interface Exchange {
  body: string | undefined;
  timeoutMs: number;
  now: () => number;
}

function exchange(start: () => ClientRequest, { body, timeoutMs, now }: Exchange): Promise<Outcome> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      request = start();
    } catch (error) {
      // Such as a header that cannot be sent.
      resolve({ result: 'refused', error: messageOf(error) });
      return;
    }
    let answer: IncomingMessage | undefined;
    const timer = setTimeout(() => {
      if (answer) answer.destroy();
      else request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    request.on('error', (error) =>
      settle({ result: error instanceof RefusedAddress ? 'refused' : 'failed', error: messageOf(error) }),
    );
    request.on('response', (response) => {
      answer = response;
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) response.destroy();
      });
      // What the status says is settled, however the rest of the answer ends.
      response.on('error', () => undefined);
      response.on('close', () => settle(outcomeOf(response.statusCode ?? 0, response.headers['retry-after'], now())));
    });
    // Another protocol is not what was asked for; without a listener nobody would hear of this answer.
    request.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      settle(outcomeOf(statusCode, undefined, now()));
    });
    request.on('close', () => {
      if (!answer) settle({ result: 'failed', error: 'the connection ended without an answer' });
    });
    request.end(body);
  });
}

function outcomeOf(status: number, retryAfter: string | undefined, at: number): Outcome {
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  if (status === 410) return { result: 'gone', status, error: 'HTTP 410' };
  const error = status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
  const retryAfterMs = retryAfter === undefined ? undefined : delayOf(retryAfter, at);
  return { result: 'failed', status, error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function delayOf(text: string, at: number): number | undefined {
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - at;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
