// What any driver promises about taking events: each once, its time fixed, its secret never kept.
import { describe, expect, it } from 'vitest';
import {
  aBatch,
  anEvent,
  aStore,
  idsOf,
  noon,
  type OpenStore,
  otherWorkspace,
  outcomes,
  pageEvent,
  secretOf,
  send,
  trusted,
  workspace,
} from '../helpers.ts';

export function describeAppending(open: OpenStore): void {
  describe('appending', () => {
    it('keeps an event once, however often and by whichever way it arrives', async () => {
      const store = await aStore({}, open);
      const body = JSON.stringify([pageEvent('b1', { id: 'e1', time: new Date(noon - 90_000).toISOString() })]);
      const beacon = await send(store, body, { sent: noon - 60_000, receivedAt: noon });
      const resend = await send(store, body, { sent: noon + 600_000, receivedAt: noon + 600_000 });
      const deferred = await send(store, body, { sent: 'deferred', receivedAt: noon + 900_000 });
      expect([beacon, resend, deferred].map(outcomes)).toEqual([['ok'], ['duplicate'], ['duplicate']]);
      const found = await store.history({ workspace });
      expect(found.map(({ correctedTime, receivedAt }) => [correctedTime, receivedAt])).toEqual([
        [noon - 30_000, noon],
      ]);
    });

    it('answers per event: one bad event never costs its neighbours', async () => {
      const store = await aStore({}, open);
      const events = [
        pageEvent('b1', { id: 'a' }),
        { id: 'b' },
        null,
        pageEvent('b1', { id: 'c', identity: 'half\ud800' }),
        pageEvent('b1', { id: 'd' }),
        pageEvent('b1', { id: 'e' }),
      ];
      const results = await send(store, events, {
        findings: { 4: { refused: { code: 'type-reserved', detail: 'no', pointer: '/4/type' } } },
      });
      expect(outcomes(results)).toEqual([
        'ok',
        'refused invalid-event',
        'refused invalid-event',
        'refused invalid-event',
        'refused type-reserved',
        'ok',
      ]);
      expect(results.map(({ index, id }) => [index, id])).toEqual([
        [0, 'a'],
        [1, 'b'],
        [2, null],
        [3, 'c'],
        [4, 'd'],
        [5, 'e'],
      ]);
      expect(results[4]?.pointer).toBe('/4/type');
      expect(results.map(({ sequence }) => sequence)).toEqual([1, undefined, undefined, undefined, undefined, 2]);
      expect(await idsOf(store)).toEqual(['e', 'a']);
    });

    it('rejects a body that is no batch and keeps its neighbours in the same commit', async () => {
      const store = await aStore({}, open);
      const [good, bad, alsoGood] = await Promise.allSettled([
        send(store, pageEvent('b1')),
        send(store, '{"half":'),
        send(store, pageEvent('b2')),
      ]);
      expect([good?.status, bad?.status, alsoGood?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await idsOf(store)).toHaveLength(2);
    });

    it('takes a body that is a view into a larger buffer, and leaves its neighbours alone', async () => {
      const store = await aStore({}, open);
      const neighbour = Buffer.from('neighbour');
      const body = Buffer.from(JSON.stringify([pageEvent('b1')]));
      expect(outcomes(await store.append({ ...aBatch([]), body }))).toEqual(['ok']);
      expect(neighbour.toString()).toBe('neighbour');
      const large = new TextEncoder().encode(`-----${JSON.stringify([pageEvent('b1')])}-----`);
      expect(outcomes(await store.append({ ...aBatch([]), body: large.subarray(5, -5) }))).toEqual(['ok']);
      expect(large.byteLength).toBeGreaterThan(10);
    });

    it('refuses an event without bottom and goes on filtering', async () => {
      const store = await aStore({}, open);
      const deep = (levels: number) =>
        JSON.stringify(pageEvent('b1', { data: { x: 1 } })).replace(
          /\{"x":1\}/,
          `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
        );
      const answers = await send(store, `[${deep(50)},${deep(1_500)},${deep(100_000)}]`);
      expect(outcomes(answers)).toEqual(['ok', 'refused invalid-event', 'refused invalid-event']);
      expect(await store.history({ workspace, where: { in: 'data', field: 'a', is: 'null', value: '' } })).toEqual([]);
    });

    it('takes odd texts for what they are', async () => {
      const store = await aStore({}, open);
      const odd = [
        '__proto__',
        'constructor',
        "' OR 1=1 --",
        '"; DROP TABLE event; --',
        '\u202e',
        'a\tb',
        '%_*?[',
        '😀'.repeat(60),
        'İ@ß.x',
      ];
      for (const value of odd) {
        const event = anEvent({
          identity: value,
          identitytype: 'customerId',
          type: value,
          id: value,
          data: { [value]: value },
        });
        expect(outcomes(await trusted(store, event))).toEqual(['ok']);
      }
      for (const value of odd) {
        expect(await idsOf(store, value)).toEqual([value]);
        const where = { in: 'data' as const, field: value, is: 'equal' as const, value };
        expect((await store.history({ workspace, where })).map(({ event }) => event.id)).toEqual([value]);
      }
      for (const value of ['nul\0', 'half\udc00', '']) {
        expect(outcomes(await trusted(store, anEvent({ identity: value })))).toEqual(['refused invalid-event']);
      }
    });

    it('keeps one of two events that are one in the same batch', async () => {
      const store = await aStore({}, open);
      const event = pageEvent('b1');
      expect(outcomes(await send(store, [event, event]))).toEqual(['ok', 'duplicate']);
    });

    it('strips what belongs to the transport and keeps everything else as it came', async () => {
      const store = await aStore({}, open);
      const data = {
        taskId: 'web-1',
        'Past Due': 1.5,
        ['__proto__']: { x: 1 },
        text: '\u0000 "quoted" \ud83d\ude00 \ud800',
      };
      const event = { ...pageEvent('b1', { clockoffset: 12, identitytoken: 'a.b.c' }), data, extra: [1] };
      await send(store, JSON.stringify([event]).replace('"x":1', '"__proto__":{"y":2}'));
      const [found] = await store.history({ workspace });
      const kept = JSON.parse(JSON.stringify(event).replace('"x":1', '"__proto__":{"y":2}'));
      delete kept.temporarysecret;
      delete kept.identitytoken;
      delete kept.clockoffset;
      expect(JSON.stringify(found?.event)).toBe(JSON.stringify(kept));
    });

    it.each([
      ['a page that knows its offset is believed', { clockoffset: 0 }, { sent: noon - 60_000 }, 0],
      ['a page clock that is slow is corrected', {}, { sent: noon - 60_000 }, 60_000],
      ['a page clock that is fast is corrected', {}, { sent: noon + 60_000 }, -60_000],
      ['below five seconds it is latency', {}, { sent: noon - 4_999 }, 0],
      ['a deferred batch says nothing about the clock', {}, { sent: 'deferred' as const }, 0],
      ['without a sent time the time stands', {}, {}, 0],
    ])('fixes the corrected time: %s', async (_, members, batch, differenceMs) => {
      const store = await aStore({}, open);
      const time = noon - 600_000;
      await send(store, pageEvent('b1', { time: new Date(time).toISOString(), ...members }), batch);
      const [found] = await store.history({ workspace });
      expect(found?.correctedTime).toBe(time + differenceMs);
    });

    it('clamps a time in the future to the receive time and leaves the event its own', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('b1', { time: '2031-01-01T00:00:00.000+02:00' }));
      const [found] = await store.history({ workspace });
      expect([found?.correctedTime, found?.event.time]).toEqual([noon, '2031-01-01T00:00:00.000+02:00']);
    });

    it('does not let a page squat on the ids of a back end', async () => {
      const store = await aStore({}, open);
      const time = new Date(noon).toISOString();
      const results = [
        await send(store, pageEvent('b1', { id: 'x', time })),
        await send(store, anEvent({ id: 'x', time, identity: 'b1' }), { sender: 'trusted' }),
      ];
      expect(results.map(outcomes)).toEqual([['ok'], ['ok']]);
    });

    it('keeps a published event without a time every time, unless its idempotency key repeats', async () => {
      const store = await aStore({}, open);
      const { time: _, ...event } = anEvent({ id: 'same' });
      const answers = [];
      for (const members of [{}, {}, { idempotencyKey: 'k1' }, { idempotencyKey: 'k1' }, { idempotencyKey: 'k2' }]) {
        answers.push(...outcomes(await trusted(store, event, members)));
      }
      expect(answers).toEqual(['ok', 'ok', 'ok', 'duplicate', 'ok']);
      const found = await store.history({ workspace });
      expect(new Set(found.map(({ event: { time } }) => time))).toEqual(new Set([new Date(noon).toISOString()]));
    });

    it('takes a published event with other data under the same id as another event', async () => {
      const store = await aStore({}, open);
      const event = anEvent({ id: 'reused' });
      const answers = [
        await trusted(store, event),
        await trusted(store, event),
        await trusted(store, { ...event, data: { other: 1 } }),
        await trusted(store, { ...event, identity: 'b2' }),
      ];
      expect(answers.map(outcomes)).toEqual([['ok'], ['duplicate'], ['ok'], ['ok']]);
    });

    it('gives a temporaryId to the first who holds a secret, and to nobody else', async () => {
      const store = await aStore({}, open);
      const answers = [
        await send(store, anEvent({ identity: 'b1' })),
        await send(store, [pageEvent('b1'), anEvent({ identity: 'b1' }), anEvent({ identity: 'b2' })]),
        await send(store, [anEvent({ identity: 'b1' })]),
        await send(store, [anEvent({ identity: 'b1', temporarysecret: 'guess' }), pageEvent('b1')]),
      ];
      expect(answers.map(outcomes)).toEqual([
        ['refused temporaryid-not-yours'],
        ['ok', 'ok', 'refused temporaryid-not-yours'],
        ['refused temporaryid-not-yours'],
        ['refused temporaryid-not-yours', 'ok'],
      ]);
      const text = JSON.stringify(await store.follow({ after: 0, limit: 10 }));
      expect(text).not.toContain(secretOf('b1'));
    });

    it('keeps workspaces apart: ids, aliases, secrets, reads', async () => {
      const store = await aStore({}, open);
      const event = pageEvent('b1', { id: 'e1' });
      await send(store, event);
      const answers = await send(store, { ...event, temporarysecret: 'another' }, { workspace: otherWorkspace });
      expect(outcomes(answers)).toEqual(['ok']);
      const [one, two] = [await store.personOf(workspace, 'b1'), await store.personOf(otherWorkspace, 'b1')];
      expect(one?.id).not.toBe(two?.id);
      expect(await store.person(otherWorkspace, one?.id ?? '')).toBeUndefined();
      expect(await store.history({ workspace: otherWorkspace, personId: one?.id ?? '' })).toEqual([]);
      expect(await store.follow({ after: 0, limit: 10, workspace: otherWorkspace })).toHaveLength(1);
      expect(await store.persons('000000000000000000000000', { limit: 10, offset: 0 })).toEqual([]);
    });

    it('gives followers every event in the order of its sequence, and tells of each commit', async () => {
      const store = await aStore({}, open);
      const heard: number[] = [];
      const stop = store.onCommit(({ sequence }) => heard.push(sequence));
      await send(store, [pageEvent('b1', { id: 'e1' }), pageEvent('b1', { id: 'e2' })]);
      await send(store, pageEvent('b1', { id: 'e3' }));
      stop();
      await send(store, pageEvent('b1', { id: 'e4' }));
      expect(heard).toEqual([2, 3]);
      const page = await store.follow({ after: 1, limit: 2 });
      expect(page.map(({ sequence, event }) => [sequence, event.id])).toEqual([
        [2, 'e2'],
        [3, 'e3'],
      ]);
      expect(await store.position('journey')).toBe(0);
      await store.setPosition('journey', 3);
      expect(await store.position('journey')).toBe(3);
    });

    it('puts off what does not fit into the queue and takes it later', async () => {
      const store = await aStore({ maxQueueBytes: 2_000 }, open);
      const many = Array.from({ length: 8 }, (_, i) => send(store, pageEvent('b1', { id: `e${i}` })));
      const results = (await Promise.all(many)).flat();
      expect(new Set(outcomes(results))).toEqual(new Set(['ok', 'retry busy']));
      expect(results.every(({ result, retryAfterMs }) => result === 'ok' || retryAfterMs === 1_000)).toBe(true);
      expect(outcomes(await send(store, pageEvent('b1', { id: 'e7' })))).toEqual(['ok']);
      expect((await store.health()).queueBytes).toBe(0);
    });

    it('puts events off while disk space is low and recovers by itself', async () => {
      let free = 1_000;
      const store = await aStore({ minFreeDiskBytes: 500, freeDiskBytes: () => free }, open);
      free = 499;
      expect(outcomes(await send(store, pageEvent('b1')))).toEqual(['retry disk-low']);
      expect(await store.health()).toMatchObject({ ok: false, freeDiskBytes: 499 });
      free = 500;
      expect(outcomes(await send(store, pageEvent('b1')))).toEqual(['ok']);
      expect(await store.health()).toMatchObject({ ok: true });
    });

    it('stores what it has accepted before it closes, and then puts everything off', async () => {
      const store = await aStore({}, open);
      const accepted = send(store, pageEvent('b1'));
      await store.close();
      expect(outcomes(await accepted)).toEqual(['ok']);
      expect(outcomes(await send(store, pageEvent('b1')))).toEqual(['retry busy']);
    });
  });
}
