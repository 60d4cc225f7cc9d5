// Sends the webhooks that lie in the outbox, in a lane for each address. A lane takes what is due, a few at a time, and
// says of each what became of it; one that fails or is slow costs no other. On the wire at least once: whoever receives
// tells repeats by the webhook-id.
import { type Delivery, type NewNote, type Store, webhookLanes } from '../../store/index.ts';
import { realClock } from '../jds/clock.ts';
import { createOutcomes } from '../outcomes.ts';
import { createAddressPolicy } from './address-policy.ts';
import { type Attempt, createAttempts } from './attempt.ts';
import { createCallSlots } from './call-slots.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { maxRetryAfterMs, retryDelay, retryDelaysMs } from './schedule.ts';
import { createSender, type Outcome, type SenderOptions } from './send.ts';

export interface WebhooksOptions {
  store: Store;
  /** Networks beyond the internet that may be called. Default: none. */
  allow?: readonly string[];
  /** Default 15,000. */
  timeoutMs?: number;
  /** Calls of one address at once. Default 8. */
  concurrency?: number;
  /** Calls of all addresses at once, half of them for one workspace. Default 256. */
  maxCalls?: number;
  /** Default: from 5 seconds to 16 hours, eight of them. */
  delaysMs?: readonly number[];
  /** Failures in a row from which on an address rests. Default 10. */
  pauseFrom?: number;
  /** How often is looked for what has become due. Default 1,000. */
  pollMs?: number;
  now?: () => number;
  random?: () => number;
  resolve?: SenderOptions['resolve'];
  onOutcome?: (outcome: Outcome['result'] | 'given-up') => void;
  onError: (error: unknown) => void;
}

export interface Webhooks {
  /** Something was added to these lanes. */
  wake(lanes: Iterable<string>): void;
  /** Addresses that rest now. */
  paused(): number;
  /** Ends after the calls under way. */
  stop(): Promise<void>;
}

/** Taken from a lane at once, for each call that may be under way. */
const batchPerCall = 4;
/** What a receiver has asked to wait for is waited for by the whole address. */
const restStatuses = new Set([429, 503]);

interface LaneRun {
  endpoint: Endpoint;
  running: Promise<void> | undefined;
  again: boolean;
}

