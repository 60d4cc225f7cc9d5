// What can happen to a store, each applied to the real one and to the model (model.ts), whose answers must agree.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Identitytype } from '../../src/protocol/index.ts';
import type { Link, Store } from '../../src/store/index.ts';
import type { Model, ModelAlias, ModelEdge } from './model.ts';
import { aBatch, anEvent, aProof, identifyEvent, outcomes, pageEvent } from './values.ts';

export interface Known {
  value: string;
  identitytype: Exclude<Identitytype, 'temporaryId'>;
}

/** What a command works on. `clock` is the relay's and the store's. */
export interface World {
  store: Store;
  model: Model;
  workspace: string;
  clock: { now: number };
  /** Batches sent so far, to be repeated. */
  sent: { batch: () => Parameters<Store['append']>[0]; repeated: () => string }[];
}

export type Command = (world: World) => Promise<void>;

const browser = fc.constantFrom('t0', 't1', 't2', 't3');
const known = fc.constantFrom<Known>(
  { value: 'a@x.com', identitytype: 'email' },
  { value: 'b@x.com', identitytype: 'email' },
  { value: '+15550100', identitytype: 'phone' },
  { value: 'c-1', identitytype: 'customerId' },
);
const anything = fc.oneof(
  browser,
  known.map(({ value }) => value),
);
const session = fc.constantFrom('s1', 's2', 's3');
const lateMs = fc.integer({ min: 0, max: 3_000 });
const pick = fc.nat({ max: 50 });
const byAgent = { cause: 'agent:bo', trust: 'agent' as const };

export const command: fc.Arbitrary<Command> = fc.oneof(
  some(4, fc.tuple(browser, session, lateMs), visit),
  some(4, fc.tuple(browser, known, session, fc.boolean(), fc.option(known)), login),
  some(2, fc.tuple(known, anything, session), publish),
  some(2, fc.tuple(pick), repeat),
  some(2, fc.tuple(anything, anything), link),
  some(3, fc.tuple(anything, pick), unlink),
  some(1, fc.tuple(anything, pick), confirm),
  some(3, fc.tuple(anything, anything, anything), merge),
  some(1, fc.tuple(anything), erase),
);

/** Commands of one kind, which a failure prints by name. */
function some<Args extends unknown[]>(weight: number, args: fc.Arbitrary<Args>, make: (...args: Args) => Command) {
  const arbitrary = args.map((values) => {
    const label = () => `${make.name}(${values.map((value) => JSON.stringify(value)).join(', ')})`;
    return Object.assign(make(...values), { [fc.toStringMethod]: label });
  });
  return { weight, arbitrary };
}

function typeOf(value: string): Identitytype {
  if (value.startsWith('t')) return 'temporaryId';
  return value.includes('@') ? 'email' : value.startsWith('+') ? 'phone' : 'customerId';
}

/** `repeated` is what is said of it when it comes again. */
async function send(
  world: World,
  batch: World['sent'][number]['batch'],
  expected: string,
  repeated = () => 'duplicate',
): Promise<void> {
  expect(outcomes(await world.store.append(batch()))).toEqual([expected]);
  world.sent.push({ batch, repeated });
}

function visit(name: string, taskId: string, agoMs: number): Command {
  return async (world) => {
    const { model, workspace, clock } = world;
    const time = clock.now - agoMs;
    const event = pageEvent(name, { time: new Date(time).toISOString(), data: { taskId } });
    const receivedAt = clock.now;
    const erased = model.isErased(name, -Infinity);
    await send(world, () => aBatch([event], { workspace, receivedAt }), erased ? 'refused erased' : 'ok');
    if (!erased) model.events.push({ id: event.id, alias: model.make(name, 'temporaryId'), time, session: taskId });
  };
}

function login(
  name: string,
  { value, identitytype }: Known,
  taskId: string,
  proven: boolean,
  also: Known | null,
): Command {
  return async (world) => {
    const { model, workspace, clock } = world;
    const time = clock.now;
    const event = identifyEvent(name, value, identitytype, { time: new Date(time).toISOString(), data: { taskId } });
    const identities = also ? [{ identity: also.value, identitytype: also.identitytype }] : [];
    const findings = proven ? { findings: { 0: { proof: aProof(value, identitytype, { identities }) } } } : {};
    const batch = () => aBatch([event], { workspace, receivedAt: time, ...findings });
    if (model.isErased(name, -Infinity) || (proven && model.isErased(value, time))) {
      return send(world, batch, 'refused erased');
    }
    const device = model.make(name, 'temporaryId');
    if (!proven) {
      const isTogether = () => personOf(model, name).some((one) => one.value === value);
      const repeated = () => (isTogether() ? 'duplicate' : 'duplicate identity-unproven');
      await send(world, batch, 'ok identity-unproven', repeated);
      model.events.push({ id: event.id, alias: device, time, session: taskId });
      const owner = model.alias(value);
      if (!owner || !model.component(device).includes(owner)) model.claim(device, { value, identitytype }, time);
      return;
    }
    const isAllowed = () => mayJoin(model, name, { value, identitytype }, [value, ...(also ? [also.value] : [])]);
    const allowed = isAllowed();
    const repeated = () => (isAllowed() ? 'duplicate' : 'duplicate identity-conflict');
    await send(world, batch, allowed ? 'ok' : 'ok identity-conflict', repeated);
    const alias = model.make(value, identitytype);
    model.events.push({ id: event.id, alias, time, session: taskId });
    if (allowed) model.join(device, alias, 'verified', time).proofs.push({ session: taskId, at: time });
  };
}

