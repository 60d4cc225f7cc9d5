// Carries events from the outbox to the relay and acts on its answers (design, "Answers"). One ordinary request at a time,
// a second one only for what is urgent; one synchronous beacon when the page may be going; where the browser has
// fetchLater, one batch left with it at all times. None of these counts as delivery: only the answer for an id does.
import { type BatchQuery, type EventResult, encodeBatch, encodeBatchUrl, parseAnswer } from '../protocol/index.ts';
import { type Entry, type Outbox, pick } from './outbox.ts';
import type { Retry } from './retry.ts';
import { attempt, type Scope } from './scope.ts';

/** Under the 64 KiB that beacons and keepalive requests share, with room for what other scripts send. */
const maxSafeBytes = 60_000;
/** An ordinary request that asks to survive the page takes no more of it, so that the last one finds room. */
const maxKeepaliveBytes = 20_000;
const gzipFromBytes = 2_000;
/** More than one visit makes; a relay that takes less says so (413). */
const maxBatchEvents = 200;
const timeoutMs = 30_000;
const armPauseMs = 20;
/** After a beacon, how long to wait for the end of the page before asking the relay whether it arrived. */
const confirmMs = 3_000;
/** Wrong keys and origins do not mend themselves while one looks at a page. */
const pauseMs = 300_000;
/** For an event that the relay put off without saying for how long. */
const putOffMs = 5_000;

export interface Courier {
  /** Sends one batch, if a request may go now. */
  _flush(urgent: boolean): Promise<void>;
  /** The page may be going: everything that fits, in one request that outlives it. */
  _leave(): void;
  /** Leaves what waits with the browser, for when the page is gone. */
  _arm(): void;
  /** Takes that back. */
  _disarm(): void;
  _clockOffsetMs(): number | undefined;
}

export interface CourierOptions {
  _endpoint: string;
  _query(): Omit<BatchQuery, 'sent'>;
  _flushBytes: number;
  _onDelivered(result: EventResult): void;
  /** The relay refused the event. */
  _onDropped(entry: Entry, code: string, detail: string): void;
  /** The relay takes nothing from this page. */
  _onRejected(code: string): void;
  _onRetried(): void;
  /** A request has ended. */
  _onChange(): void;
}

