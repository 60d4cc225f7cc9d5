// The outbox: each delivery once per key, leased, ordered within its group, done, put off, buried, replayed.
import { describe, expect, it } from 'vitest';
import type { NewDelivery, Store } from '../../../src/store/index.ts';
import { aStore, noon, type OpenStore, otherWorkspace, workspace } from '../helpers.ts';

function aDelivery(key: string, members: Partial<NewDelivery> = {}): NewDelivery {
  return { lane: 'webhooks', workspace, key, dueAt: noon - 1_000, payload: `{"key":"${key}"}`, ...members };
}

export function describeDelivering(open: OpenStore): void {
  describe('delivering', () => {
    let clock = noon;
    const store = () => {
      clock = noon;
      return aStore({ now: () => clock }, open);
    };
    const claim = (from: Store, limit = 10) => from.claim('webhooks', { limit, leaseUntil: clock + 60_000 });
    const keys = async (from: Store, limit = 10) => (await claim(from, limit)).map(({ key }) => key);

    it('keeps a delivery once per key, also after it was done', async () => {
      const s = await store();
      await s.enqueue([
        aDelivery('a'),
        aDelivery('a', { payload: 'other' }),
        aDelivery('a', { workspace: otherWorkspace }),
      ]);
      await s.enqueue([aDelivery('a'), aDelivery('a', { lane: 'jds' })]);
      const claimed = await claim(s);
      expect(claimed.map(({ workspace, payload }) => [workspace, payload])).toEqual([
        [workspace, '{"key":"a"}'],
        [otherWorkspace, '{"key":"a"}'],
      ]);
      await s.done(claimed.map(({ id }) => id));
      await s.enqueue([aDelivery('a')]);
      clock += 120_000;
      expect(await keys(s)).toEqual([]);
    });

    it('leases what is due, the important first, then the oldest due, and gives it again when the lease is over', async () => {
      const s = await store();
      await s.enqueue([
        aDelivery('late', { dueAt: noon + 5_000 }),
        aDelivery('b', { dueAt: noon - 1 }),
        aDelivery('a', { dueAt: noon - 2 }),
        aDelivery('vip', { priority: 5 }),
      ]);
      expect(await keys(s, 2)).toEqual(['vip', 'a']);
      expect(await keys(s)).toEqual(['b']);
      expect(await keys(s)).toEqual([]);
      clock += 60_000;
      const again = await claim(s);
      expect(again.map(({ key, attempts }) => [key, attempts])).toEqual([
        ['vip', 1],
        ['late', 0],
        ['b', 1],
        ['a', 1],
      ]);
    });

    it('keeps the order within a group: the next waits until the one ahead is done or buried', async () => {
      const s = await store();
      const one = { group: 'person-1' };
      await s.enqueue([
        aDelivery('a1', one),
        aDelivery('a2', { ...one, priority: 9 }),
        aDelivery('b1', { group: 'person-2' }),
        aDelivery('a3', one),
      ]);
      const [a1, b1] = await claim(s);
      expect([a1?.key, b1?.key]).toEqual(['a1', 'b1']);
      await s.retryAt(a1?.id ?? 0, noon + 5_000, 'HTTP 503');
      expect(await keys(s)).toEqual([]);
      clock += 5_000;
      const [retried] = await claim(s);
      expect(retried).toMatchObject({ key: 'a1', attempts: 1, lastError: 'HTTP 503' });
      await s.bury(a1?.id ?? 0, 'HTTP 400');
      const [a2] = await claim(s);
      expect(a2?.key).toBe('a2');
      await s.done([a2?.id ?? 0]);
      expect(await keys(s)).toEqual(['a3']);
    });

    it('replays what was buried, all of a lane, some, or what was buried lately', async () => {
      const s = await store();
      await s.enqueue(['a', 'b', 'c'].map((key) => aDelivery(key)));
      const claimed = await claim(s);
      for (const { id } of claimed) {
        clock += 1_000;
        await s.bury(id, 'gone');
      }
      expect(await s.replay('webhooks', { ids: [claimed[1]?.id ?? 0, 999] })).toBe(1);
      expect(await keys(s)).toEqual(['b']);
      expect(await s.replay('webhooks', { buriedAfter: noon + 2_000 })).toBe(1);
      expect(await s.replay('other lane')).toBe(0);
      expect(await s.replay('webhooks')).toBe(1);
      expect(await keys(s)).toEqual(['a', 'c']);
    });

    it('raises what waits when it comes again with a higher priority, and makes it due earlier unless it was claimed', async () => {
      const s = await store();
      await s.enqueue([
        aDelivery('a'),
        aDelivery('b'),
        aDelivery('later', { dueAt: noon + 60_000 }),
        aDelivery('done'),
      ]);
      await s.enqueue([aDelivery('b', { priority: 2, payload: 'other' }), aDelivery('later', { priority: 1 })]);
      await s.enqueue([aDelivery('b', { priority: 1 })]);
      const claimed = await claim(s, 2);
      expect(claimed.map(({ key, priority, payload }) => [key, priority, payload])).toEqual([
        ['b', 2, '{"key":"b"}'],
        ['later', 1, '{"key":"later"}'],
      ]);
      // Leased: a higher priority must not give it to a second worker.
      await s.enqueue([aDelivery('b', { priority: 9 })]);
      expect(await keys(s)).toEqual(['a', 'done']);
      await s.done(claimed.map(({ id }) => id));
      await s.enqueue([aDelivery('b', { priority: 10 })]);
      clock += 60_000;
      expect(await keys(s)).toEqual(['a', 'done']);
    });

    it('tells how much waits in a lane, which has waited longest, and what was buried, the latest first', async () => {
      const s = await store();
      expect(await s.backlog('webhooks')).toEqual({ waiting: 0, buried: 0 });
      await s.enqueue(['a', 'b', 'c', 'd'].map((key) => aDelivery(key)));
      const [a, b, c] = await claim(s, 3);
      await s.done([a?.id ?? 0]);
      for (const one of [b, c]) {
        clock += 1_000;
        await s.bury(one?.id ?? 0, `reason of ${one?.key}`);
      }
      expect(await s.backlog('webhooks')).toMatchObject({ waiting: 1, buried: 2, oldest: { key: 'd', attempts: 0 } });
      expect((await s.buried('webhooks', 5)).map(({ key, lastError }) => [key, lastError])).toEqual([
        ['c', 'reason of c'],
        ['b', 'reason of b'],
      ]);
      expect(await s.buried('webhooks', 1)).toHaveLength(1);
      expect(await s.backlog('other lane')).toEqual({ waiting: 0, buried: 0 });
    });

    it('moves a position together with what was enqueued for it', async () => {
      const s = await store();
      await s.enqueue([aDelivery('a')], { consumer: 'actions', sequence: 7 });
      expect(await s.position('actions')).toBe(7);
    });
  });
}