export function startWebhooks(options: WebhooksOptions): Webhooks {
  const { store, onError, onOutcome = () => undefined, now = Date.now, random = Math.random } = options;
  const { timeoutMs = 15_000, concurrency = 8, pauseFrom = 10, pollMs = 1_000 } = options;
  const { delaysMs = retryDelaysMs, allow = [], resolve, maxCalls = 256 } = options;
  const policy = createAddressPolicy(allow);
  const sender = createSender({ policy, timeoutMs, now, ...(resolve && { resolve }) });
  const attemptOne = createAttempts({ sender, store, now });
  const outcomes = createOutcomes({ store, wait: realClock.wait, onError });
  const slots = createCallSlots(maxCalls);
  const lanes = new Map<string, LaneRun>();
  const batch = concurrency * batchPerCall;
  /** Long enough for the whole batch, should each call take all its time. */
  const leaseMs = timeoutMs * (batchPerCall + 1);
  let stopped = false;

  const poll = async (): Promise<void> => {
    const at = now();
    for (const { lane, nextDueAt = Number.POSITIVE_INFINITY } of await store.lanes(webhookLanes)) {
      if (nextDueAt <= at) wakeLane(lane);
    }
  };
  const timer = setInterval(() => void poll().catch(onError), pollMs);
  timer.unref();
  void poll().catch(onError);

  function wakeLane(lane: string): void {
    if (stopped) return;
    const run = lanes.get(lane) ?? { endpoint: endpointOf(lane), running: undefined, again: false };
    lanes.set(lane, run);
    run.again = true;
    run.running ??= serve(lane, run)
      .catch(onError)
      .finally(() => {
        run.running = undefined;
      });
  }

  const partsOf = (lane: string): string[] => lane.slice(webhookLanes.length).split(':');

  function endpointOf(lane: string): Endpoint {
    const [workspace = '', id = ''] = partsOf(lane);
    return createEndpoint({ store, outcomes, workspace, id, pauseFrom, now });
  }

  async function serve(lane: string, run: LaneRun): Promise<void> {
    const [workspace = ''] = partsOf(lane);
    while (run.again && !stopped) {
      run.again = false;
      const appetite = await run.endpoint.appetite(batch);
      if (appetite === 0) return;
      const calls = await slots.take(workspace, Math.min(concurrency, appetite));
      try {
        const limit = Math.min(appetite, calls * batchPerCall);
        if (limit === 0) return;
        const deliveries = await store.claim(lane, { limit, leaseUntil: now() + leaseMs });
        await sendAll(deliveries, run.endpoint, calls);
        run.again ||= deliveries.length === limit;
      } finally {
        slots.give(workspace, calls);
      }
    }
  }

  async function sendAll(deliveries: readonly Delivery[], endpoint: Endpoint, calls: number): Promise<void> {
    const waiting = [...deliveries];
    const notes: NewNote[] = [];
    const done: number[] = [];
    const serveOne = async (one: Delivery): Promise<void> => {
      const restsUntil = endpoint.restsUntil();
      // What is left when the address begins to rest goes back; it counts as tried once, which costs it one of many.
      if (restsUntil !== undefined) return outcomes.retryAt(one.id, restsUntil, 'the address keeps failing and rests');
      if (stopped) return outcomes.retryAt(one.id, now(), 'the server stopped before it was sent');
      const attempt = await attemptOne(one);
      notes.push(attempt.note);
      if (attempt.outcome.result === 'delivered') done.push(one.id);
      await settle(one, attempt, endpoint);
    };
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        // What cannot be sent or noted of one is tried again when its lease ends, and costs the others nothing.
        await serveOne(one).catch(onError);
      }
    };
    await Promise.all(Array.from({ length: Math.min(calls, waiting.length) }, worker));
    // One after the other into the same commit.
    await Promise.all([outcomes.done(done), notes.length > 0 && outcomes.enqueue([], undefined, notes)]);
  }

  async function settle({ id, attempts }: Delivery, { outcome, url }: Attempt, endpoint: Endpoint): Promise<void> {
    if (outcome.result === 'delivered') {
      onOutcome('delivered');
      return endpoint.succeeded();
    }
    const { error } = outcome;
    const at = now();
    if (outcome.result === 'refused') {
      onOutcome('refused');
      return outcomes.bury(id, error);
    }
    const restMs = outcome.result === 'gone' ? 24 * 3_600_000 : restOf(outcome);
    await endpoint.failed({ url, error, ...(restMs !== undefined && { restMs }) });
    const delay =
      outcome.result === 'gone'
        ? undefined
        : retryDelay({ attempts: attempts + 1, delaysMs, random, retryAfterMs: outcome.retryAfterMs ?? 0 });
    onOutcome(delay === undefined ? 'given-up' : 'failed');
    return delay === undefined ? outcomes.bury(id, error) : outcomes.retryAt(id, at + delay, error);
  }

  return {
    wake(added) {
      for (const lane of added) wakeLane(lane);
    },
    paused: () => [...lanes.values()].filter(({ endpoint }) => endpoint.restsUntil() !== undefined).length,
    async stop() {
      stopped = true;
      outcomes.stop();
      slots.close();
      clearInterval(timer);
      await Promise.all([...lanes.values()].map(({ running }) => running));
      sender.close();
    },
  };
}

function restOf(outcome: Outcome): number | undefined {
  if (outcome.result !== 'failed' || !restStatuses.has(outcome.status ?? 0)) return undefined;
  return outcome.retryAfterMs && Math.min(outcome.retryAfterMs, maxRetryAfterMs);
}
