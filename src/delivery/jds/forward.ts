// Forwarding to one destination: follows the store, keeps what is to go in its outbox, and sends it within the limits of
// Cisco's Journey Data Service, for weeks, unattended (design, "Forwarding").
import { restoredPosition, type Store } from '../../store/index.ts';
import { createOutcomes } from '../outcomes.ts';
import { createAttempt } from './attempt.ts';
import { createBreaker } from './breaker.ts';
import { createJdsClient } from './client.ts';
import { type Clock, realClock } from './clock.ts';
import { compose } from './compose.ts';
import { createCredentials, type TokenVault } from './credentials.ts';
import { createDoubts, type Doubt } from './doubts.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { createFeeder } from './feeder.ts';
import { createGate } from './gate.ts';
import { createHttpClient } from './http.ts';
import { openJournal } from './journal.ts';
import { createLane } from './lane.ts';
import { openLaneState } from './lane-state.ts';
import { readPayload } from './plan.ts';
import { createRate } from './rate.ts';
import { createReporter, type ForwardLog, silent } from './reporter.ts';
import { createRules } from './rules.ts';
import { baseUrlOf, defaults, type JdsDestination } from './settings.ts';
import { type ForwardStatus, readStatus } from './status.ts';

export interface ForwardOptions {
  store: Store;
  destination: JdsDestination;
  clock?: Clock;
  /** From 0 to 1. Default Math.random. */
  random?: () => number;
  /** Keeps refresh tokens that replace the configured one. Default: they are lost at a restart. */
  vault?: TokenVault;
  log?: ForwardLog;
}

export interface Buried {
  id: number;
  /** Of the event, in the store. */
  sequence: number;
  why: string;
}

export interface Forward {
  name: string;
  status(): Promise<ForwardStatus>;
  /** Calls under way end; nothing new leaves, also after a restart, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Makes buried events due again; returns how many. */
  retry(filter?: { ids?: number[]; buriedAfter?: number }): Promise<number>;
  buried(limit: number): Promise<Buried[]>;
  /** Events of which nobody can say whether they arrived once, the latest first. */
  doubts(): Doubt[];
  /** What the rules would have let go of the last so many milliseconds. */
  dryRun(lastMs: number): Promise<DryRun>;
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/** Starts forwarding. From the first start on: what was stored before goes only with a visitor who becomes known. */
export async function startForward(options: ForwardOptions): Promise<Forward> {
  const { store, destination, clock = realClock, random = Math.random, log = silent, vault } = options;
  const { name, workspace, concurrency = defaults.concurrency, timeoutMs = defaults.timeoutMs } = destination;
  const { perMinute = defaults.perMinute, maxTries = defaults.maxTries, identity = 'verified', lost } = destination;
  const lane = `jds:${name}`;
  const laneState = await openLaneState(store, lane, clock.now());
  const journal = await openJournal(store, lane);
  const doubts = await createDoubts(store, lane);
  const rules = createRules(destination.rules);
  const http = createHttpClient(clock);
  const rate = createRate({ perMinute, clock, left: journal.left });
  const breaker = createBreaker(clock.steady);
  const gate = createGate(laneState);
  const reporter = createReporter({ name, log, breaker, now: clock.now });
  const outcomes = createOutcomes({ store, wait: clock.wait, onError: reporter.failed });
  const { workspaceId, region } = destination;
  const keptVault = vault && { ...vault, write: (text: string) => outcomes.keep(() => vault.write(text)) };
  let sent = 0;

  const attempt = createAttempt({
    store: outcomes,
    client: createJdsClient({ http, clock, baseUrl: baseUrlOf(region), workspaceId, timeoutMs }),
    credentials: createCredentials(destination.credentials, {
      ...{ http, clock, timeoutMs },
      ...(keptVault && { vault: keptVault }),
    }),
    rate,
    breaker,
    doubts,
    clock,
    random,
    begin: (sending) => journal.begin(rate.log(), sending),
    wasCut: journal.wasCut,
    restoredUpTo: await store.position(restoredPosition),
    onSent: () => {
      sent += 1;
    },
    onError: reporter.notTaken,
    maxTries,
    lost,
    signal: gate.signal,
  });
  const pump = createLane({
    store,
    outcomes,
    lane,
    clock,
    rate,
    breaker,
    gate,
    attempt,
    compose: (delivery) => compose(delivery, { store, rules, identity }),
    onSettled: (id) => {
      journal.end(id);
      reporter.lookAtBreaker();
    },
    onError: reporter.failed,
    concurrency,
  });
  const feeder = createFeeder({
    store,
    rules,
    lane,
    workspace,
    clock,
    onQueued: pump.wake,
    onCut: reporter.cutJourney,
    onError: reporter.failed,
  });

  const rehearse = (lastMs: number): Promise<DryRun> => {
    const until = clock.now();
    return dryRun({ store, rules, workspace, perMinute, since: until - lastMs, until });
  };
  void rehearse(dayMs).then(
    (run) => reporter.rehearsed(run, perMinute),
    (error: unknown) => gate.state() !== 'stopped' && reporter.failed(error),
  );

  return {
    name,
    status: () =>
      readStatus({
        ...{ name, store, lane, gate, breaker, rate, doubts, sent },
        inFlight: pump.inFlight(),
        cutJourneys: feeder.cutJourneys(),
        lastError: reporter.lastError(),
      }),
    async pause() {
      gate.pause();
      await laneState.setPaused(true);
    },
    async resume() {
      await laneState.setPaused(false);
      gate.resume();
      pump.wake();
    },
    async retry(filter) {
      const count = await store.replay(lane, filter);
      pump.wake();
      return count;
    },
    async buried(limit) {
      const found = await store.buried(lane, limit);
      return found.map(({ id, payload, lastError = '' }) => ({
        id,
        sequence: readPayload(payload).sequence,
        why: lastError,
      }));
    },
    doubts: doubts.list,
    dryRun: rehearse,
    async stop() {
      gate.stop();
      outcomes.stop();
      await feeder.stop();
      await pump.stop();
      http.close();
    },
  };
}
