// The worker over the outbox, with a real store and real receivers, and a clock of its own.
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWebhooks, type WebhooksOptions } from '../../../src/delivery/index.ts';
import {
  endpointId,
  endpointKind,
  openSqliteStore,
  type Store,
  signingKind,
  webhookLane,
} from '../../../src/store/index.ts';
import { aFolder, until, workspace } from '../../helpers.ts';
import { openReceiver, type Receiver } from '../../journey/receiver.ts';

interface Bench {
  store: Store;
  start(options?: Partial<WebhooksOptions>): ReturnType<typeof startWebhooks>;
  enqueue(url: string, ...keys: string[]): Promise<void>;
  enqueueIn(workspace: string, url: string, ...keys: string[]): Promise<void>;
  advance(ms: number): void;
  errors: unknown[];
}

async function aBench(): Promise<Bench> {
  let clock = Date.parse('2026-11-22T12:00:00Z');
  const now = () => clock;
  const store = await openSqliteStore({ file: `${aFolder()}/x.db`, now });
  onTestFinished(() => store.close());
  const errors: unknown[] = [];
  const enqueueIn: Bench['enqueueIn'] = (ofWorkspace, url, ...keys) =>
    store.enqueue(
      keys.map((key) => ({
        lane: webhookLane(ofWorkspace, url),
        workspace: ofWorkspace,
        key,
        dueAt: clock,
        payload: JSON.stringify({ url, verb: 'post', body: '{}', sequence: 1, hops: 1 }),
      })),
    );
  return {
    store,
    errors,
    start(options) {
      const webhooks = startWebhooks({
        store,
        now,
        allow: ['127.0.0.0/8'],
        pollMs: 20,
        random: () => 0.5,
        onError: (error) => errors.push(error),
        ...options,
      });
      onTestFinished(() => webhooks.stop());
      return webhooks;
    },
    enqueue: (url, ...keys) => enqueueIn(workspace, url, ...keys),
    enqueueIn,
    advance: (ms) => {
      clock += ms;
    },
  };
}

