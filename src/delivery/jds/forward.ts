// Forwarding to one destination: follows the store, keeps what is to go in its outbox, and sends it within the limits of
// Cisco's Journey Data Service, for weeks, unattended (design, "Forwarding").
import type { Store } from '../../store/index.ts';
import { createAttempt } from './attempt.ts';
import { type BreakerState, createBreaker } from './breaker.ts';
import { createJdsClient } from './client.ts';
import { type Clock, realClock } from './clock.ts';
import { compose } from './compose.ts';
import { createCredentials, type TokenVault } from './credentials.ts';
import { createDoubts, type Doubt } from './doubts.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { createFeeder } from './feeder.ts';
import { createHttpClient } from './http.ts';
import { openJournal } from './journal.ts';
import { createLane } from './lane.ts';
import { readPayload } from './plan.ts';
import { createRate } from './rate.ts';
import { createRules } from './rules.ts';
import { baseUrlOf, defaults, type JdsDestination } from './settings.ts';

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

export interface ForwardLog {
  info(about: object, message: string): void;
  error(about: object, message: string): void;
}

export interface ForwardStatus {
  name: string;
  /** `paused`: by an operator. `blocked`: by something to mend, see `reason`; probed every minute. `down`: it does not answer. */
  state: 'running' | 'paused' | 'blocked' | 'down';
  reason?: string;
  waiting: number;
  /** When that which has waited longest came, milliseconds. */
  oldestAt?: number;
  buried: number;
  grantedPerMinute: number;
  /** Until nothing waits, if nothing came. */
  drainMs: number;
  lastError?: { at: number; why: string };
  /** Since the start of this process. */
  sent: number;
  inFlight: number;
  possiblyTwice: number;
  possiblyLost: number;
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
const documentKind = 'forward-lane';
const silent: ForwardLog = { info: () => undefined, error: () => undefined };

/** Starts forwarding. From the first start on: what was stored before goes only with a visitor who becomes known. */
export async function startForward(options: ForwardOptions): Promise<Forward> {
  const { store, destination, clock = realClock, random = Math.random, log = silent, vault } = options;
  const { name, workspace, concurrency = defaults.concurrency, timeoutMs = defaults.timeoutMs } = destination;
  const lane = `jds:${name}`;
  const about = { forward: name };
  const isPausedBefore = await openState(store, lane, clock.now());
  const journal = await openJournal(store, lane);
  const doubts = await createDoubts(store, lane);
  const rules = createRules(destination.rules);
  const http = createHttpClient(clock);
  const rate = createRate({ perMinute: destination.perMinute ?? defaults.perMinute, clock, left: journal.left });
  const breaker = createBreaker(clock.now);
  const stopping = new AbortController();
  let lastError: ForwardStatus['lastError'];
  let sent = 0;
  let told: BreakerState = 'closed';

  /** Once for each change: an outage of a week is no week of log. */
  const tell = (why?: string): void => {
    if (why !== undefined) lastError = { at: clock.now(), why };
    const state = breaker.state();
    if (state === told) return;
    told = state;
    const reason = breaker.reason() ?? '';
    if (state === 'closed') log.info(about, 'forwarding goes on');
    else log.error({ ...about, state, reason: withoutBody(reason) }, 'forwarding does not get through');
  };
  const onError = (error: unknown): void => {
    lastError = { at: clock.now(), why: error instanceof Error ? error.message : String(error) };
    log.error({ ...about, err: error }, 'forwarding failed');
  };

  const attempt = createAttempt({
    store,
    client: createJdsClient({
      http,
      clock,
      baseUrl: baseUrlOf(destination.region),
      workspaceId: destination.workspaceId,
      timeoutMs,
    }),
    credentials: createCredentials(destination.credentials, { http, clock, timeoutMs, ...(vault && { vault }) }),
    rate,
    breaker,
    doubts,
    clock,
    random,
    begin: (sending) => journal.begin(rate.log(), sending),
    wasCut: journal.wasCut,
    onSent: () => {
      sent += 1;
    },
    onError: (why) => {
      lastError = { at: clock.now(), why };
    },
    maxTries: destination.maxTries ?? defaults.maxTries,
    lost: destination.lost,
    signal: stopping.signal,
  });
  const pump = createLane({
    store,
    lane,
    clock,
    rate,
    breaker,
    attempt,
    compose: (delivery) => compose(delivery, { store, rules, identity: destination.identity ?? 'verified' }),
    onSettled: (id) => {
      journal.end(id);
      tell();
    },
    onError,
    concurrency,
    isPaused: isPausedBefore,
    stopping,
  });
  const feeder = createFeeder({ store, rules, lane, workspace, clock, onQueued: pump.wake, onError });

  const rehearse = (lastMs: number): Promise<DryRun> => {
    const { perMinute = defaults.perMinute } = destination;
    const until = clock.now();
    return dryRun({ store, rules, workspace, perMinute, since: until - lastMs, until });
  };
  const setPaused = (isPaused: boolean): Promise<void> =>
    store.putDocument('', documentKind, { id: lane, body: { isPaused } });

  void rehearse(dayMs).then(({ fits, perMinute }) => {
    if (fits || stopping.signal.aborted) return;
    const [would, goes] = [Math.ceil(perMinute), destination.perMinute ?? defaults.perMinute];
    log.error({ ...about, would, goes }, tooMuch(would, goes));
  }, onError);

  return {
    name,
    async status() {
      const { waiting, buried, oldest } = await store.backlog(lane);
      const state = breaker.state();
      const reason = breaker.reason();
      const grantedPerMinute = rate.granted();
      return {
        name,
        state: pump.isPaused() ? 'paused' : state === 'blocked' ? 'blocked' : state === 'open' ? 'down' : 'running',
        ...(reason !== undefined && { reason }),
        waiting,
        ...(oldest && { oldestAt: readPayload(oldest.payload).at }),
        buried,
        grantedPerMinute,
        drainMs: Math.ceil((waiting / grantedPerMinute) * 60_000),
        ...(lastError && { lastError }),
        sent,
        inFlight: pump.inFlight(),
        possiblyTwice: doubts.count('possiblyTwice'),
        possiblyLost: doubts.count('possiblyLost'),
      };
    },
    async pause() {
      pump.pause();
      await setPaused(true);
    },
    async resume() {
      await setPaused(false);
      pump.resume();
    },
    async retry(filter) {
      const count = await store.replay(lane, filter);
      pump.wake();
      return count;
    },
    async buried(limit) {
      const found = await store.buried(lane, limit);
      return found.map(({ id, payload, lastError: why = '' }) => ({
        id,
        sequence: readPayload(payload).sequence,
        why,
      }));
    },
    doubts: doubts.list,
    dryRun: (lastMs) => rehearse(lastMs),
    async stop() {
      await feeder.stop();
      await pump.stop();
      http.close();
    },
  };
}

/** Returns whether it was paused. At the first start notes from where on it goes. */
async function openState(store: Store, lane: string, now: number): Promise<boolean> {
  const found = (await store.documents('', documentKind)).find(({ id }) => id === lane);
  if (found) return found.body['isPaused'] === true;
  await store.setPosition(`forward:${lane}`, (await store.health()).sequence);
  await store.setPosition(`forward:${lane}:joined`, now);
  await store.putDocument('', documentKind, { id: lane, body: { isPaused: false } });
  return false;
}

function tooMuch(would: number, goes: number): string {
  return `forward: yesterday's traffic would be ${would} events a minute, and ${goes} may go: the backlog would grow for ever; narrow rules.allow, rules.sample or rules.coalesce, or raise perMinute`;
}

/** An answer may repeat what was sent: logs name nobody. */
function withoutBody(reason: string): string {
  return /^HTTP \d+/.exec(reason)?.[0] ?? reason;
}
