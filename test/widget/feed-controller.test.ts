// The feed controller against a client that the test answers for: late, lagging, failing.
import { expect, test, vi } from 'vitest';
import type { Person } from '../../src/protocol/index.ts';
import { createFeedController, type FeedController } from '../../src/widget/feed-controller.ts';
import { type JdsClient, JdsRequestError } from '../../src/widget/jds-client.ts';
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
      return client.items;
    },
    person: async () => client.owner,
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
  let answer: (items: FeedItem[]) => void = () => {};
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
  answer([item(anEvent())]);
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
    throw new JdsRequestError('busy', 429, 'track-7');
  };
  feed.reload();
  await vi.waitFor(() => expect(feed.snapshot.error).toEqual({ message: 'busy', trackingId: 'track-7' }));
  expect(feed.snapshot).toMatchObject({ phase: 'ready', items: client.items });
  feed.close();
});

test('shows nobody without an identity or a client', () => {
  const feed = aController();
  feed.show(undefined, 'browser-1');
  expect(feed.snapshot.phase).toBe('idle');
  feed.show(aClient(), '');
  expect(feed.snapshot.phase).toBe('idle');
});
