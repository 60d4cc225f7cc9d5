// Values and parts that many tests build on. Show in a test only what it is about.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BatchAnswer, WireEvent } from '../src/protocol/index.ts';
import { createIdentityToken, type RunningServer, type ServerConfig, startServer } from '../src/server/index.ts';

export const workspace = '64f000000000000000000001';
export const siteKey = 'pk_test_home_bank';
export const siteOrigin = 'http://bank.test';
export const deskToken = 'desk-token-of-the-tests';
export const identityKey = {
  kid: 'test',
  alg: 'HS256',
  secret: 'an identity secret of the tests, long enough',
} as const;

let made = 0;

/** A valid page visit of an anonymous browser. */
export function anEvent(attributes: Partial<WireEvent> = {}): WireEvent {
  made += 1;
  return {
    specversion: '1.0',
    id: `event-${made}-${process.pid}`,
    type: 'webvisit',
    source: 'home.com:website',
    time: new Date().toISOString(),
    identity: 'visitor-1',
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: { taskId: 'web-1', origin: 'Website', channelType: 'NewVisit', channelBreakout: 'Web' },
    ...attributes,
  };
}

/** A folder that goes when the test is over. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function aConfig(folder: string, overrides: Partial<ServerConfig> = {}): ServerConfig {
  return {
    listen: { port: 0 },
    database: join(folder, 'waymark.db'),
    log: 'silent',
    workspaces: [
      {
        id: workspace,
        name: 'Home Bank',
        siteKeys: [{ key: siteKey, origins: [siteOrigin] }],
        serverKeys: [{ name: 'desk', token: deskToken, scopes: ['cjp:user'] }],
        identityKeys: [identityKey],
      },
    ],
    ...overrides,
  };
}

/** A real server on a free port with an empty database. */
export async function aServer(overrides: Partial<ServerConfig> = {}): Promise<RunningServer> {
  const server = await startServer(aConfig(aFolder(), overrides));
  onTestFinished(() => server.close());
  return server;
}

export async function collect(url: string, body: unknown, query: Record<string, string> = {}): Promise<Response> {
  const parameters = new URLSearchParams({ key: siteKey, sent: String(Date.now()), ...query });
  return fetch(`${url}/collect?${parameters}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: siteOrigin },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Posts that many bytes as proxies do, which read nothing before all is sent. Resolves with the answer, head and body. */
export async function answerAfterAll(url: string, headers: Record<string, string>, bytes: number): Promise<string> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const all = { host: 'relay', connection: 'close', 'content-length': bytes, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    const body = 'x'.repeat(bytes);
    socket.write(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, () => resolve());
  });
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

/** Sends and returns the outcome of each event as `result` or `result code`. */
export async function outcomes(url: string, events: unknown[], query?: Record<string, string>): Promise<string[]> {
  const response = await collect(url, events, query);
  const answer = (await response.json()) as BatchAnswer;
  return answer.results.map(({ result, code }) => (code ? `${result} ${code}` : result));
}

/** Calls the Journey Data Service as an agent desk does. */
export async function read(
  url: string,
  path: string,
  token: string = deskToken,
): Promise<{ status: number; body: never }> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as never };
}

/** The types of an identity's history, newest first; empty where there is none. */
export async function historyOf(url: string, identity: string): Promise<WireEvent[]> {
  const { status, body } = await read(
    url,
    `/v1/api/events/workspace-id/${workspace}?identity=${encodeURIComponent(identity)}`,
  );
  return status === 404 ? [] : (body as { data: WireEvent[] }).data;
}

export function aToken(
  temporaryId: string,
  overrides: Partial<Parameters<typeof createIdentityToken>[0]> = {},
): Promise<string> {
  return createIdentityToken({
    ...identityKey,
    workspace,
    temporaryId,
    identity: 'ruegreen@example.com',
    identitytype: 'email',
    ...overrides,
  });
}

/** Waits for a condition, never for a duration; fails with `what` after ten seconds. */
export async function until<Value>(
  what: string,
  read: () => Promise<Value> | Value,
  ms = 10_000,
): Promise<NonNullable<Value>> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await read();
    if (value) return value as NonNullable<Value>;
    if (Date.now() > end) throw new Error(`still not so after ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
