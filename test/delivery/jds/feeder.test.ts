// How events come into the outbox: all of them, without reading the same again and again.
import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../../src/protocol/index.ts';
import type { Store } from '../../../src/store/index.ts';
import {
  aBatch,
  anEvent,
  aProof,
  identifyEvent,
  noon,
  otherWorkspace,
  pageEvent,
  workspace,
} from '../../store/values.ts';
import { aStage, type Stage } from './stage.ts';

const at = (seconds: number) => new Date(noon + seconds * 1_000).toISOString();
const temporary = (value: string) => ({ value, identitytype: 'temporaryId' as const });

async function append({ store, clock }: Stage, events: Partial<CloudEvent>[], members = {}): Promise<void> {
  const results = await store.append(aBatch(events, { receivedAt: clock.now(), ...members }));
  expect(results.filter(({ result }) => result !== 'ok')).toEqual([]);
}

/** The store, with the arguments of the calls of one name. */
function watched<Name extends 'follow' | 'history' | 'enqueue'>(store: Store, name: Name) {
  const calls: Parameters<Store[Name]>[] = [];
  const call = (...args: Parameters<Store[Name]>) => {
    calls.push(args);
    return (store[name] as (...args: unknown[]) => unknown)(...args);
  };
  return { calls, store: { ...store, [name]: call } as Store };
}

const waiting = async ({ store }: Stage) => (await store.backlog('jds:cisco')).waiting;

describe('the feeder', () => {
  it('follows everybody who is joined at once, as an import does, more than a page of them', async () => {
    const stage = await aStage();
    const { store, clock } = stage;
    const forward = await stage.start();
    await forward.pause();
    const names = Array.from({ length: 1_100 }, (_, i) => `b${i}`);
    await append(
      stage,
      names.map((name) => pageEvent(name, { time: at(0) })),
    );
    await clock.pass(1_000);
    expect(await waiting(stage)).toBe(0);
    await Promise.all(
      names.map((name) => {
        const to = { value: `${name}@x.com`, identitytype: 'email' as const };
        return store.link(workspace, { from: temporary(name), to, cause: 'api:1', trust: 'api' });
      }),
    );
    await clock.pass(10_000);
    expect(await waiting(stage)).toBe(1_100);
  });

  it('finds who is joined after the clock was set back', async () => {
    const stage = await aStage();
    const { store, clock } = stage;
    const forward = await stage.start();
    await forward.pause();
    await stage.login('b0', 'zoe@example.com');
    await stage.visit('b1');
    await clock.pass(1_000);
    clock.set(-600_000);
    const to = { value: 'ann@x.com', identitytype: 'email' as const };
    await store.link(workspace, { from: temporary('b1'), to, cause: 'agent:bo', trust: 'agent' });
    await clock.pass(1_000);
    expect(await waiting(stage)).toBe(2);
  });

  it('does not search all that other workspaces have stored for the next event of its own', async () => {
    const stage = await aStage();
    const { calls, store } = watched(stage.store, 'follow');
    await stage.start({}, { store });
    await stage.clock.pass(1_000);
    const others = Array.from({ length: 50 }, () => pageEvent('b1', { time: at(0) }));
    await append(stage, others, { workspace: otherWorkspace });
    await stage.clock.pass(1_000);
    await append(stage, [pageEvent('b2', { time: at(0) })], { workspace: otherWorkspace });
    await stage.clock.pass(1_000);
    expect(calls.at(-1)?.[0].after).toBeGreaterThanOrEqual(50);
  });

  it('puts the journey of who is known already into the outbox once, not with each of its events', async () => {
    const stage = await aStage();
    // The lane is new at the first start, and behind at the second.
    await (await stage.start()).stop();
    const visits = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 100 }, (_, person) => pageEvent(`b${person}`, { time: at(i) })),
    );
    for (const batch of visits) await append(stage, batch);
    const logins = Array.from({ length: 100 }, (_, i) =>
      identifyEvent(`b${i}`, `c${i}@x.com`, 'email', { time: at(50) }),
    );
    const findings = Object.fromEntries(logins.map(({ identity }, i) => [i, { proof: aProof(identity) }]));
    await append(stage, logins, { findings });
    const { calls, store } = watched(stage.store, 'enqueue');
    const forward = await stage.start({}, { store });
    await forward.pause();
    await stage.clock.pass(10_000);
    expect(await waiting(stage)).toBe(4_100);
    const puts = calls.reduce((all, [deliveries]) => all + deliveries.length, 0);
    expect(puts).toBeLessThan(4 * 4_100);
  });

  it('reads a session once for its visits that go as one', async () => {
    const stage = await aStage();
    const { calls, store } = watched(stage.store, 'history');
    const forward = await stage.start({ rules: { send: 'all', coalesce: { types: ['webvisit'] } } }, { store });
    await forward.pause();
    await stage.clock.pass(1_000);
    const before = calls.length;
    const visits = Array.from({ length: 300 }, (_, i) =>
      pageEvent('b1', { time: at(i / 10), data: { taskId: 'web-1' } }),
    );
    await append(stage, visits);
    await stage.clock.pass(1_000);
    expect(await waiting(stage)).toBe(1);
    expect(calls.length - before).toBe(1);
  });

  it('counts and tells journeys that are too long to go as a whole', async () => {
    const stage = await aStage();
    const told: object[] = [];
    const log = { info: () => undefined, error: (about: object) => told.push(about) };
    const forward = await stage.start({}, { log });
    await forward.pause();
    for (const [name, count] of [
      ['long', 2_000],
      ['enough', 1_999],
    ] as const)
      await append(
        stage,
        Array.from({ length: count }, (_, i) => anEvent({ identity: name, time: at(i / 100) })),
        { sender: 'trusted' },
      );
    await stage.clock.pass(1_000);
    for (const name of ['long', 'enough', 'long']) {
      await stage.login(name, `${name}@example.com`);
      await stage.clock.pass(1_000);
    }
    expect(await forward.status()).toMatchObject({ waiting: 4_001, cutJourneys: 1 });
    const personId = (await stage.store.personOf(workspace, 'long'))?.id;
    expect(told).toEqual([{ forward: 'cisco', personId }]);
  });
});
