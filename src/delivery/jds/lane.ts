// Takes what is due out of the outbox, the important first, and lets it go as fast as rate and breaker allow. Events of
// one person go one after the other; those of different persons side by side.
import type { Delivery, Store } from '../../store/index.ts';
import type { Outcomes } from '../outcomes.ts';
import type { Attempt } from './attempt.ts';
import type { Breaker } from './breaker.ts';
import type { Clock } from './clock.ts';
import type { Message } from './compose.ts';
import type { Gate } from './gate.ts';
import type { Rate } from './rate.ts';

export interface Lane {
  /** Something may be due. */
  wake(): void;
  /** Deliveries whose turn it is. */
  inFlight(): number;
  /** After the gate was stopped: waits for calls under way; what has not left goes back. */
  stop(): Promise<void>;
}

export interface LaneOptions {
  store: Pick<Store, 'claim' | 'backlog'>;
  outcomes: Pick<Outcomes, 'done' | 'retryAt' | 'bury'>;
  lane: string;
  clock: Clock;
  rate: Rate;
  breaker: Breaker;
  attempt: Attempt;
  compose: (delivery: Delivery) => Promise<Message | undefined>;
  /** The outcome of a delivery is on disk. */
  onSettled: (id: number) => void;
  onError: (error: unknown) => void;
  concurrency: number;
  gate: Gate;
}

/** Longer than any call takes; after a death nothing is sent again sooner. */
const leaseMs = 120_000;
/** How often is looked for what has become due by time alone. */
const pollMs = 1_000;
const retryMs = 5_000;
const maxUnread = 50;

export function createLane(options: LaneOptions): Lane {
  const { store, outcomes, clock, rate, breaker, attempt, concurrency, gate, onError } = options;
  const running = new Map<number, Promise<void>>();
  /** The last delivery under way of each person. */
  const turns = new Map<string, Promise<void>>();
  let doorbell = new AbortController();
  const ended = loop();

  async function loop(): Promise<void> {
    while (gate.state() !== 'stopped') {
      const waitMs = await step().catch((error: unknown) => {
        onError(error);
        return retryMs;
      });
      if (waitMs > 0) await rest(waitMs);
    }
    await Promise.all(running.values());
  }

  /** Returns how long there is nothing to do. */
  async function step(): Promise<number> {
    if (gate.state() !== 'open') return Number.POSITIVE_INFINITY;
    const waitMs = Math.max(rate.waitMs(), breaker.waitMs());
    if (waitMs > 0) return waitMs;
    const limit = Math.min(rate.free(), Math.min(concurrency, breaker.allowed()) - running.size);
    if (limit <= 0) return Number.POSITIVE_INFINITY;
    const claimed = await store.claim(options.lane, { limit, leaseUntil: clock.now() + leaseMs });
    const fresh = claimed.filter(({ id }) => !running.has(id));
    // Composed one after the other, so that those of one person keep the order of their claims.
    for (const delivery of fresh) await start(delivery);
    if (fresh.length === limit) return 0;
    if (fresh.length > 0 || running.size > 0) return pollMs;
    const { waiting } = await store.backlog(options.lane);
    return waiting > 0 ? pollMs : Number.POSITIVE_INFINITY;
  }

  async function start(delivery: Delivery): Promise<void> {
    let message: Message | undefined;
    try {
      message = await options.compose(delivery);
    } catch (error) {
      onError(error);
      return putBack(delivery, error);
    }
    if (!message) return outcomes.done([delivery.id]);
    const composed = message;
    const { personId } = composed;
    const before = turns.get(personId) ?? Promise.resolve();
    const run = before
      .then(() => attempt.run(delivery, composed))
      .then(
        () => options.onSettled(delivery.id),
        (error: unknown) => giveBack(delivery, error),
      )
      .catch(onError)
      .finally(() => {
        running.delete(delivery.id);
        if (turns.get(personId) === run) turns.delete(personId);
        wake();
      });
    running.set(delivery.id, run);
    turns.set(personId, run);
  }

  /** What could not be noted before it would have left, or after a stop; the journal knows which. */
  function giveBack({ id, lastError }: Delivery, error: unknown): Promise<void> {
    onError(error);
    return outcomes.retryAt(id, clock.now() + retryMs, lastError ?? '');
  }

  /** What cannot be read from the store now; a few times, it never will. */
  function putBack({ id, attempts, lastError }: Delivery, error: unknown): Promise<void> {
    if (attempts >= maxUnread) return outcomes.bury(id, `it cannot be read: ${String(error)}`);
    return outcomes.retryAt(id, clock.now() + leaseMs, lastError ?? '');
  }

  async function rest(ms: number): Promise<void> {
    await clock.wait(ms, doorbell.signal);
    doorbell = new AbortController();
  }

  function wake(): void {
    doorbell.abort();
  }

  return {
    wake,
    inFlight: () => running.size,
    async stop() {
      wake();
      await ended;
    },
  };
}
