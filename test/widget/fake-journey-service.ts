// A Journey Data Service of a few lines for the widget's tests: history, person and stream as the contract has them,
// and a way to make each of them late, wrong or absent. What the real one does is tested with the real one in e2e/.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent, Person } from '../../src/protocol/index.ts';

export interface FakeJourneyService {
  url: string;
  events: unknown[];
  persons: Person[];
  /** Set to answer every read with this instead. */
  failure: { status: number; trackingId: string } | undefined;
  /** `METHOD path` of all requests so far, with the authorization header after a blank. */
  requests: string[];
  /** Sends a frame to every open stream. */
  send(frame: unknown): void;
  /** Cuts every open stream. */
  cut(): void;
  openStreams(): number;
  close(): Promise<void>;
}

export const workspace = '0123456789abcdef01234567';

export async function startFakeJourneyService(): Promise<FakeJourneyService> {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, last-event-id');
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    fake.requests.push(`${request.method} ${url.pathname}${url.search} ${request.headers.authorization ?? ''}`);
    if (url.pathname.startsWith('/v1/api/events/stream/')) {
      if (fake.failure) return fail(response, fake.failure);
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(': open\n\n');
      streams.add(response);
      return response.on('close', () => streams.delete(response));
    }
    if (fake.failure) return fail(response, fake.failure);
    if (url.pathname.startsWith('/v1/api/events/')) return list(response, fake.events);
    if (url.pathname.includes('/person/')) return list(response, fake.persons);
    return fail(response, { status: 404, trackingId: 'fake' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeJourneyService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: [],
    persons: [],
    failure: undefined,
    requests: [],
    send(frame) {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
      for (const stream of streams) stream.write(`data: ${text}\n\n`);
    },
    cut() {
      for (const stream of streams) stream.destroy();
    },
    openStreams: () => streams.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

function list(response: ServerResponse, data: unknown[]): void {
  if (data.length === 0) {
    fail(response, { status: 404, trackingId: 'nothing' });
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ meta: { organizationId: 'org', workspaceId: workspace }, data }));
}

function fail(response: ServerResponse, { status, trackingId }: { status: number; trackingId: string }): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ trackingId, status: `${status} FAKE`, message: '', errors: [], timestamp: '' }));
}

let made = 0;

/** An event as the service returns it; one a minute, the last made is the newest. */
export function anEvent(members: Partial<CloudEvent> = {}): CloudEvent {
  made += 1;
  return {
    specversion: '1.0',
    id: `event-${made}`,
    type: 'webvisit',
    source: 'home.com:website',
    time: new Date(Date.UTC(2026, 10, 22, 9, made)).toISOString(),
    identity: 'browser-1',
    identitytype: 'temporaryId',
    previousidentity: null,
    datacontenttype: 'application/json',
    data: { notes: 'Website Visit', origin: 'Website', channelType: 'NewVisit', taskId: 'web-1' },
    ...members,
  };
}

export function aPerson(members: Partial<Person> = {}): Person {
  const person: Person = {
    id: '0123456789abcdef01234568',
    organizationId: 'org',
    workspaceId: workspace,
    firstName: null,
    lastName: null,
    phone: [],
    email: [],
    customerId: [],
    temporaryId: ['browser-1'],
    socialId: [],
    aliases: [],
    createdAt: '2026-11-22T09:00:00.000Z',
    createdBy: 'journey-stream-profiles',
    updatedAt: '2026-11-22T09:00:00.000Z',
    updatedBy: 'journey-stream-profiles',
    ...members,
  };
  const { phone, email, customerId, temporaryId, socialId } = person;
  return { ...person, aliases: [...phone, ...email, ...customerId, ...temporaryId, ...socialId] };
}
