// One turn of one delivery: looked up if an earlier answer was lost, else sent; and what becomes of it then. Before a call
// leaves, `begin` has put on disk that it will: a process that dies in between finds out at its next start.
import type { Delivery, Store } from '../../store/index.ts';
import { type AttemptNote, readNote, writeNote } from './attempt-note.ts';
import type { Breaker } from './breaker.ts';
import type { Found, JdsClient, Outcome } from './client.ts';
import type { Clock } from './clock.ts';
import type { Message } from './compose.ts';
import { type Credentials, CredentialsError } from './credentials.ts';
import type { Doubt, Doubts } from './doubts.ts';
import { readPayload } from './plan.ts';
import type { Rate } from './rate.ts';
import { matcher } from './rules.ts';
import { defaults, type LostConfig } from './settings.ts';

export interface AttemptParts {
  store: Pick<Store, 'done' | 'retryAt' | 'bury'>;
  client: JdsClient;
  credentials: Credentials;
  rate: Rate;
  breaker: Breaker;
  doubts: Doubts;
  clock: Clock;
  /** Puts on disk that a call is about to leave; with a delivery, that it is being sent for the n-th time. */
  begin: (sending?: { id: number; tries: number }) => Promise<void>;
  /** Whether sending was begun for the n-th time and nothing is on disk of how it ended. */
  wasCut: (id: number, tries: number) => boolean;
  /** Events up to this sequence came out of a backup: what waits of them may have been sent after it was made. */
  restoredUpTo: number;
  onSent: () => void;
  onError: (why: string) => void;
  random: () => number;
  maxTries: number;
  lost: LostConfig | undefined;
  /** Aborted when nothing may leave any more: asked anew for each call. */
  signal: () => AbortSignal;
}

export interface Attempt {
  /** Resolves when the outcome is on disk. */
  run(delivery: Delivery, message: Message): Promise<void>;
}

const firstBackoffMs = 2_000;
const longestBackoffMs = 600_000;
/** Tries of an event whose answers keep being lost, for each that may fail while others go through: enough for an outage. */
const lostTries = 8;
/** How the reason begins for which an event is buried that may have arrived. */
const possiblyLost = 'possibly lost: ';