async function aReceiver(): Promise<Receiver> {
  const receiver = await openReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

const answering = (status: number, headers: Record<string, string> = {}): Receiver['answer'] => {
  return (response) => void response.writeHead(status, headers).end();
};

describe('the webhooks worker', () => {
  it('tries again by its schedule under the same id, then gives up', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    receiver.answer = answering(500);
    await bench.enqueue(receiver.url, 'k');
    bench.start({ delaysMs: [5_000, 60_000] });
    const state = async () => (await bench.store.deliveries(workspace, { lane: 'webhooks:', limit: 1 }))[0];
    for (const delay of [5_000, 60_000]) {
      const waiting = await until('put off', async () => {
        const one = await state();
        return one?.lastError !== undefined && one.dueAt > 0 ? one : undefined;
      });
      expect(waiting.state).toBe('waiting');
      const calls = receiver.received.length;
      bench.advance(delay - 1);
      await bench.store.lanes('');
      expect(receiver.received).toHaveLength(calls);
      bench.advance(1);
      await until('tried again', () => receiver.received.length === calls + 1);
      await until(
        'settled',
        async () => (await state())?.dueAt !== waiting.dueAt || (await state())?.state === 'buried',
      );
    }
    await until('given up', async () => (await state())?.state === 'buried');
    expect(new Set(receiver.ids())).toEqual(new Set(['k']));
    expect(bench.errors).toEqual([]);
  });

  it('pauses an address that keeps failing, stalls no other, and goes on when it is well or somebody says so', async () => {
    const bench = await aBench();
    const [bad, good] = [await aReceiver(), await aReceiver()];
    bad.answer = answering(500);
    const keys = Array.from({ length: 8 }, (_, index) => `bad-${index}`);
    await bench.enqueue(bad.url, ...keys);
    const webhooks = bench.start({ concurrency: 2, pauseFrom: 3, delaysMs: Array(20).fill(10) });
    await until('paused', () => webhooks.paused() === 1);
    const calls = bad.received.length;
    await bench.enqueue(good.url, 'good');
    await until('the other goes on', () => good.received.length === 1);
    bench.advance(1_000);
    await until('asked for what is due', async () => (await bench.store.lanes('webhooks:'))[0]?.waiting === 8);
    expect(bad.received).toHaveLength(calls);
    const [document] = await bench.store.documents(workspace, endpointKind);
    expect(document).toMatchObject({ id: endpointId(bad.url), body: { url: bad.url, lastError: 'HTTP 500' } });
    // A restart does not begin to knock again.
    await webhooks.stop();
    bad.answer = answering(204);
    const next = bench.start({ concurrency: 2, pauseFrom: 3 });
    await bench.enqueue(good.url, 'good-2');
    await until('the other goes on', () => good.received.length === 2);
    expect(bad.received).toHaveLength(calls);
    await bench.store.deleteDocument(workspace, endpointKind, endpointId(bad.url));
    bench.advance(3_600_000);
    await until('all came', () => keys.every((key) => bad.ids().includes(key)));
    expect(next.paused()).toBe(0);
  });

  it('leaves an address alone for as long as it asks', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    receiver.answer = answering(429, { 'retry-after': '120' });
    await bench.enqueue(receiver.url, 'k');
    const webhooks = bench.start({ delaysMs: [5_000, 5_000] });
    await until('told to wait', () => webhooks.paused() === 1);
    receiver.answer = answering(204);
    bench.advance(119_000);
    await bench.enqueue(receiver.url, 'later');
    await bench.store.lanes('');
    expect(receiver.received).toHaveLength(1);
    bench.advance(1_000);
    await until('both came', () => receiver.received.length === 3);
  });

  it('waits no longer than a day, whatever an address asks for', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    receiver.answer = answering(503, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' });
    await bench.enqueue(receiver.url, 'k');
    const webhooks = bench.start();
    await until('told to wait', () => webhooks.paused() === 1);
    bench.advance(86_400_000);
    expect(webhooks.paused()).toBe(0);
  });

  it('calls so many at once over all addresses, and leaves half to other workspaces', async () => {
    const bench = await aBench();
    const slow = await Promise.all([aReceiver(), aReceiver(), aReceiver()]);
    const good = await aReceiver();
    const held: (() => void)[] = [];
    for (const receiver of slow) {
      receiver.answer = (response) => void held.push(() => void response.writeHead(204).end());
      await bench.enqueue(receiver.url, 'a', 'b', 'c');
    }
    const calls = () => slow.reduce((sum, { received }) => sum + received.length, 0);
    bench.start({ maxCalls: 4 });
    await until('half of them are under way', () => calls() >= 2);
    const other = '64f000000000000000000002';
    await bench.enqueueIn(other, good.url, 'good');
    await until('the other goes on', () => good.received.length === 1);
    expect(calls()).toBe(2);
    let most = 0;
    await until('all came', () => {
      most = Math.max(most, held.length);
      for (const release of held.splice(0)) release();
      return new Set(slow.flatMap((one, index) => one.ids().map((id) => `${index} ${id}`))).size === 9;
    });
    expect(most).toBeLessThanOrEqual(2);
    for (const release of held) release();
  });

  it('sends the others where something goes wrong with one', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    await bench.enqueue(receiver.url, 'a', 'b');
    const failing = { left: 1 };
    const store: Store = {
      ...bench.store,
      documents: (ofWorkspace, kind) =>
        kind === signingKind && failing.left-- > 0
          ? Promise.reject(new Error('no reader'))
          : bench.store.documents(ofWorkspace, kind),
    };
    bench.start({ store, concurrency: 1 });
    await until('the other came', () => receiver.ids().includes('b'));
    expect(bench.errors).toHaveLength(1);
    bench.advance(86_400_000);
    await until('both came', () => receiver.ids().includes('a'));
  });

  it('ends after the calls under way, and gives back what it has not sent', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    const held: (() => void)[] = [];
    receiver.answer = (response) => void held.push(() => void response.writeHead(204).end());
    await bench.enqueue(receiver.url, 'a', 'b', 'c');
    const webhooks = bench.start({ concurrency: 1 });
    await until('one is under way', () => held.length === 1);
    const stopped = webhooks.stop();
    receiver.answer = answering(204);
    held[0]?.();
    await stopped;
    expect(receiver.ids()).toEqual(['a']);
    bench.start();
    await until('the others came', () => receiver.received.length === 3);
  });

  it('gives up at once where the address says that it is gone, and buries what must not be sent', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    receiver.answer = answering(410);
    await bench.enqueue(receiver.url, 'gone');
    await bench.enqueue('http://169.254.169.254/latest/meta-data', 'metadata');
    bench.start();
    const buried = () => bench.store.deliveries(workspace, { lane: 'webhooks:', state: 'buried', limit: 10 });
    const found = await until('both are buried', async () => ((await buried()).length === 2 ? buried() : undefined));
    expect(found.map(({ key, lastError }) => [key, lastError])).toEqual([
      ['metadata', expect.stringContaining('not on the internet')],
      ['gone', 'HTTP 410'],
    ]);
  });

  it('signs with the new secret and the one before until it ends', async () => {
    const bench = await aBench();
    const receiver = await aReceiver();
    const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
    const secrets = [{ secret: secret(1) }, { secret: secret(2), until: Date.parse('2026-11-22T12:00:10Z') }];
    await bench.store.putDocument(workspace, signingKind, { id: '1', body: { secrets } });
    bench.start();
    const signatures = async (key: string) => {
      await bench.enqueue(receiver.url, key);
      const call = await until('it came', () => receiver.received.find(({ headers }) => headers['webhook-id'] === key));
      return String(call.headers['webhook-signature']).split(' ');
    };
    expect(await signatures('a')).toHaveLength(2);
    bench.advance(20_000);
    expect(await signatures('b')).toHaveLength(1);
  });
});
