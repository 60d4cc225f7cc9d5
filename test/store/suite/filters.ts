// What any driver promises about filters: it finds exactly what `fitsCondition` says of each event, so that a history and
// a stream never disagree, whatever its indexes do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Comparison, type Condition, fitsCondition } from '../../../src/store/index.ts';
import { anEvent, aStore, noon, type OpenStore, pageEvent, send, trusted, workspace } from '../helpers.ts';

const values = [
  'Water',
  'water',
  'Wa*r',
  '10',
  '9',
  '10.0',
  'true',
  '',
  'ü',
  `it's "so"`,
  'a\\b',
  '2026-11-22T11:59:00Z',
  '*',
  '*ATE*',
  '*kelvin*',
  'I*stanbul',
  '*o "bo*',
];
const names = ['category', 'Category', 'amount', 'ui.title', 'ui', 'tags', 'no such', 'x.y'];
const attributes = ['type', 'TYPE', 'source', 'identity', 'time', 'previousidentity', 'id'];
const comparisons: Comparison[] = [
  'equal',
  'greater',
  'greater-or-equal',
  'less',
  'less-or-equal',
  'like',
  'like-ignoring-case',
  'one-of',
  'null',
];

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  ...(['event', 'data'] as const).map((where) =>
    fc.record({
      in: fc.constant(where),
      field: fc.constantFrom(...(where === 'event' ? attributes : names)),
      is: fc.constantFrom(...comparisons),
      value: fc.oneof(fc.constantFrom(...values), fc.array(fc.constantFrom(...values), { maxLength: 3 })),
    }),
  ),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;

export function describeFilters(open: OpenStore): void {
  describe('filters', () => {
    it('find what fits and nothing else, whatever the condition', async () => {
      const store = await aStore({}, open);
      await trusted(store, events());
      const all = await store.history({ workspace });
      await fc.assert(
        fc.asyncProperty(condition, async (where) => {
          const found = await store.history({ workspace, where });
          const wanted = all.filter((event) => fitsCondition(where, event));
          expect(found.map(({ event }) => event.id)).toEqual(wanted.map(({ event }) => event.id));
        }),
        { numRuns: 300 },
      );
    });

    it('find by each comparison and value alone what fits and nothing else', async () => {
      const store = await aStore({}, open);
      await trusted(store, events());
      const all = await store.history({ workspace });
      for (const is of comparisons.filter((one) => one !== 'null')) {
        for (const value of values) {
          for (const field of ['category', 'ui.title']) {
            const where: Condition = { in: 'data', field, is, value };
            const found = await store.history({ workspace, where });
            const wanted = all.filter((event) => fitsCondition(where, event));
            expect(
              found.map(({ event }) => event.id),
              JSON.stringify(where),
            ).toEqual(wanted.map(({ event }) => event.id));
          }
        }
      }
    });

    it('compare the time that is shown, which is the corrected one', async () => {
      const store = await aStore({}, open);
      // The page's clock is a day slow.
      const time = new Date(noon - 86_400_000 - 1_000).toISOString();
      await send(store, pageEvent('b1', { id: 'slow', time }), { sent: noon - 86_400_000 });
      const later = (value: string): Condition => ({ in: 'event', field: 'time', is: 'greater', value });
      const found = await store.history({ workspace, where: later(new Date(noon - 60_000).toISOString()) });
      expect(found.map(({ event, correctedTime }) => [event.id, correctedTime])).toEqual([['slow', noon - 1_000]]);
      expect(await store.history({ workspace, where: later(new Date(noon).toISOString()) })).toEqual([]);
    });

    it('go on to older events until there are enough, over all aliases of the person', async () => {
      const store = await aStore({}, open);
      await trusted(store, events());
      await trusted(
        store,
        anEvent({ identity: 'rue@bank.test', identitytype: 'email', previousidentity: 'browser-1', type: 'b' }),
      );
      const where: Condition = { in: 'event', field: 'type', is: 'equal', value: 'b' };
      const found = await store.history({ workspace, identity: 'rue@bank.test', where });
      expect(found.map(({ event }) => event.identity).toSorted()).toEqual(['browser-1', 'rue@bank.test']);
      const page = await store.history({ workspace, identity: 'rue@bank.test', where, limit: 1, offset: 1 });
      expect(page).toEqual(found.slice(1));
      expect(found.every(({ correctedTime }, index) => correctedTime >= (found[index + 1]?.correctedTime ?? 0))).toBe(
        true,
      );
    });

    it('read what came after a sequence, and sort by another attribute', async () => {
      const store = await aStore({}, open);
      await trusted(store, events());
      const [third] = (await store.history({ workspace, order: 'oldest-first', limit: 3 })).slice(-1);
      const after = await store.history({ workspace, identity: 'browser-1', after: third?.sequence ?? 0 });
      expect(after.every(({ sequence }) => sequence > (third?.sequence ?? 0))).toBe(true);
      const byType = await store.history({ workspace, sortBy: 'type', order: 'oldest-first' });
      const types = byType.map(({ event }) => event.type);
      expect(types).toEqual(types.toSorted());
    });
  });
}

function events() {
  const data = [
    { category: 'Water', amount: 10, ui: { title: 'Wa r' } },
    { category: 'water', amount: '10', 'ui.title': 'Water' },
    { Category: 'WATER', amount: 9.5, tags: ['Water', 10, null] },
    { category: null, amount: true, ui: 'Water' },
    // The sign of Kelvin and the dotted capital I: in lower case they have an ASCII letter, in SQLite they have none.
    { category: '300 \u212aelvin', amount: 5e21, ui: { title: '\u0130stanbul' } },
    { category: 'so "bold', amount: 'Kelvin', tags: ['istanbul'] },
    { category: 'ü', amount: -1, x: { y: '' } },
    { category: `it's "so"`, amount: 1e21, tags: [] },
    { category: 'a\\b', ui: { TITLE: 'Water' } },
    {},
  ];
  return data.map((one, index) =>
    anEvent({
      type: index % 2 ? 'a' : 'b',
      identity: `browser-${index % 3}`,
      time: new Date(noon - index * 60_000).toISOString(),
      data: one,
    }),
  );
}