export function createAttempt(parts: AttemptParts): Attempt {
  const { store, client, credentials, rate, breaker, doubts, clock, random, maxTries } = parts;
  const { lookUpAfterMs = defaults.lookUpAfterMs, again = [], never = [] } = parts.lost ?? {};
  const [isAgain, isNever] = [matcher(again), matcher(never)];
  let succeededAt = Number.NEGATIVE_INFINITY;

  /** A call with a good token and a place in the rate; once more with a new token where that one was not taken. */
  async function call<Answer extends Found | Outcome>(
    ask: (token: string) => Promise<Answer>,
    sending?: { id: number; tries: number },
  ): Promise<Answer | { kind: 'unauthorized'; why: string } | { kind: 'stopped' }> {
    for (let first = true; ; first = false) {
      let token: string;
      try {
        token = await credentials.token();
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        return { kind: 'unauthorized', why: error.message };
      }
      if (!(await rate.take(parts.signal()))) return { kind: 'stopped' };
      await parts.begin(sending);
      const answer = await ask(token);
      if (answer.kind !== 'unauthorized' || !credentials.refused(token) || !first) return answer;
    }
  }

  async function send(delivery: Delivery, { event }: Message, note: AttemptNote): Promise<void> {
    const tries = note.tries + 1;
    const outcome = await call((token) => client.publish(event, token), { id: delivery.id, tries });
    if (outcome.kind === 'stopped') return release(delivery);
    const { lostAt: _over, ...rest } = note;
    await settle(delivery, outcome, { ...rest, tries, lookUps: 0, triedAt: clock.now() });
  }

  async function settle(delivery: Delivery, outcome: Outcome, note: AttemptNote): Promise<void> {
    if (outcome.kind === 'taken') {
      succeeded();
      await store.done([delivery.id]);
      parts.onSent();
      return;
    }
    const { why } = outcome;
    parts.onError(why);
    if (outcome.kind === 'refused') {
      // It was read and answered: the way is free.
      succeeded();
      return store.bury(delivery.id, why);
    }
    // Only failures of the event itself: a look-up that fails tells nothing of it.
    const counted = isFailure(outcome) && countsAlone(delivery) ? note.counted + 1 : note.counted;
    if (outcome.kind === 'lost') {
      breaker.failed(why);
      const lostAt = clock.now();
      // The more often it was sent, the longer it is waited before it might be doubled again.
      const pauseMs = note.tries > 1 ? backoff(note.tries) : 0;
      return put(delivery, lostAt + (lookUpAfterMs[0] ?? 0) + pauseMs, { ...note, counted, lostAt, why });
    }
    if (counted >= maxTries)
      return store.bury(delivery.id, `failed ${counted} times while others went through: ${why}`);
    await putOff(delivery, outcome, { ...note, counted });
  }

  /** For what was surely not taken. */
  async function putOff(
    delivery: Delivery,
    outcome: Exclude<Outcome, { kind: 'taken' | 'lost' | 'refused' }>,
    note: AttemptNote,
  ): Promise<void> {
    const { kind, why } = outcome;
    if (kind === 'unauthorized' || kind === 'misconfigured') {
      breaker.block(why);
      return put(delivery, clock.now(), { ...note, why });
    }
    if (kind === 'throttled') {
      const waitMs = outcome.retryAfterMs ?? backoff(note.tries);
      rate.throttled(waitMs);
      return put(delivery, clock.now() + waitMs, { ...note, why });
    }
    breaker.failed(why);
    if (outcome.retryAfterMs !== undefined) rate.hold(outcome.retryAfterMs);
    return put(delivery, clock.now() + (outcome.retryAfterMs ?? backoff(note.tries)), { ...note, why });
  }

  /** Whether others went through since its last try: then it is the event, and not an outage. */
  function countsAlone(delivery: Delivery): boolean {
    const { triedAt } = readNote(delivery);
    return triedAt !== undefined && succeededAt > triedAt;
  }

  async function lookUp(delivery: Delivery, message: Message, note: AttemptNote, lostAt: number): Promise<void> {
    const found = await call((token) => client.find(message.event, token));
    if (found.kind === 'stopped') return put(delivery, clock.now(), { ...note, lostAt });
    if (found.kind === 'found') {
      succeeded();
      await store.done([delivery.id]);
      parts.onSent();
      return;
    }
    if (found.kind === 'not-found') {
      // Reads work. Whether events are taken is another matter, and neither ends an outage nor makes one the event's fault.
      const lookUps = note.lookUps + 1;
      const nextMs = lookUpAfterMs[lookUps];
      if (nextMs !== undefined)
        return put(delivery, Math.max(clock.now(), lostAt + nextMs), { ...note, lookUps, lostAt });
      return decide(delivery, message, note);
    }
    parts.onError(found.why);
    // Who may not read will never know.
    if (found.kind === 'refused' || found.kind === 'misconfigured') return decide(delivery, message, note);
    if (found.kind === 'lost') {
      breaker.failed(found.why);
      return put(delivery, clock.now() + backoff(note.tries), { ...note, lostAt, why: found.why });
    }
    return putOff(delivery, found, { ...note, lostAt });
  }

  /** Before the first sending of what may have been sent in a life that the store has forgotten. */
  async function lookUpRestored(delivery: Delivery, message: Message, note: AttemptNote): Promise<void> {
    const found = await call((token) => client.find(message.event, token));
    if (found.kind === 'stopped') return release(delivery);
    if (found.kind === 'found') {
      succeeded();
      return store.done([delivery.id]);
    }
    // Long enough ago that reads have caught up: what cannot be found is not there.
    if (found.kind === 'not-found') return send(delivery, message, { ...note, isLookedUp: true });
    parts.onError(found.why);
    if (found.kind === 'refused' || found.kind === 'misconfigured') {
      await doubt('possiblyTwice', message);
      return send(delivery, message, { ...note, isLookedUp: true });
    }
    if (found.kind !== 'lost') return putOff(delivery, found, note);
    breaker.failed(found.why);
    return put(delivery, clock.now() + backoff(note.tries), { ...note, why: found.why });
  }

  /** It may have arrived, or not. */
  async function decide(delivery: Delivery, message: Message, note: AttemptNote): Promise<void> {
    const { type } = message.event;
    const mayRepeat = !isNever(type) && (message.isLinking || isAgain(type)) && hasTriesLeft(note);
    await doubt(mayRepeat ? 'possiblyTwice' : 'possiblyLost', message);
    if (mayRepeat) return send(delivery, message, note);
    await store.bury(delivery.id, `${possiblyLost}its answer was (${note.why}), and it cannot be found`);
  }

  function doubt(kind: Doubt['kind'], { event: { id, type } }: Message): Promise<void> {
    return doubts.note({ kind, id, type, at: clock.now() });
  }

  /** An outage in which answers are lost uses up no tries that matter, but not for ever: each may have made a double. */
  function hasTriesLeft({ counted, tries }: AttemptNote): boolean {
    return counted < maxTries && tries < maxTries * lostTries;
  }

  function succeeded(): void {
    succeededAt = clock.now();
    breaker.succeeded();
  }

  /** Full jitter, so that many do not come back together. */
  function backoff(tries: number): number {
    return Math.ceil(random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(tries, 20)));
  }

  function put(delivery: Delivery, at: number, note: AttemptNote): Promise<void> {
    return store.retryAt(delivery.id, at, writeNote(note));
  }

  /** Gives the lease back at a stop. */
  function release({ id, lastError }: Delivery): Promise<void> {
    return store.retryAt(id, clock.now(), lastError ?? '');
  }

  return {
    async run(delivery, message) {
      const note = readNote(delivery);
      const { sequence } = readPayload(delivery.payload);
      if (sequence <= parts.restoredUpTo && !note.isLookedUp) return lookUpRestored(delivery, message, note);
      const isCut = parts.wasCut(delivery.id, note.tries + 1);
      if (isCut) {
        const cut = { ...note, tries: note.tries + 1, lookUps: 0, why: 'nothing tells how its sending ended' };
        return lookUp(delivery, message, cut, clock.now());
      }
      if (note.lostAt !== undefined) return lookUp(delivery, message, note, note.lostAt);
      // Made due again by an operator: it may have arrived the first time.
      if (delivery.lastError?.startsWith(possiblyLost)) await doubt('possiblyTwice', message);
      return send(delivery, message, note);
    },
  };
}

function isFailure({ kind }: Outcome): boolean {
  return kind === 'failed' || kind === 'unreachable' || kind === 'lost';
}
