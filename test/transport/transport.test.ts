// Single promises of the transport, each shown by the smallest story. Simulated browser; delivery.test.ts mixes them all.
import { beforeEach, expect, test } from 'vitest';
import { anEvent } from '../helpers.ts';
import { chance, createProfile, type Profile } from './fake-browser.ts';
import { createRelay, type FakeRelay } from './fake-relay.ts';

let relay: FakeRelay;
let profile: Profile;

beforeEach(() => {
  const random = chance(1);
  relay = createRelay(random, () => profile.now);
  profile = createProfile(relay, random);
});

/** Bodies in localStorage under the site key. */
function journals(): string[] {
  return [...profile.local].filter(([name]) => name.startsWith('waymark2.')).map(([, text]) => text);
}

test('an event is on disk before anything asynchronous happens', async () => {
  const tab = await profile.open();
  const event = anEvent();
  tab.send(event);
  await Promise.resolve();
  expect(journals().join()).toContain(event.id);
});

test('the first request of a page goes 250 ms after its start, later ones 1 s after the first waiting event', async () => {
  const tab = await profile.open();
  tab.send(anEvent());
  await profile.advance(240);
  expect(relay.requests).toHaveLength(0);
  await profile.advance(20);
  expect(relay.requests).toHaveLength(1);
  await profile.advance(2_000);
  tab.send(anEvent());
  await profile.advance(900);
  tab.send(anEvent());
  expect(relay.requests).toHaveLength(1);
  await profile.advance(200);
  expect(relay.requests.map(({ events }) => events)).toEqual([1, 2]);
});

test('20 waiting events, or 48 KiB of them, go at once', async () => {
  const tab = await profile.open();
  await profile.advance(1_000);
  for (let n = 0; n < 20; n++) tab.send(anEvent());
  await profile.advance(0);
  expect(relay.requests.map(({ events }) => events)).toEqual([20]);
  await profile.advance(5_000);
  for (let n = 0; n < 3; n++) tab.send(anEvent({ data: { padding: '.'.repeat(20_000) } }));
  await profile.advance(0);
  expect(relay.requests.map(({ events }) => events)).toEqual([20, 2]);
});

test('an identify event goes at once and first, and takes waiting visits along', async () => {
  const tab = await profile.open();
  tab.send(anEvent({ type: 'measured' }), 2);
  tab.send(anEvent({ type: 'visited' }));
  tab.send(anEvent({ type: 'identified' }), 0);
  await profile.advance(0);
  expect(relay.requests).toHaveLength(1);
  await profile.advance(500);
  expect([...relay.stored.values()].map(({ type }) => type)).toEqual(['identified', 'visited', 'measured']);
});

test('over its limits it gives up measurements, then the oldest visits, never identify events, and says so', async () => {
  relay.network = 'refused';
  const tab = await profile.open({ maxEvents: 4 });
  for (const lane of [0, 2, 1, 1, 1, 0] as const)
    tab.send(anEvent({ id: `${lane}-${relay.stored.size}-${Math.random()}` }), lane);
  await profile.advance(100);
  expect(profile.errors.map(({ code, id }) => [code, id?.[0]])).toEqual([
    ['dropped', '2'],
    ['dropped', '1'],
  ]);
  expect(tab.transport.waiting()).toBe(4);
});

test('events older than the limit are given up, identify events are not', async () => {
  relay.network = 'refused';
  const tab = await profile.open({ maxAgeMs: 10_000 });
  tab.send(anEvent());
  tab.send(anEvent({ id: 'login' }), 0);
  await profile.advance(60_000);
  tab.send(anEvent());
  await profile.advance(100);
  expect(profile.errors.map(({ code }) => code)).toEqual(['dropped']);
  relay.network = 'works';
  await profile.advance(600_000);
  expect(relay.stored.has('login')).toBe(true);
});

test('a wait that the relay asks for is kept, and the next request is not exactly at its end', async () => {
  relay.network = 'too-many-requests';
  const tab = await profile.open();
  for (let n = 0; n < 20; n++) tab.send(anEvent());
  await profile.advance(2_000);
  relay.network = 'works';
  tab.online();
  tab.hide();
  tab.show();
  await profile.advance(28_000);
  expect(relay.requests).toHaveLength(1);
  await profile.advance(15_000);
  expect(relay.stored.size).toBe(20);
});

test('while the network fails the waits grow to minutes, and the end of an offline time ends them', async () => {
  relay.network = 'refused';
  const tab = await profile.open();
  tab.send(anEvent());
  await profile.advance(3_600_000);
  const tried = relay.requests.length;
  expect(tried).toBeGreaterThan(10);
  expect(tried).toBeLessThan(24);
  relay.network = 'works';
  tab.online();
  await profile.advance(1_000);
  expect(relay.stored.size).toBe(1);
});

test('a beacon is no delivery: a page that stays asks again until the relay has answered', async () => {
  const tab = await profile.open();
  tab.send(anEvent());
  relay.network = 'silent';
  tab.hide();
  relay.network = 'works';
  expect(tab.transport.waiting()).toBe(1);
  await profile.advance(10_000);
  expect([tab.transport.waiting(), relay.stored.size]).toEqual([0, 1]);
});

