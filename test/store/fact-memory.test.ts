// Facts that a reader remembers are the same as those that it would find: asked again and again while events come late and
// out of order, people are joined, parted and erased, old events go, windows slide and templates differ.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fact, FactsQuery, Store, WantedFacts } from '../../src/store/index.ts';
import { anEvent, aStore, noon, trusted } from './helpers.ts';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);
const people = ['ann', 'ben', 'cy'];
const day = 86_400_000;
const by = { cause: 'api:t', trust: 'api' as const };

interface World {
  store: Store;
  workspace: string;
  /** Events have come so far. */
  at: number;
  count: number;
}

type Step = (world: World) => Promise<unknown>;

const age = fc.oneof(fc.nat(50), fc.constantFrom(0, 1_000, day - 1, day, day + 1, 2 * day, 9 * day));
/** Enough events to be worth remembering, or a few more. */
const events = fc
  .tuple(
    fc.constantFrom(...people),
    fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 16, max: 40 })),
    fc.array(fc.tuple(age, fc.constantFrom('visit', 'visit', 'buy', 'other')), { minLength: 1, maxLength: 5 }),
  )
  .map(([who, size, kinds]): Step => {
    return async (world) => {
      const batch = Array.from({ length: size }, (_none, index) => {
        const [before = 0, type = ''] = kinds[index % kinds.length] ?? [];
        world.count += 1;
        const time = new Date(world.at - before).toISOString();
        return anEvent({
          identity: who,
          identitytype: 'customerId',
          type,
          time,
          data: { a: world.count, b: [before] },
        });
      });
      await trusted(world.store, batch, { workspace: world.workspace, receivedAt: world.at });
    };
  });
const join = fc.tuple(fc.constantFrom(...people), fc.constantFrom(...people)).map(([from, to]): Step => {
  const end = (value: string) => ({ value, identitytype: 'customerId' as const });
  return async ({ store, workspace }) =>
    from === to ? undefined : store.link(workspace, { from: end(from), to: end(to), ...by });
});
const part = fc.constantFrom(...people).map((who): Step => {
  return async ({ store, workspace }) => {
    const person = await store.personOf(workspace, who);
    if (person && person.aliases.length > 1) await store.removeAlias(workspace, person.id, who, by);
  };
});
const erase = fc.constantFrom(...people).map((who): Step => {
  return async ({ store, workspace }) => {
    const person = await store.personOf(workspace, who);
    if (person) await store.erase(workspace, person.id);
  };
});
const retain = fc.constantFrom('visit', '*').map((type): Step => {
  return ({ store, workspace }) => store.retain(workspace, [{ type, maxAgeDays: 1 }]);
});
const wait = fc.constantFrom(1, 1_000, day).map((ms): Step => {
  return async (world) => {
    world.at += ms;
  };
});
const step = fc.oneof(
  { weight: 8, arbitrary: events },
  { weight: 2, arbitrary: join },
  { weight: 1, arbitrary: part },
  { weight: 1, arbitrary: erase },
  { weight: 1, arbitrary: retain },
  { weight: 2, arbitrary: wait },
);

/** `ago`: the window of a type; `behind`: how many of the newest events are to be unknown yet. */
interface Asked {
  wanted: (Omit<WantedFacts, 'after'> & { ago: number })[];
  behind: number;
}
const asked: fc.Arbitrary<Asked> = fc.record({
  behind: fc.constantFrom(0, 0, 0, 1, 20),
  wanted: fc.tuple(
    ...['visit', 'buy'].map((type) =>
      fc
        .record({
          ago: fc.constantFrom(20, 1_000, day, 2 * day, 30 * day),
          members: fc.constantFrom<WantedFacts['members']>([], ['a'], ['a', 'b'], 'event'),
          limit: fc.constantFrom(undefined, undefined, 1, 17, 30),
        })
        .map(({ limit, ...rest }) => ({ type, ...rest, ...(limit !== undefined && { limit }) })),
    ),
  ),
});

it('finds what is there, however often it was asked before', { timeout: 120_000 }, async () => {
  const clock = { at: noon };
  const store = await aStore({ now: () => clock.at, readers: 1 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
      fc.array(asked, { minLength: 1, maxLength: 3 }),
      async (steps, list) => {
        run += 1;
        const world = { store, workspace: run.toString(16).padStart(24, 'e'), at: noon, count: 0 };
        for (const apply of steps) {
          await apply(world);
          clock.at = world.at;
          for (const identity of people) await compare(world, identity, list);
        }
      },
    ),
    { numRuns: runs, interruptAfterTimeLimit: 60_000 },
  );
});

async function compare({ store, workspace, at }: World, identity: string, list: readonly Asked[]): Promise<void> {
  const { sequence } = await store.health();
  const queries = list.map(({ wanted, behind }): FactsQuery => {
    const windows = wanted.map(({ ago, ...rest }) => ({ ...rest, after: at - ago }));
    return { workspace, identity, wanted: windows, ...(behind > 0 && { upTo: sequence - behind }) };
  });
  const history = await store.history({ workspace, identity, limit: 1_000 });
  for (const [index, found] of (await store.facts(queries)).entries()) {
    const { wanted = [], upTo = sequence } = queries[index] ?? {};
    const places = found.facts.map((one) => [one.correctedTime, one.sequence]);
    expect(places).toEqual([...places].sort(([a = 0, b = 0], [c = 0, d = 0]) => c - a || d - b));
    for (const { type, after, limit = 1_000, members } of wanted) {
      const show = ({ sequence, correctedTime, event }: Pick<Fact, 'sequence' | 'correctedTime' | 'event'>) =>
        JSON.stringify([sequence, correctedTime, members === 'event' ? event : members.map((one) => event.data[one])]);
      const expected = history
        .filter((one) => one.event.type === type && one.correctedTime > after && one.sequence <= upTo)
        .map(show);
      const got = found.facts.filter(({ event }) => event.type === type).map(show);
      expect(got.slice(0, limit)).toEqual(expected.slice(0, limit));
      // More than the limit may come, but nothing twice, and nothing that is not there.
      const there = new Set(expected);
      expect(got.filter((one) => !there.delete(one))).toEqual([]);
    }
  }
}