/** All its aliases; none of a browser that is not known, or no longer. */
function personOf(model: Model, name: string): ModelAlias[] {
  const device = model.alias(name);
  return device ? model.component(device) : [];
}

/** Rules 1 to 3, in the words of the design. */
function mayJoin(model: Model, name: string, claimed: Known, vouched: string[]): boolean {
  const person = personOf(model, name);
  const owner = model.alias(claimed.value);
  if (owner && person.includes(owner)) return true;
  const names = person.filter(({ identitytype }) => identitytype !== 'temporaryId');
  if (names.some(({ identitytype }) => identitytype === claimed.identitytype)) return false;
  return names.length === 0 || !owner || names.some(({ value }) => vouched.includes(value));
}

function publish({ value, identitytype }: Known, previousidentity: string, taskId: string): Command {
  return async (world) => {
    const { model, workspace, clock } = world;
    const time = clock.now;
    const members = { identity: value, identitytype, previousidentity, data: { taskId } };
    const event = anEvent({ ...members, time: new Date(time).toISOString() });
    const batch = () => aBatch([event], { workspace, receivedAt: time, sender: 'trusted', repeats: 'publish' });
    const previous = model.alias(previousidentity);
    // Of an unknown one the store guesses the type: a test of its own.
    if (!previous && typeOf(previousidentity) === 'temporaryId') return;
    await send(world, batch, 'ok');
    const alias = model.make(value, identitytype);
    model.events.push({ id: event.id, alias, time, session: taskId });
    if (value === previousidentity) return;
    const from = model.make(previousidentity, typeOf(previousidentity));
    model.join(from, alias, 'api', time).proofs.push({ session: taskId, at: time });
  };
}

function repeat(which: number): Command {
  return async ({ store, sent }) => {
    const again = sent[which % Math.max(1, sent.length)];
    if (!again) return;
    const [result] = outcomes(await store.append(again.batch()));
    // Erased meanwhile, or gone with the person: then it stays away or, from before, comes as refused.
    expect([again.repeated(), 'refused erased']).toContain(result);
  };
}

function link(from: string, to: string): Command {
  return async ({ store, model, workspace, clock }) => {
    if (from === to || [from, to].some((value) => !model.alias(value))) return;
    const [a, b] = [model.make(from, typeOf(from)), model.make(to, typeOf(to))];
    const together = model.component(a).includes(b);
    const outcome = await store.link(workspace, { from: a, to: b, cause: 'api:k', trust: 'api' });
    expect(outcome.result).toBe(together ? 'already-joined' : 'joined');
    model.join(a, b, 'api', clock.now);
  };
}

async function linksOf(world: World, value: string, wanted: (link: Link) => boolean): Promise<Link[]> {
  const person = await world.store.personOf(world.workspace, value);
  return person ? (await world.store.explain(world.workspace, person.id)).filter(wanted) : [];
}

function edgeOf({ model }: World, { from, to, trust }: Link): ModelEdge | undefined {
  return model.edges.findLast(
    (edge) => !edge.removed && edge.trust === trust && edge.from.value === from.value && edge.to.value === to.value,
  );
}

function unlink(value: string, which: number): Command {
  return async (world) => {
    const links = await linksOf(world, value, ({ removed }) => !removed);
    const chosen = links[which % Math.max(1, links.length)];
    if (!chosen) return;
    expect(await world.store.unlink(world.workspace, chosen.id, byAgent)).toBe(true);
    // Two merges of one pair leave twin edges: the twin that is named by its order among them goes.
    const twins = links.filter((other) => sameEnds(other, chosen));
    const edges = world.model.edges.filter(
      (edge) => !edge.removed && edge.trust === chosen.trust && sameEnds(edge, chosen),
    );
    const edge = edges[twins.indexOf(chosen)] ?? edgeOf(world, chosen);
    if (edge) edge.removed = true;
  };

  function sameEnds(a: Pick<Link, 'from' | 'to' | 'trust'>, b: Pick<Link, 'from' | 'to' | 'trust'>): boolean {
    return a.from.value === b.from.value && a.to.value === b.to.value && a.trust === b.trust;
  }
}

function confirm(value: string, which: number): Command {
  return async (world) => {
    const person = await world.store.personOf(world.workspace, value);
    const claims = person?.provisional ?? [];
    const chosen = claims[which % Math.max(1, claims.length)];
    if (!chosen) return;
    const edge = edgeOf(world, chosen);
    await world.store.confirm(world.workspace, chosen.id, byAgent);
    world.model.make(chosen.to.value, chosen.to.identitytype);
    Object.assign(edge ?? {}, { trust: 'agent', at: world.clock.now });
  };
}

function merge(...values: string[]): Command {
  return async ({ store, model, workspace, clock }) => {
    const aliases = values.flatMap((value) => model.alias(value) ?? []);
    const [primary, ...others] = aliases;
    if (!primary) return;
    const ids = await Promise.all(aliases.map(async ({ value }) => (await store.personOf(workspace, value))?.id ?? ''));
    const shown = model.shown(primary);
    const ends = new Set(others.map((other) => model.shown(other)).filter((other) => other !== shown));
    await store.merge(workspace, ids[0] ?? '', ids.slice(1), byAgent);
    for (const end of ends) model.join(end, shown, 'agent', clock.now, shown);
  };
}

function erase(value: string): Command {
  return async ({ store, model, workspace, clock }) => {
    const alias = model.alias(value);
    if (!alias) return;
    const person = await store.personOf(workspace, value);
    const events = model.history(alias).length;
    expect(await store.erase(workspace, person?.id ?? '')).toMatchObject({ events });
    model.erase(alias, clock.now);
  };
}
