// What the relay's answer means for the events of a batch (design, "Answers"). Events that it has, or refuses, leave the
// outbox; everything else stays for another time. A refusal of the whole batch is narrowed down by halving it, so one bad
// event never costs its neighbours.
import { type BatchAnswer, type EventResult, parseAnswer } from '../protocol/index.ts';
import type { Reply } from './environment.ts';
import type { Entry, Outbox } from './outbox.ts';
import type { Retry } from './retry.ts';

/** More than one visit makes; a relay that takes less says so (413). */
const maxBatchEvents = 200;
/** Wrong keys and origins do not mend themselves while one looks at a page. */
const pauseMs = 300_000;
/** For an event that the relay put off without saying for how long. */
const putOffMs = 5_000;

export interface Answers {
  settle(batch: Entry[], reply: Reply, sentAt: number): void;
  /** As many events as the relay takes at once. */
  maxBatchEvents(): number;
  /** What to add to the page's clock, once an answer has told. */
  clockOffsetMs(): number | undefined;
}

export interface AnswersOptions {
  outbox: Outbox;
  retry: Retry;
  now: () => number;
  onDelivered: (result: EventResult) => void;
  /** The event was given up. */
  onRefused: (entry: Entry, code: string, detail: string) => void;
  /** The relay does not take anything from this page. */
  onRejected: (status: number, body: string) => void;
  onRetried: () => void;
}

export function createAnswers(options: AnswersOptions): Answers {
  const { outbox, retry, now } = options;
  let limit = maxBatchEvents;
  let offsetMs: number | undefined;

  function settle(batch: Entry[], { status, body, retryAfterMs }: Reply, sentAt: number): void {
    const answer = status === 200 || status === 202 ? parseAnswer(body) : undefined;
    if (answer) {
      retry.succeeded();
      limit = Math.min(limit * 2, maxBatchEvents);
      learnClock(answer, sentAt);
      settleEach(batch, answer.results);
    } else if (status === 413 || (status === 400 && body.includes('"code"'))) {
      limit = Math.ceil(batch.length / 2);
      if (batch.length === 1) for (const entry of batch) refuse(entry, `http-${status}`, body);
    } else if (status === 401 || status === 403 || status === 404) {
      retry.pause(pauseMs);
      options.onRejected(status, body);
    } else if (retryAfterMs) retry.hold(retryAfterMs);
    else retry.failed();
  }

  function settleEach(batch: Entry[], results: EventResult[]): void {
    for (const entry of batch) entry.notBefore = now() + putOffMs;
    for (const result of results) {
      const entry = batch[result.index];
      if (!entry || (result.id !== null && result.id !== entry.id)) continue;
      if (result.result === 'refused') refuse(entry, result.code ?? 'refused', result.detail ?? '');
      else if (result.result === 'retry') putOff(entry, result.retryAfterMs ?? putOffMs);
      else {
        outbox.remove(entry.id);
        options.onDelivered(result);
      }
    }
  }

  function refuse(entry: Entry, code: string, detail: string): void {
    outbox.remove(entry.id);
    options.onRefused(entry, code, detail);
  }

  function putOff(entry: Entry, delayMs: number): void {
    entry.notBefore = now() + delayMs;
    options.onRetried();
  }

  /** The middle of the round trip; a later answer replaces it only when the clock was set, or order would flicker. */
  function learnClock({ serverTime }: BatchAnswer, sentAt: number): void {
    const measuredMs = Math.round(Date.parse(serverTime) - (sentAt + now()) / 2);
    if (Number.isNaN(measuredMs)) return;
    if (offsetMs === undefined || Math.abs(measuredMs - offsetMs) > 2_000) offsetMs = measuredMs;
  }

  return { settle, maxBatchEvents: () => limit, clockOffsetMs: () => offsetMs };
}
