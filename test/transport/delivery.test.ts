// What the transport promises, for any order of things that may happen to a page: the set that the relay has in the end
// equals the set sent, minus what was reported as given up. Simulated clock, network, stores and crashes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lane } from '../../src/transport/index.ts';
import { anEvent } from '../helpers.ts';
import {
  chance,
  createProfile,
  type Loading,
  localLagMs,
  type Profile,
  type Storage,
  type Tab,
} from './fake-browser.ts';
import { createRelay, type FakeRelay, type Network } from './fake-relay.ts';

interface World {
  relay: FakeRelay;
  profile: Profile;
  sent: Set<string>;
  tab(index: number): Promise<Tab>;
}

type Step =
  | { do: 'send'; tab: number; count: number; type: string; lane: Lane }
  | { do: 'open' }
  | { do: 'close' | 'crash' | 'hide' | 'show' | 'freeze' | 'thaw' | 'online'; tab: number }
  | { do: 'kill' }
  | { do: 'network'; network: Network }
  | { do: 'storage'; storage: Storage }
  | { do: 'limit'; maxEvents: number }
  | { do: 'wait'; ms: number };

const networks: Network[] = ['works', 'refused', 'answer-lost', 'silent', 'garbage', 'busy', 'too-many-requests'];
const tabs = fc.nat({ max: 2 });

const send = fc.record({
  do: fc.constant('send' as const),
  tab: tabs,
  count: fc.integer({ min: 1, max: 60 }),
  type: fc.constantFrom('webvisit', 'webvisit', 'webvisit', 'bad', 'poison', 'moody'),
  lane: fc.constantFrom<Lane>(0, 1, 1, 1, 2),
});
const life = fc.record({
  do: fc.constantFrom('close', 'crash', 'hide', 'show', 'freeze', 'thaw', 'online') as fc.Arbitrary<'close'>,
  tab: tabs,
});
const network = fc.record({ do: fc.constant('network' as const), network: fc.constantFrom(...networks) });
const limit = fc.record({ do: fc.constant('limit' as const), maxEvents: fc.constantFrom(500, 7) });
const wait = fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 60, 300, 1_500, 20_000) });
const open = fc.constant<Step>({ do: 'open' });
const kill = fc.constant<Step>({ do: 'kill' });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: send as fc.Arbitrary<Step> },
    { weight: 4, arbitrary: life as fc.Arbitrary<Step> },
    { weight: 2, arbitrary: network as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: limit as fc.Arbitrary<Step> },
    { weight: 4, arbitrary: wait as fc.Arbitrary<Step> },
    { weight: 2, arbitrary: open },
    { weight: 1, arbitrary: kill },
  ),
  { maxLength: 40 },
);

function aWorld(seed: number, fetchLater: boolean, loading: Loading): World {
  const random = chance(seed);
  let profile: Profile | undefined;
  const relay = createRelay(random, () => profile?.now ?? 0);
  profile = createProfile(relay, random, fetchLater, loading);
  const { tabs: open } = profile;
  const opened = profile;
  return {
    relay,
    profile,
    sent: new Set(),
    tab: async (index) => [...open][index % Math.max(1, open.size)] ?? opened.open(),
  };
}

/** So old an event is in a store that survives the browser. */
const copiedMs: Record<Loading, number> = {
  'at hand': 1_000,
  // Two flushes, and the loading.
  late: 3_000,
  fails: localLagMs + 1_000,
  never: localLagMs + 1_000,
};

async function take(step: Step, { relay, profile, sent, tab }: World): Promise<void> {
  switch (step.do) {
    case 'send': {
      const sender = await tab(step.tab);
      if (sender.frozen()) return;
      for (let n = 0; n < step.count; n++) {
        const event = anEvent({ type: step.type });
        sent.add(event.id);
        sender.send(event, step.lane);
      }
      return profile.advance(0);
    }
    case 'open':
      if (profile.tabs.size < 3) await profile.open();
      return;
    case 'kill':
      // Younger events are in no store that survives the browser, nor are those of a tab that died before it could copy.
      await profile.advance(Math.max(copiedMs[profile.loading], profile.diedAt + localLagMs + 1_000 - profile.now));
      return profile.kill();
    case 'network':
      relay.network = step.network;
      return;
    case 'storage':
      profile.storage = step.storage;
      return;
    case 'limit':
      relay.maxEvents = step.maxEvents;
      return;
    case 'wait':
      return profile.advance(step.ms);
    default:
      (await tab(step.tab))[step.do]();
      return profile.advance(0);
  }
}

/** The network is well again, the visitor comes back, and enough time goes by for the longest wait. */
async function recover({ relay, profile }: World): Promise<void> {
  relay.network = 'works';
  relay.maxEvents = 500;
  if (profile.loading !== 'at hand') profile.loading = 'late';
  for (const tab of profile.tabs) tab.thaw();
  await profile.open();
  await profile.advance(1_800_000);
}

function expectAll({ relay, profile, sent }: World): void {
  const given = new Set(profile.errors.map(({ id }) => id));
  const missing = [...sent].filter((id) => !relay.stored.has(id) && !given.has(id));
  expect(missing, 'neither stored nor reported').toEqual([]);
  for (const { id, code } of profile.errors) {
    if (id) expect(code, 'given up for no good reason').toMatch(/type-not-allowed|http-400|dropped/);
  }
  for (const tab of profile.tabs) expect(tab.transport.waiting()).toBe(0);
  expect(
    [...profile.local.keys()].filter((name) => name.startsWith('waymark')),
    'left in localStorage',
  ).toEqual([]);
  expect([...profile.deep.keys()], 'left in IndexedDB').toEqual([]);
}

test.each([
  [false, 'at hand'],
  [true, 'at hand'],
  [false, 'late'],
  [true, 'late'],
  [false, 'fails'],
  [false, 'never'],
] as const)(
  'whatever happens, every event is stored or reported (fetchLater: %s, rescue part: %s)',
  async (fetchLater, loading) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), steps, async (seed, list) => {
        const world = aWorld(seed, fetchLater, loading);
        for (const step of list) await take(step, world);
        await recover(world);
        expectAll(world);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60) },
    );
  },
);
