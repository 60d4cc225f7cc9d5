// A proxy between page and relay that misbehaves on demand, and remembers what went through it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour =
  | 'passes'
  /** Closes the connection before it answers, as if nothing listened there. */
  | 'refuses'
  /** Answers 503 with Retry-After. */
  | 'busy'
  /** Answers 429 with Retry-After. */
  | 'too-many-requests'
  /** Takes the request and says nothing. */
  | 'silent'
  /** Answers 502 without CORS headers, as a gateway in front does. */
  | 'bad-gateway'
  /** Answers 200 with a page of its own, as a captive portal does. */
  | 'garbage'
  /** Hands the request on and loses the answer. */
  | 'loses-answers';

export interface FaultyProxy {
  url: string;
  behaviour: Behaviour;
  /** Wait before each answer. */
  delayMs: number;
  /** For `busy` and `too-many-requests`. */
  retryAfterSeconds: number;
  /** Requests to /collect, in the order they came. */
  requests: { at: number; behaviour: Behaviour; bytes: number; gzip: boolean; deferred: boolean }[];
  close(): Promise<void>;
}

export async function startProxy(relayUrl: string): Promise<FaultyProxy> {
  const silenced = new Set<ServerResponse>();
  const proxy: FaultyProxy = {
    url: '',
    behaviour: 'passes',
    delayMs: 0,
    retryAfterSeconds: 2,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const server = createServer(async (request, response) => {
    const { behaviour } = proxy;
    const body = await bodyOf(request).catch(() => undefined);
    if (!body) return;
    if (request.url?.startsWith('/collect')) {
      const deferred = request.url.includes('sent=deferred');
      const gzip = body[0] === 0x1f;
      proxy.requests.push({ at: Date.now(), behaviour, bytes: body.length, gzip, deferred });
    }
    if (proxy.delayMs) await new Promise((resolve) => setTimeout(resolve, proxy.delayMs));
    await behave(behaviour, request, response, body);
  });

  async function behave(
    behaviour: Behaviour,
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<void> {
    const cors = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
    };
    const retryAfter = { 'retry-after': String(proxy.retryAfterSeconds) };
    switch (behaviour) {
      case 'refuses':
        request.socket.destroy();
        return;
      case 'silent':
        silenced.add(response);
        return;
      case 'busy':
        response.writeHead(503, { ...cors, ...retryAfter }).end('{"code":"busy"}');
        return;
      case 'too-many-requests':
        response.writeHead(429, { ...cors, ...retryAfter }).end();
        return;
      case 'bad-gateway':
        response.writeHead(502).end('<h1>502 Bad Gateway</h1>');
        return;
      case 'garbage':
        response.writeHead(200, { ...cors, 'content-type': 'text/html' }).end('<h1>Welcome to the hotel</h1>');
        return;
      default:
        await forward(request, response, body, behaviour === 'loses-answers');
    }
  }

  async function forward(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    lose: boolean,
  ): Promise<void> {
    const { origin, 'content-type': contentType } = request.headers;
    try {
      const answer = await fetch(relayUrl + request.url, {
        method: request.method ?? 'POST',
        headers: { ...(origin && { origin }), ...(contentType && { 'content-type': contentType }) },
        ...(body.length && { body: new Uint8Array(body) }),
      });
      const text = await answer.text();
      if (lose) request.socket.destroy();
      else response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
    } catch {
      request.socket.destroy();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