test('the journal of a dead tab is taken over once, that of a living tab is left alone', async () => {
  relay.network = 'silent';
  const living = await profile.open();
  const dead = await profile.open();
  living.send(anEvent({ id: 'living' }));
  dead.send(anEvent({ id: 'dead' }));
  await profile.advance(100);
  dead.crash();
  const third = await profile.open();
  await profile.advance(100);
  expect([living.transport.waiting(), third.transport.waiting()]).toEqual([1, 1]);
});

test('the journal of an older script is read, that of a newer one left alone, and nonsense does no harm', async () => {
  const text = (id: string): string => JSON.stringify(anEvent({ id }));
  const older = JSON.stringify([['from-before', text('from-before'), 1, profile.now, 0]]);
  const record = [text('one'), 1, profile.now, 0].join('\t');
  profile.local.set('waymark1.pk_test.0.1', older);
  profile.local.set('waymark3.pk_test.0.2', record);
  profile.local.set('waymark1.pk_test.0.3', '{"half":');
  profile.local.set('waymark1.pk_test.0.4', 'null');
  profile.local.set('waymark1.pk_other.0.5', older);
  // As where the beginning was cut off.
  profile.local.set('waymark2.pk_test.0.6', `1\t2\t3\n${record}\n"half\t1`);
  profile.local.set('waymark20.pk_test.0.7', record);
  await profile.open();
  await profile.advance(5_000);
  expect([...relay.stored.keys()]).toEqual(['from-before', 'one']);
  expect([...profile.local.keys()]).toEqual(['waymark3.pk_test.0.2', 'waymark1.pk_other.0.5', 'waymark20.pk_test.0.7']);
});

test('the first answer teaches the clock', async () => {
  const tab = await profile.open();
  expect(tab.transport.clockOffsetMs()).toBeUndefined();
  tab.send(anEvent());
  await profile.advance(2_000);
  expect(Math.abs(tab.transport.clockOffsetMs() ?? Number.NaN)).toBeLessThan(500);
});

test('after close nothing more is sent by this page, and the next one finds the rest', async () => {
  relay.network = 'refused';
  const tab = await profile.open();
  tab.send(anEvent());
  await profile.advance(100);
  tab.transport.close();
  const requests = relay.requests.length;
  relay.network = 'works';
  await profile.advance(10_000);
  expect(relay.requests).toHaveLength(requests);
  await profile.open();
  await profile.advance(5_000);
  expect(relay.stored.size).toBe(1);
});

test('forget removes everything from memory and disk, of tabs that have gone too', async () => {
  relay.network = 'silent';
  const gone = await profile.open();
  gone.send(anEvent());
  await profile.advance(100);
  gone.crash();
  const tab = await profile.open();
  tab.send(anEvent());
  await profile.advance(100);
  tab.transport.forget();
  await profile.advance(5_000);
  expect([tab.transport.waiting(), journals(), [...profile.deep]]).toEqual([0, [], []]);
});

test('in memory it delivers, writes nothing to the device, and leaves alone what others have left there', async () => {
  const other = await profile.open();
  other.send(anEvent());
  other.crash();
  const left = [journals(), profile.deep.size];
  const tab = await profile.open({ inMemory: true });
  tab.send(anEvent());
  await profile.advance(200);
  expect([journals(), profile.deep.size]).toEqual(left);
  await profile.advance(5_000);
  expect([tab.transport.waiting(), relay.stored.size]).toEqual([0, 1]);
  expect([journals(), profile.deep.size]).toEqual(left);
});

test('what cannot be written as JSON is reported, and nothing is thrown', async () => {
  const tab = await profile.open();
  const loop: Record<string, unknown> = {};
  loop['itself'] = loop;
  for (const bad of [loop, { id: 1n }, null, undefined, 7]) tab.send(bad as never);
  expect(profile.errors.filter(({ code }) => code === 'json').length).toBeGreaterThanOrEqual(4);
});

test('callbacks of the site that throw do no harm', async () => {
  const fail = (): never => {
    throw new Error('of the site');
  };
  const tab = await profile.open({ onDelivered: fail, onError: fail });
  tab.send(anEvent());
  tab.send(anEvent({ type: 'bad' }));
  await profile.advance(3_000);
  expect([tab.transport.waiting(), relay.stored.size]).toEqual([0, 1]);
});

test('each batch carries key, sent time, consent and the counters of its tab', async () => {
  const tab = await profile.open({ consent: 'granted' });
  tab.send(anEvent());
  tab.send(anEvent({ type: 'bad' }));
  await profile.advance(3_000);
  tab.send(anEvent());
  await profile.advance(3_000);
  const queries = relay.requests.map(({ url }) => Object.fromEntries(url.searchParams));
  expect(queries).toMatchObject([
    { key: 'pk_test', sent: expect.stringMatching(/^\d{13}$/), consent: 'granted', counters: '2.0.0.0' },
    { counters: '3.1.0.0' },
  ]);
});

test('a page that is left while it waits after a failure offers its events to a beacon, unless the relay asked for the wait', async () => {
  for (const [network, offered] of [
    ['refused', [1, 1]],
    ['busy', [1]],
  ] as const) {
    profile = createProfile(relay, chance(2), undefined, 'never');
    relay.network = network;
    relay.requests.length = 0;
    const tab = await profile.open();
    tab.send(anEvent());
    await profile.advance(400);
    relay.network = 'works';
    tab.hide();
    expect(relay.requests.map(({ events }) => events)).toEqual(offered);
  }
});
