// The feed controller against a client that the test answers for: late, lagging, failing.
import { expect, test, vi } from 'vitest';
import type { Person } from '../../src/protocol/index.ts';
import { createFeedController, type FeedController } from '../../src/widget/feed-controller.ts';
import { JdsRequestError } from '../../src/widget/jds-call.ts';
import type { HistoryPage, JdsClient } from '../../src/widget/jds-client.ts';
import { type FeedItem, readFeedItem } from '../../src/widget/journey-event.ts';
import { anEvent, aPerson } from './fake-journey-service.ts';

interface FakeClient extends JdsClient {
  items: FeedItem[];
  owner: Person | undefined;
  reads: number;
  /** Sends a frame on the open stream. */
  send(frame: unknown): void;
}

function aClient(): FakeClient {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const client: FakeClient = {
    items: [],
    owner: undefined,
    reads: 0,
    async history() {
      client.reads += 1;
      return { items: client.items, more: false };
    },
    person: async () => client.owner,
    links: async () => ({ links: [], mayEdit: true }),
    confirmLink: async () => {},
    removeLink: async () => {},
    patchPerson: async () => {},
    profile: async () => undefined,
    openProfileStream: async () => new Response(),
    async openStream() {
      const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        stream = controller;
      };
      return new Response(new ReadableStream({ start }));
    },
    send: (frame) => stream?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(frame)}\n\n`)),
  };
  return client;
}

function aController(): FeedController {
  return createFeedController({ onChange: () => {}, rereadDelaysMs: [0, 1, 1, 1, 1, 1, 1, 1], streamDelayMs: () => 1 });
}

function item(value: unknown): FeedItem {
  const read = readFeedItem(value);
  if (!read) throw new Error('not readable as an item');
  return read;
}

async function ready(feed: FeedController): Promise<void> {
  await vi.waitFor(() => expect(feed.snapshot).toMatchObject({ phase: 'ready', live: 'live' }));
}

test('reads on until a service that lags knows of the link', async () => {
  const client = aClient();
  client.owner = aPerson();
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  const readsBefore = client.reads;
  const joined = aPerson({ email: ['rue@example.com'] });
  client.person = async () => (client.reads > readsBefore + 3 ? joined : aPerson());
  client.send(anEvent({ identity: 'rue@example.com', identitytype: 'email', previousidentity: 'browser-1' }));
  await vi.waitFor(() => expect(feed.snapshot.person?.email).toEqual(['rue@example.com']));
  feed.close();
});

test('does not read again for an ordinary event of a person it knows', async () => {
  const client = aClient();
  client.owner = aPerson();
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  await vi.waitFor(() => expect(client.reads).toBe(2));
  client.send(anEvent());
  await vi.waitFor(() => expect(feed.snapshot.items).toHaveLength(1));
  client.send(anEvent());
  await vi.waitFor(() => expect(feed.snapshot.items).toHaveLength(2));
  expect(client.reads).toBe(2);
  feed.close();
});

test('shows nothing of the customer before, however late the answer comes', async () => {
  const slow = aClient();
  let answer: (page: HistoryPage) => void = () => {};
  slow.history = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const feed = aController();
  feed.show(slow, 'browser-1');
  const next = aClient();
  next.items = [item(anEvent({ identity: 'browser-2' }))];
  feed.show(next, 'browser-2');
  await ready(feed);
  answer({ items: [item(anEvent())], more: false });
  slow.send(anEvent());
  await new Promise((resolve) => setImmediate(resolve));
  expect(feed.snapshot.identity).toBe('browser-2');
  expect(feed.snapshot.items).toEqual(next.items);
  feed.close();
});

test('keeps what it shows when reading again fails, and says so with the tracking id', async () => {
  const client = aClient();
  client.items = [item(anEvent())];
  client.owner = aPerson();
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  client.history = async () => {
    throw new JdsRequestError('busy', { status: 429, trackingId: 'track-7' });
  };
  feed.reload();
  await vi.waitFor(() => expect(feed.snapshot.error).toEqual({ kind: 'busy', status: 429, trackingId: 'track-7' }));
  expect(feed.snapshot).toMatchObject({ phase: 'ready', items: client.items });
  feed.close();
});

test('goes on where it was when only the token is new', async () => {
  const client = aClient();
  client.items = [item(anEvent())];
  client.owner = aPerson();
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  const next = aClient();
  next.items = [item(anEvent())];
  next.owner = client.owner;
  feed.renew(next);
  expect(feed.snapshot.items).toEqual(client.items);
  await vi.waitFor(() => expect(feed.snapshot.items).toHaveLength(2));
  client.send(anEvent({ type: 'too late' }));
  next.send(anEvent({ type: 'in time' }));
  await vi.waitFor(() => expect(feed.snapshot.latest?.event.type).toBe('in time'));
  expect(feed.snapshot.items).toHaveLength(3);
  feed.close();
});

test('gives its connection back while the page is hidden, and reads what it missed when it is seen again', async () => {
  const client = aClient();
  client.owner = aPerson();
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  feed.setPaused(true);
  expect(feed.snapshot.live).toBe('paused');
  client.items = [item(anEvent())];
  feed.setPaused(false);
  await vi.waitFor(() => expect(feed.snapshot).toMatchObject({ live: 'live', items: client.items }));
  feed.close();
});

test('reads older events a page at a time until there are no more', async () => {
  const pages = [2, 1, 0].map((page) => [item(anEvent({ type: `page ${page}` }))]).reverse();
  const client = aClient();
  client.history = async (_identity, page) => ({ items: pages[page] ?? [], more: page < 2 });
  const feed = aController();
  feed.show(client, 'browser-1');
  await ready(feed);
  await feed.readOlder();
  expect(feed.snapshot.hasOlder).toBe(true);
  await feed.readOlder();
  expect(feed.snapshot.items.map(({ event }) => event.type)).toEqual(['page 0', 'page 1', 'page 2']);
  expect(feed.snapshot.hasOlder).toBe(false);
  // Asked to read again, it starts over: what an un-merge took away is gone.
  await feed.reload();
  expect(feed.snapshot).toMatchObject({ hasOlder: true, items: pages[0] });
  feed.close();
});

test('shows nobody without an identity or a client', () => {
  const feed = aController();
  feed.show(undefined, 'browser-1');
  expect(feed.snapshot.phase).toBe('idle');
  feed.show(aClient(), '');
  expect(feed.snapshot.phase).toBe('idle');
});