export function createCourier(scope: Scope, outbox: Outbox, retry: Retry, options: CourierOptions): Courier {
  const now = (): number => scope.Date.now();
  let flights = 0;
  let batchEvents = maxBatchEvents;
  let offsetMs: number | undefined;
  let deferred: AbortController | undefined;
  let armed = '';
  let resting = false;

  const address = (sent: BatchQuery['sent']): string =>
    encodeBatchUrl(options._endpoint, { ...options._query(), sent });
  const encode = (batch: Entry[]): string => encodeBatch(batch.map((entry) => entry._text));
  const due = (entry: Entry): boolean => entry._notBefore <= now();

  async function flush(urgent: boolean): Promise<void> {
    if (flights > Number(urgent) || retry._waitMs()) return;
    const batch = pick(outbox, options._flushBytes, batchEvents, (entry) => !entry._flight && due(entry));
    if (!batch.length) return;
    flights++;
    for (const entry of batch) entry._flight = 1;
    const text = encode(batch);
    const body = (!urgent && text.length > gzipFromBytes && (await gzip(text))) || text;
    // The page may have been hidden meanwhile; then a beacon has taken the batch along.
    if (batch.every(due)) await post(batch, body);
    flights--;
    for (const entry of batch) entry._flight = 0;
    options._onChange();
  }

  async function gzip(text: string): Promise<Blob | undefined> {
    try {
      const packed = new Response(text).body?.pipeThrough(
        new (scope.CompressionStream as typeof CompressionStream)('gzip'),
      );
      return await new Response(packed ?? null, { headers: { 'content-type': 'text/plain' } }).blob();
    } catch {
      return undefined;
    }
  }

  async function post(batch: Entry[], body: string | Blob): Promise<void> {
    const keepalive = (typeof body === 'string' ? body.length : body.size) < maxKeepaliveBytes;
    for (const entry of batch) entry._flight = keepalive ? 2 : 1;
    const sentAt = now();
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await scope.fetch(address(sentAt), { method: 'POST', body, keepalive, signal });
      settle(batch, response.status, await response.text(), response.headers.get('retry-after'), sentAt);
    } catch {
      retry._failed();
    }
  }

  function settle(batch: Entry[], status: number, body: string, after: string | null, sentAt: number): void {
    const answer = status === 200 || status === 202 ? parseAnswer(body) : undefined;
    // Seconds or a date (RFC 9110, 10.2.3).
    const afterMs = Number(after) * 1000 || Date.parse(after ?? '') - now();
    if (answer) {
      retry._succeeded();
      batchEvents = Math.min(batchEvents * 2, maxBatchEvents);
      learnClock(Date.parse(answer.serverTime) - (sentAt + now()) / 2);
      for (const entry of batch) entry._notBefore = now() + putOffMs;
      for (const result of answer.results) settleOne(batch[result.index], result);
    } else if (status === 413 || (status === 400 && body.includes('"code"'))) {
      // One bad event must not cost its neighbours: halve until it is alone.
      batchEvents = Math.ceil(batch.length / 2);
      const [entry] = batch;
      if (entry && batch.length === 1) options._onDropped(entry, `http-${status}`, body);
    } else if (status === 401 || status === 403 || status === 404) {
      retry._hold(pauseMs, false);
      options._onRejected(`http-${status}`);
    } else if (afterMs > 0) {
      retry._hold(afterMs, true);
    } else {
      retry._failed();
    }
  }

  function settleOne(entry: Entry | undefined, result: EventResult): void {
    const { id, result: outcome, code, detail, retryAfterMs } = result;
    if (!entry || (id ?? entry._id) !== entry._id) return;
    if (outcome === 'retry') {
      entry._notBefore = now() + (retryAfterMs ?? putOffMs);
      options._onRetried();
    } else if (outcome === 'refused') {
      options._onDropped(entry, code ?? outcome, detail ?? '');
    } else {
      outbox.delete(entry._id);
      options._onDelivered(result);
    }
  }

  /** The first measurement stays, so that the order of events does not flicker, unless the clock was set. */
  function learnClock(measuredMs: number): void {
    if (Math.abs(measuredMs - (offsetMs ?? 1e15)) > 2_000) offsetMs = Math.round(measuredMs);
  }

  /** The page's last word; what the browser refuses for its size is halved. */
  function leave(): void {
    if (retry._heldMs()) return;
    const unsafe = (entry: Entry): boolean => entry._flight < 2 && due(entry);
    const batch = pick(outbox, maxSafeBytes, batchEvents, unsafe);
    const url = address(now());
    shrink(batch, (body) => scope.navigator.sendBeacon(url, body));
    for (const entry of batch) entry._notBefore = now() + confirmMs;
    defer(unsafe);
  }

  function arm(): void {
    if (resting) return;
    defer(due);
    resting = true;
    scope.setTimeout(() => {
      resting = false;
      defer(due);
    }, armPauseMs);
  }

  function defer(allow: (entry: Entry) => boolean): void {
    const { fetchLater } = scope;
    if (!fetchLater) return;
    const batch = retry._heldMs() ? [] : pick(outbox, maxSafeBytes, batchEvents, allow);
    const text = encode(batch);
    if (text === armed) return;
    disarm();
    armed = text;
    const url = address('deferred');
    // Refused where frames of other origins have less room, or none by policy.
    shrink(batch, (body) => {
      deferred = new AbortController();
      return fetchLater.call(scope, url, { method: 'POST', body, signal: deferred.signal });
    });
  }

  function shrink(batch: Entry[], offer: (body: string) => unknown): void {
    while (batch.length && !attempt(() => offer(encode(batch)))) batch.length >>= 1;
  }

  function disarm(): void {
    deferred?.abort();
    armed = '';
  }

  return { _flush: flush, _leave: leave, _arm: arm, _disarm: disarm, _clockOffsetMs: () => offsetMs };
}
