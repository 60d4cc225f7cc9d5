// A small site and a small relay for browser tests: serves pages that load the built script by script tag as a customer
// would, takes batches as the relay does, and remembers every event once, by id.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { EventResult, WireEvent } from '../../src/protocol/index.ts';

export interface Receiver {
  /** Of the site and of the relay, the one as `localhost`, the other as 127.0.0.1: two origins. */
  siteUrl: string;
  relayUrl: string;
  /** Stored events in the order they arrived, each once. */
  events(): WireEvent[];
  /** All requests to /collect as they came. */
  batches: { url: URL; events: WireEvent[]; gzip: boolean }[];
  /** What the relay answers for an event; default `ok`. */
  judge: (event: WireEvent) => Partial<EventResult>;
  /** Milliseconds added to the relay's clock. */
  clockMs: number;
  /** Milliseconds until the relay answers. */
  delayMs: number;
  /** The Set-Cookie header of the relay's answer to a batch. */
  renew: (request: IncomingMessage, temporaryId: string) => string | undefined;
  /** Pages by path; the others are plain ones. */
  pages: Map<string, string>;
  /** What was asked for. */
  paths: string[];
  /** Sent with each page. */
  headers: Record<string, string>;
  close(): Promise<void>;
}

export const script: Buffer = built('/waymark.js');

function built(path: string): Buffer {
  return readFileSync(new URL(`../../dist${path}`, import.meta.url));
}

export async function startReceiver(): Promise<Receiver> {
  const stored = new Map<string, WireEvent>();
  const receiver: Receiver = {
    siteUrl: '',
    relayUrl: '',
    events: () => [...stored.values()],
    batches: [],
    judge: () => ({}),
    clockMs: 0,
    delayMs: 0,
    renew: () => undefined,
    pages: new Map(),
    paths: [],
    headers: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const server = createServer((request, response) => {
    // A page may go in the middle of a request.
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://relay');
    receiver.paths.push(url.pathname);
    if (url.pathname === '/collect') return collect(request, url, response);
    if (/^\/(waymark[\w-]*|esm\/[\w-]+)\.js$/.test(url.pathname))
      return answer(response, 200, 'text/javascript', built(url.pathname));
    if (url.pathname === '/favicon.ico') return answer(response, 204, 'text/plain', '');
    for (const [name, value] of Object.entries(receiver.headers)) response.setHeader(name, value);
    answer(response, 200, 'text/html', receiver.pages.get(url.pathname) ?? page({ relayUrl: receiver.relayUrl }));
  }

  async function collect(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const gzip = body[0] === 0x1f && body[1] === 0x8b;
    const events: WireEvent[] = JSON.parse((gzip ? gunzipSync(body) : body).toString());
    receiver.batches.push({ url, events, gzip });
    const results = events.map((event, index): EventResult => {
      const known = stored.has(event.id);
      const judged: EventResult = {
        index,
        id: event.id,
        result: known ? 'duplicate' : 'ok',
        ...receiver.judge(event),
      };
      if (judged.result === 'ok') stored.set(event.id, event);
      return judged;
    });
    const renewed = receiver.renew(request, events[0]?.identity ?? '');
    if (renewed) response.setHeader('set-cookie', renewed);
    await new Promise((resolve) => setTimeout(resolve, receiver.delayMs));
    const serverTime = new Date(Date.now() + receiver.clockMs).toISOString();
    answer(response, 202, 'application/json', JSON.stringify({ results, serverTime }));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  receiver.siteUrl = `http://localhost:${port}`;
  receiver.relayUrl = `http://127.0.0.1:${port}`;
  return receiver;
}

export function page({
  relayUrl = '',
  key = 'pk_test',
  body = '',
  head = '',
  title = 'Home',
  attributes = '',
}): string {
  const tag = `<script async src="${relayUrl}/waymark.js" data-key="${key}" ${attributes}></script>`;
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}${tag}</head><body ${body}>
    <h1>${title}</h1><a id="next" href="/next">next</a></body></html>`;
}

function answer(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** Waits until the condition gives something; a busy machine is given its time. */
export async function until<T>(condition: () => T | Promise<T>, timeoutMs = 15_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
