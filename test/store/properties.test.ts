// Whatever happens in whatever order: histories, persons, links and trust are those of a naive model, and repeats change nothing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { command, type World } from './commands.ts';
import { aStore, noon } from './helpers.ts';
import { createModel, type ModelAlias } from './model.ts';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 100);

it('agrees with a naive model after any sequence of events, links, merges, un-merges and erasures', async () => {
  const clock = { now: noon };
  const store = await aStore({ now: () => clock.now });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 50, size: 'max' }), async (commands) => {
      count += 1;
      // A workspace of its own for each sequence: workspaces know nothing of each other.
      const workspace = count.toString(16).padStart(24, '0');
      const world: World = { store, model: createModel(), workspace, clock, sent: [] };
      const ownIds = new Map<ModelAlias, string>();
      for (const apply of commands) {
        clock.now += 1_000;
        await apply(world);
      }
      await compare(world, ownIds);
    }),
    { numRuns: runs, interruptAfterTimeLimit: 45_000 },
  );
});

it('gives ids back as links go: taken apart in any order, everybody has the id of before', async () => {
  const clock = { now: noon };
  const store = await aStore({ now: () => clock.now });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25, size: 'max' }), async (commands) => {
      count += 1;
      const workspace = count.toString(16).padStart(24, 'f');
      const world: World = { store, model: createModel(), workspace, clock, sent: [] };
      const ownIds = new Map<ModelAlias, string>();
      for (const apply of commands) {
        clock.now += 1_000;
        await apply(world);
        await compare(world, ownIds);
      }
    }),
    { numRuns: Math.ceil(runs / 5), interruptAfterTimeLimit: 45_000 },
  );
});

async function compare({ store, model, workspace }: World, ownIds: Map<ModelAlias, string>): Promise<void> {
  const all = await store.history({ workspace });
  const trusts = new Map(all.map(({ event, trust }) => [event.id, trust]));
  expect([...trusts.keys()].sort()).toEqual(model.events.map(({ id }) => id).sort());
  for (const event of model.events) expect([event.id, trusts.get(event.id)]).toEqual([event.id, model.trust(event)]);

  for (const value of ['t0', 't1', 't2', 't3', 'a@x.com', 'b@x.com', '+15550100', 'c-1']) {
    const alias = model.alias(value);
    const person = await store.personOf(workspace, value);
    expect(person?.aliases.map((one) => one.value).sort()).toEqual(
      alias &&
        model
          .component(alias)
          .map((one) => one.value)
          .sort(),
    );
    const history = await store.history({ workspace, identity: value });
    expect(history.map(({ event }) => event.id)).toEqual(alias ? model.history(alias).map(({ id }) => id) : []);
    const page = await store.history({ workspace, identity: value, limit: 2, offset: 1 });
    expect(page.map(({ event }) => event.id)).toEqual(history.slice(1, 3).map(({ event }) => event.id));
    if (!alias || !person) continue;
    // The id shown is always that of one and the same alias, known or found out now.
    const shown = model.shown(alias);
    expect(person.id).toBe(ownIds.get(shown) ?? person.id);
    ownIds.set(shown, person.id);
    expect(new Set(history.map(({ personId }) => personId))).toEqual(new Set(history.length > 0 ? [person.id] : []));
    const links = await store.explain(workspace, person.id);
    const edges = model.edges.filter((edge) =>
      model.component(alias).some((one) => one === edge.from || one.value === edge.to.value),
    );
    const plain = (list: { from: { value: string }; to: { value: string }; trust: string; removed?: unknown }[]) =>
      list.map(({ from, to, trust, removed }) => `${from.value} ${to.value} ${trust} ${Boolean(removed)}`).sort();
    expect(plain(links)).toEqual(plain(edges));
  }
  expect((await store.persons(workspace, { limit: 100, offset: 0 })).length).toBe(
    new Set(model.aliases.map((alias) => model.shown(alias))).size,
  );
}
