// Histories: order, paging, filters, and what hostile filters come to.
import { describe, expect, it } from 'vitest';
import type { Condition, Store } from '../../../src/store/index.ts';
import {
  anEvent,
  aStore,
  idsOf,
  login,
  noon,
  type OpenStore,
  pageEvent,
  send,
  trusted,
  workspace,
} from '../helpers.ts';

const at = (seconds: number) => new Date(noon + seconds * 1_000).toISOString();
const late = { receivedAt: noon + 3_600_000 };

async function matching(store: Store, where: Condition): Promise<string[]> {
  return (await store.history({ workspace, where })).map(({ event }) => event.id).sort();
}

export function describeReading(open: OpenStore): void {
  describe('reading', () => {
    it('gives newest first by corrected time, whatever the order of arrival, over all aliases of the person', async () => {
      const store = await aStore({}, open);
      for (const [browser, seconds] of [
        ['b1', 30],
        ['b2', 10],
        ['b1', 20],
        ['b2', 40],
        ['b3', 25],
      ] as const) {
        await send(store, pageEvent(browser, { id: `${browser}@${seconds}`, time: at(seconds) }), late);
      }
      await login(store, 'b1', 'ann@x.com', 'email', { id: 'login1', time: at(-1) });
      await login(store, 'b2', 'ann@x.com', 'email', { id: 'login2', time: at(-1) });
      const all = ['b2@40', 'b1@30', 'b1@20', 'b2@10', 'login2', 'login1'];
      expect(await idsOf(store, 'ann@x.com')).toEqual(all);
      const read = async (query: object) =>
        (await store.history({ workspace, identity: 'ann@x.com', ...query })).map(({ event }) => event.id);
      expect(await read({ order: 'oldest-first' })).toEqual([...all].reverse());
      expect(await read({ limit: 2, offset: 1 })).toEqual(all.slice(1, 3));
      expect(await read({ before: { id: 'b1@20' }, limit: 2 })).toEqual(['b2@10', 'login2']);
      expect(await read({ before: { id: 'unknown' } })).toEqual([]);
      const [first] = await store.history({ workspace, identity: 'ann@x.com', limit: 1 });
      expect(await read({ before: { id: 'b2@40', sequence: first?.sequence } })).toEqual(all.slice(1));
      expect(await read({ before: { id: 'b2@40', sequence: 1 } })).toEqual([]);
      expect(await idsOf(store)).toEqual(['b2@40', 'b1@30', 'b3@25', 'b1@20', 'b2@10', 'login2', 'login1']);
      expect(await idsOf(store, 'nobody')).toEqual([]);
    });

    it('gives the same as text, with the times of now and all attributes', async () => {
      const store = await aStore({}, open);
      await send(
        store,
        pageEvent('b1', { id: '{"time":"', time: at(-30), data: { time: 'x', taskId: 'web-1' } }),
        late,
      );
      await send(store, pageEvent('b1', { id: 'fast clock', time: at(7_200), data: { taskId: 'web-2' } }), late);
      await login(store, 'b1', 'ann@x.com', 'email', { id: 'login', time: at(-1), data: { taskId: 'web-1' } });
      for (const query of [{ identity: 'ann@x.com' }, { order: 'oldest-first' as const }, { identity: 'nobody' }]) {
        const events = await store.history({ workspace, ...query });
        const { events: text, ...known } = await store.historyText({ workspace, ...query });
        const shown = events.map(({ event, correctedTime }) => ({
          ...event,
          time: new Date(correctedTime).toISOString(),
          previousidentity: event.previousidentity ?? null,
        }));
        expect(JSON.parse(text)).toEqual(shown);
        expect(known).toEqual({
          count: events.length,
          personIds: [...new Set(events.map(({ personId }) => personId))],
          trust: events.map(({ trust }) => trust),
        });
      }
    });

    it('pages through a person of many aliases without missing or repeating an event', async () => {
      const store = await aStore({ limits: { temporaryId: 100 } }, open);
      const events = Array.from({ length: 90 }, (_, i) =>
        anEvent({ id: `e${i}`, identity: `b${i % 9}`, time: at((i * 37) % 50), previousidentity: 'ann@x.com' }),
      );
      await trusted(store, anEvent({ id: 'first', identity: 'ann@x.com', identitytype: 'email', time: at(-9) }), late);
      await trusted(store, events, late);
      const whole = await idsOf(store, 'ann@x.com');
      expect(whole).toHaveLength(91);
      const paged: string[] = [];
      for (let offset = 0; offset < 91; offset += 7) {
        const page = await store.history({ workspace, identity: 'b3', limit: 7, offset });
        paged.push(...page.map(({ event }) => event.id));
      }
      expect(paged).toEqual(whole);
    });

    it.each<[string, Condition, string[]]>([
      [
        'an attribute, whatever the case of its name',
        { in: 'event', field: 'identityType', is: 'equal', value: 'email' },
        ['c'],
      ],
      ['one of several', { in: 'event', field: 'type', is: 'one-of', value: ['buy', 'leave', 'x'] }, ['b', 'c']],
      ['a pattern', { in: 'event', field: 'type', is: 'like', value: '*u*' }, ['b']],
      ['a pattern in another case', { in: 'event', field: 'type', is: 'like', value: 'B*' }, []],
      ['a pattern ignoring case', { in: 'event', field: 'type', is: 'like-ignoring-case', value: 'BU*' }, ['b']],
      [
        'a pattern with the signs of other languages',
        { in: 'data', field: 'sign', is: 'like', value: '[a]?%_*' },
        ['c'],
      ],
      [
        'a moment in another zone',
        { in: 'event', field: 'time', is: 'greater', value: '2026-11-22T14:00:01.500+02:00' },
        ['c'],
      ],
      ['a text in data', { in: 'data', field: 'Past Due', is: 'equal', value: 'yes' }, ['b']],
      ['a number in data', { in: 'data', field: 'amount', is: 'greater-or-equal', value: '100' }, ['b', 'c']],
      ['a number as text', { in: 'data', field: 'amount', is: 'equal', value: '100.0' }, ['b']],
      ['a truth', { in: 'data', field: 'flag', is: 'equal', value: 'true' }, ['a']],
      ['a truth is not one', { in: 'data', field: 'flag', is: 'equal', value: '1' }, ['b']],
      ['null or absent', { in: 'data', field: 'flag', is: 'null', value: '' }, ['c']],
      [
        'not equal, also where it is absent',
        { not: { in: 'data', field: 'Past Due', is: 'equal', value: 'yes' } },
        ['a', 'c'],
      ],
      ['a nested member', { in: 'data', field: 'ui.title', is: 'equal', value: 'T' }, ['a']],
      ['a name with a dot', { in: 'data', field: 'a.b', is: 'equal', value: '1' }, ['b']],
      ['a name with quotes', { in: 'data', field: 'q"\'\\', is: 'equal', value: '"\'' }, ['c']],
      ['all of nothing', { all: [] }, ['a', 'b', 'c']],
      ['any of nothing', { any: [] }, []],
      [
        'parts together',
        {
          all: [
            {
              any: [
                { in: 'event', field: 'id', is: 'equal', value: 'a' },
                { in: 'event', field: 'id', is: 'equal', value: 'b' },
              ],
            },
            { not: { in: 'event', field: 'id', is: 'equal', value: 'a' } },
          ],
        },
        ['b'],
      ],
      ['an injection', { in: 'data', field: `x') OR 1=1 --`, is: 'equal', value: `' OR '1'='1` }, []],
      ['a prototype', { in: 'data', field: '__proto__', is: 'null', value: '' }, ['a', 'b', 'c']],
    ])('filters by %s', async (_, where, expected) => {
      const store = await aStore({}, open);
      await trusted(
        store,
        [
          anEvent({ id: 'a', type: 'visit', time: at(0), data: { flag: true, amount: 9, ui: { title: 'T' } } }),
          anEvent({ id: 'b', type: 'buy', time: at(1), data: { 'Past Due': 'yes', amount: 100, flag: 1, 'a.b': 1 } }),
          anEvent({
            id: 'c',
            type: 'leave',
            time: at(2),
            identity: 'x@y.z',
            identitytype: 'email',
            data: { amount: 250.5, sign: '[a]?%_!', flag: null, 'q"\'\\': '"\'' },
          }),
        ],
        late,
      );
      expect(await matching(store, where)).toEqual(expected);
    });

    it.each<[string, Condition]>([
      ['an attribute that is not listed', { in: 'event', field: 'body', is: 'equal', value: '1' }],
      ['a name with NUL', { in: 'data', field: 'a\0b', is: 'equal', value: '1' }],
      ['a text without end', { in: 'data', field: 'a', is: 'equal', value: 'x'.repeat(2_000) }],
      ['a pattern of stars', { in: 'data', field: 'a', is: 'like', value: '*a'.repeat(50) }],
      [
        'a thousand parts',
        { any: Array.from({ length: 1_000 }, () => ({ in: 'event', field: 'id', is: 'equal', value: 'a' }) as const) },
      ],
      ['parts in parts in parts', JSON.parse(`${'{"not":'.repeat(50)}{"all":[]}${'}'.repeat(50)}`)],
    ])('refuses a filter with %s', async (_, where) => {
      const store = await aStore({}, open);
      await expect(store.history({ workspace, where })).rejects.toThrow(/filter/);
    });

    it('cuts a filter that takes too long, and goes on reading', async () => {
      const store = await aStore({ maxQueryMs: 1 }, open);
      const events = Array.from({ length: 4_000 }, (_, i) => pageEvent('b1', { id: `e${i}` }));
      await send(store, events);
      const where: Condition = { in: 'data', field: 'x', is: 'like-ignoring-case', value: '*never*here*' };
      await expect(store.history({ workspace, where })).rejects.toMatchObject({ code: 'busy' });
      expect(await store.history({ workspace, identity: 'b1', limit: 3 })).toHaveLength(3);
    });
  });
}
