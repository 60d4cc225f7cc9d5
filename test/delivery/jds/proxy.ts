// Cisco's cloud for the tests: our own journey service behind a proxy that behaves as JDS does (keeps duplicates, reads
// lag, tokens expire, a limit of calls a minute) and misbehaves on demand (resets, time-outs, errors, an outage).
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { CloudEvent } from '../../../src/protocol/index.ts';

export interface Call {
  method: string;
  path: string;
  at: number;
  token: string;
  /** What was published. */
  event: CloudEvent | undefined;
  /** What became of it. */
  answer: number | 'hung' | 'reset';
}

/** `before` and `after`: whether the service had got the call when the connection broke. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'reset-before'
  | 'reset-after'
  | 'hang-before'
  | 'hang-after';

export interface ProxyOptions {
  service: string;
  serviceToken: string;
  now: () => number;
  /** Default: any. */
  accepts?: (token: string) => boolean;
  /** Asked for each call; nothing passes it on. */
  fault?: (call: Call) => Fault | undefined;
  perMinute?: number;
  readLagMs?: number;
  keepsDuplicates?: boolean;
  /** How long an answer is on its way back, in milliseconds of the real clock. */
  delayMs?: () => number;
  /** What the service sees in the place of an event. */
  alter?: (event: CloudEvent) => CloudEvent;
}

export interface FaultyProxy {
  url: string;
  calls: Call[];
  /** May be changed at any time. */
  options: ProxyOptions;
  /** Calls that will never be answered. */
  hung(): number;
  /** Ids of what was published and taken, in order. */
  taken(): string[];
}

export async function aProxy(options: ProxyOptions): Promise<FaultyProxy> {
  const calls: Call[] = [];
  const takenAt = new Map<string, number>();
  const taken: string[] = [];
  const proxy: FaultyProxy = { url: '', calls, options, hung: () => hung, taken: () => taken };
  let hung = 0;
  let copies = 0;

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const call: Call = {
      method: request.method ?? '',
      path: request.url ?? '',
      at: options.now(),
      token: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
      event: text === '' ? undefined : JSON.parse(text),
      answer: 0,
    };
    calls.push(call);
    const { accepts = () => true, perMinute = Number.POSITIVE_INFINITY } = options;
    const answer = (status: number, body: string, headers: Record<string, string> = {}): void => {
      call.answer = status;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };
    const fault = options.fault?.(call);
    if (fault === 'reset-before') return reset();
    if (fault === 'hang-before') return hang();
    if (typeof fault === 'object') return answer(fault.status, fault.body ?? '', fault.headers);
    const recent = calls.filter(({ at, answer: told }) => at > call.at - 60_000 && told !== 429).length;
    if (recent > perMinute) return answer(429, '{}', { 'retry-after': '20' });
    if (!accepts(call.token)) return answer(401, '{}');
    if (call.path.includes('/stream/')) return stream(call, response);
    const passed = await pass(call, text);
    if (fault === 'reset-after') return reset();
    if (fault === 'hang-after') return hang();
    if (options.delayMs) await new Promise((resolve) => setTimeout(resolve, options.delayMs?.()));
    answer(passed.status, passed.body);

    function reset(): void {
      call.answer = 'reset';
      request.socket.resetAndDestroy();
    }
    function hang(): void {
      call.answer = 'hung';
      hung += 1;
      request.socket.once('close', () => {
        hung -= 1;
      });
    }
  }

  async function pass(call: Call, text: string): Promise<{ status: number; body: string }> {
    const { event } = call;
    const altered = event && (options.alter?.(event) ?? event);
    const repeated = event !== undefined && takenAt.has(event.id) && options.keepsDuplicates !== false;
    if (repeated) copies += 1;
    // Our service takes the same event twice only if it differs.
    const body = repeated
      ? JSON.stringify({ ...altered, data: { ...event.data, copy: copies } })
      : altered
        ? JSON.stringify(altered)
        : text;
    const passed = await send(options, call, body);
    if (event && passed.status < 300) {
      if (!takenAt.has(event.id)) takenAt.set(event.id, call.at);
      taken.push(event.id);
    }
    return event || passed.status !== 200 ? passed : delayed(passed.body);
  }

  function stream({ path }: Call, response: ServerResponse): void {
    const headers = { authorization: `Bearer ${options.serviceToken}` };
    const request = httpRequest(options.service + path, { headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers);
      upstream.pipe(response);
    });
    request.on('error', () => response.destroy()).end();
    response.once('close', () => request.destroy());
  }

  /** What was taken a moment ago cannot be read yet. */
  function delayed(body: string): { status: number; body: string } {
    const lag = options.readLagMs ?? 0;
    const parsed = JSON.parse(body) as { data: unknown };
    if (!Array.isArray(parsed.data)) return { status: 200, body };
    const data = (parsed.data as { id: string }[]).filter(({ id }) => (takenAt.get(id) ?? 0) + lag <= options.now());
    return data.length > 0 ? { status: 200, body: JSON.stringify({ ...parsed, data }) } : { status: 404, body: '{}' };
  }
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  { service, serviceToken }: ProxyOptions,
  { method, path }: Call,
  body: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${serviceToken}`,
      ...(body !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const request = httpRequest(service + path, { method, headers }, (response) => {
      bodyOf(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject);
    });
    request.on('error', reject).end(body);
  });
}
