// A batch is a bare JSON array of CloudEvents (CloudEvents JSON batch format), sent as text/plain to avoid a preflight.
// What belongs to the batch and not to an event travels in the query; the answer has one result per event.
import { attempt } from './attempt.ts';
import type { WireEvent } from './cloud-event.ts';
import { parseJson, stringifyJson } from './json.ts';
import type { ProblemCode } from './problem.ts';

/** The consent under which a batch was sent. */
export type Consent = 'granted' | 'pending' | 'denied';

/** Query parameters of `POST /collect`. */
export interface BatchQuery {
  /** The site's public key, `pk_…`. */
  key: string;
  /** The page's own clock when it sent, in milliseconds, uncorrected; `deferred` where the browser sends later (fetchLater). */
  sent: number | 'deferred';
  consent?: Consent;
  /** The tab's counters since it opened, as `made.dropped.retried.adopted`; the relay derives the loss rate from them. */
  counters?: string;
}

export type Outcome = 'ok' | 'duplicate' | 'refused' | 'retry';

export interface EventResult {
  /** Position in the batch as sent. */
  index: number;
  /** The event's id, or null where it had none that could be read. */
  id: string | null;
  /** `ok` and `duplicate`: forget it. `refused`: forget it and report. `retry`: keep it, send again after `retryAfterMs`. */
  result: Outcome;
  /** Why it was refused or put off, or a warning about an event that was stored, now or when it came first. */
  code?: ProblemCode;
  detail?: string;
  /** JSON pointer into the batch to what was wrong. */
  pointer?: string;
  retryAfterMs?: number;
}

/** The body of a 202. */
export interface BatchAnswer {
  results: EventResult[];
  /** RFC 3339, the relay's clock when it answered; the page learns its offset from it. */
  serverTime: string;
}

/** Throws where it cannot be written. */
export function encodeEvent(event: WireEvent): string {
  return stringifyJson(event);
}

/** The id of an event as it was encoded; throws where it is none. */
export function idOf(event: string): string {
  return parseJson(event).id.valueOf();
}

/** In every browser and in Node, yet in no language library of TypeScript. */
declare const URLSearchParams: new (parameters: object) => { toString(): string };

/** The endpoint is an address without a query. */
export function encodeBatchUrl(endpoint: string, query: BatchQuery): string {
  return `${endpoint}?${new URLSearchParams(query)}`;
}

/** The answer in a response body, or undefined where it is not one (a proxy's page, half a body). */
export function parseAnswer(text: string): BatchAnswer | undefined {
  return attempt(() => {
    const answer = parseJson(text);
    return answer.results.forEach && answer;
  });
}
