// From an event to the relay's answer for it. `send` takes an event, writes it down before anything asynchronous happens
// and groups it with others: one ordinary request at a time, a second one only for what is urgent; one synchronous beacon
// when the page may be going; where the browser has fetchLater, one batch left with it at all times. None of these counts
// as delivery: an event is forgotten when the relay has answered for its id, and not before.
// Promises: nothing throws, nothing blocks, nothing is lost in silence, and what is sent twice has the same id.
import { type BatchQuery, type EventResult, encodeBatch, encodeBatchUrl, parseAnswer } from '../protocol/index.ts';
import { createJournal } from './journal.ts';
import type { Transport, TransportOptions } from './options.ts';
import { attempt, createEntry, type Entry, lengthOf, type Outbox, pick } from './outbox.ts';

/** Under the 64 KiB that beacons and keepalive requests share, with room for what other scripts send. */
const maxSafeBytes = 60_000;
/** An ordinary request that asks to survive the page takes no more of it, so that the last one finds room. */
const maxKeepaliveBytes = 20_000;
const gzipFromLength = 2_000;
/** More than one visit makes; a relay that takes less says so (413). */
const maxBatchEvents = 200;
const timeoutMs = 30_000;
/** For an event that the relay put off without saying for how long, or that a beacon has taken along. */
const putOffMs = 5_000;
const firstDelayMs = 1_000;
/** Also the pause where the relay does not know the page: that does not mend itself while one looks at it. */
const maxDelayMs = 300_000;
/** After a change, how soon the slower stores have it; an outbox of 5 MiB at most twice a second. */
const settleMs = 20;
const settleLengthPerMs = 10_000;

type Timer = ReturnType<typeof setTimeout>;
type FetchLater = (url: string, init: RequestInit) => unknown;

export function createTransport(options: TransportOptions): Transport {
  const {
    endpoint,
    key,
    consent = 'granted',
    firstFlushMs = 250,
    flushMs = 1_000,
    flushEvents = 20,
    flushBytes = 49_152,
    maxEvents = 10_000,
    maxBytes = 5_242_880,
    maxAgeMs = 604_800_000,
    onError,
    onDelivered,
  } = options;
  const outbox: Outbox = new Map();
  const journal = createJournal(`waymark1.${key}.`, outbox, onAdopted);
  const page = globalThis.document as (Document & { prerendering?: boolean }) | undefined;
  const { fetchLater } = globalThis as { fetchLater?: FetchLater };
  const stop = new AbortController();
  const counters: [made: number, dropped: number, retried: number, adopted: number] = [0, 0, 0, 0];
  /** Shown for the first time, and not closed. */
  let live = false;
  let touched = false;
  let urgent = false;
  let settling: Timer | undefined;
  let flushing: Timer | undefined;
  let flights = 0;
  let failures = 0;
  let waitUntil = 0;
  /** The relay itself asked for the wait. */
  let held = false;
  let batchEvents = maxBatchEvents;
  let offsetMs: number | undefined;
  let deferred: AbortController | undefined;

  if (page?.prerendering) on(page, 'prerenderingchange', start);
  else start();

  function start(): void {
    live = true;
    journal._open();
    on(page, 'visibilitychange', () => {
      if (page?.visibilityState === 'hidden') return leave();
      journal._adopt();
      flush();
    });
    // These reach only the window. What was sent in the page is on disk already.
    on(globalThis, 'pagehide', journal._release);
    on(globalThis, 'pageshow', (domEvent) => {
      if (!(domEvent as PageTransitionEvent).persisted) return;
      // Others may have the old journal now, and may have delivered what is in it: then this page will be told so.
      journal._open();
      touch();
    });
    on(globalThis, 'online', () => {
      // Not all at once.
      if (!held) wait(firstDelayMs * Math.random(), false);
      flush();
    });
    flushSoon(firstFlushMs);
    touch();
  }

  function on(target: Pick<EventTarget, 'addEventListener'> | undefined, name: string, work: (e: Event) => void): void {
    target?.addEventListener?.(name, work, { capture: true, signal: stop.signal });
  }

  function add(entry: Entry, counter: 0 | 3): void {
    if (outbox.has(entry._id)) return;
    outbox.set(entry._id, entry);
    counters[counter]++;
    urgent ||= !entry._lane;
    touch();
  }

  function onAdopted(entry: Entry): void {
    if (entry._lane && Date.now() - entry._madeAt > maxAgeMs) drop('too-old', '', entry);
    else add(entry, 3);
  }

  /** Once a task, at its end, before anything else can happen: on disk, and on its way if it is urgent. */
  function touch(): void {
    if (!touched && live) queueMicrotask(keep);
    touched = true;
  }

  function keep(): void {
    touched = false;
    if (!live) return;
    const length = lengthOf([...outbox.values()]);
    if (outbox.size > maxEvents || length > maxBytes) {
      const kept = new Set(pick([...outbox.values()].reverse(), maxBytes, maxEvents));
      for (const entry of outbox.values()) if (entry._lane && !kept.has(entry)) drop('too-many', '', entry);
    }
    journal._save();
    if (!settling) settling = setTimeout(settleDown, settleMs + length / settleLengthPerMs);
    if (urgent) send(1);
    urgent = false;
    if (idle().length >= flushEvents || lengthOf(idle()) >= flushBytes) send(0);
    if (length) flushSoon(flushMs);
  }

  /** On the deeper disk, and with the browser for when the page is gone. */
  function settleDown(): void {
    settling = undefined;
    if (!live) return;
    journal._copy();
    arm();
  }

  function flushSoon(delayMs: number): void {
    if (!flushing) flushing = setTimeout(flush, Math.max(delayMs, waitUntil - Date.now()));
  }

  function flush(): void {
    clearTimeout(flushing);
    flushing = undefined;
    if (!live || !outbox.size) return;
    send(0);
    flushSoon(flushMs);
  }

  function idle(): Entry[] {
    return [...outbox.values()].filter(isDue);
  }

  function url(sent: BatchQuery['sent']): string {
    return encodeBatchUrl(endpoint, { key, sent, consent, counters: counters.join('.') });
  }

  async function send(maxFlights: number): Promise<void> {
    const batch = pick(idle(), flushBytes, batchEvents);
    if (!batch.length || flights > maxFlights || waitUntil > Date.now()) return;
    flights++;
    const text = encode(batch);
    const body = (!maxFlights && text.length > gzipFromLength && (await gzip(text))) || text;
    // The page may have been hidden meanwhile; then a beacon has taken the batch along.
    if (batch.every(isDue)) await post(batch, body);
    flights--;
    touch();
  }

  async function post(batch: Entry[], body: string | Blob): Promise<void> {
    const keepalive = (typeof body === 'string' ? body.length : body.size) < maxKeepaliveBytes;
    const sentAt = Date.now();
    let reply: [status: number, body: string, retryAfter: string | null] = [0, '', null];
    if (keepalive) putOff(batch, timeoutMs);
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url(sentAt), { method: 'POST', body, keepalive, signal });
      reply = [response.status, await response.text(), response.headers.get('retry-after')];
    } catch {
      // As if nobody were there.
    }
    putOff(batch, 0);
    settle(batch, sentAt, ...reply);
  }

  /** The longer the more have to spread out; the relay tells all pages the same time. */
  function wait(delayMs: number, told: boolean): void {
    held = told;
    waitUntil = Date.now() + delayMs * (1 + Math.random() / 2);
  }

  /** What the relay's answer means (design, "Answers"). */
  function settle(batch: Entry[], sentAt: number, status: number, body: string, retryAfter: string | null): void {
    const answer = attempt(() => parseAnswer(body));
    const code = `http-${status}`;
    const afterMs = Number(retryAfter) * 1_000;
    if (answer) {
      failures = 0;
      batchEvents = Math.min(batchEvents * 2, maxBatchEvents);
      const measuredMs = Date.parse(answer.serverTime) - (sentAt + Date.now()) / 2;
      // The first measurement stays, so that the order of events does not flicker, unless the clock was set.
      if (Math.abs(measuredMs - (offsetMs ?? 1e15)) > 2_000) offsetMs = Math.round(measuredMs);
      putOff(batch, putOffMs);
      answer.results.forEach(settleOne);
    } else if (/^http-(413|400.*"code")/s.test(code + body)) {
      // One bad event must not cost its neighbours: halve until it is alone.
      batchEvents = batch.length >> 1 || 1;
      if (batch.length === 1) drop(code, body, batch[0]);
    } else if (/40[134]/.test(code)) {
      wait(maxDelayMs, true);
      drop(code, body);
    } else if (afterMs) wait(afterMs, true);
    else wait(Math.min(firstDelayMs * 2 ** failures++, maxDelayMs), false);
  }

  function settleOne(result: EventResult): void {
    const { id, result: outcome, code, detail, retryAfterMs } = result;
    const entry = outbox.get(id ?? '');
    if (!entry) return;
    if (outcome === 'retry') {
      putOff([entry], retryAfterMs ?? putOffMs);
      counters[2]++;
    } else if (outcome === 'refused') drop(code ?? outcome, detail, entry);
    else {
      outbox.delete(entry._id);
      attempt(() => onDelivered?.(result));
    }
  }

  /** The page's last word, perhaps. */
  function leave(): void {
    if (!isHeld())
      putOff(
        offer((body) => navigator.sendBeacon(url(Date.now()), body)),
        putOffMs,
      );
    arm();
  }

  function arm(): void {
    if (!fetchLater) return;
    deferred?.abort();
    deferred = new AbortController();
    const { signal } = deferred;
    if (!isHeld()) offer((body) => fetchLater(url('deferred'), { method: 'POST', body, signal }));
  }

  /** What is refused for its size, or because others have used the room, is halved. */
  function offer(take: (body: string) => unknown): Entry[] {
    const batch = pick(idle(), maxSafeBytes, batchEvents);
    while (batch.length && !attempt(() => take(encode(batch)))) batch.length >>= 1;
    return batch;
  }

  function isHeld(): boolean {
    return held && waitUntil > Date.now();
  }

  /** Without an entry only tells. */
  function drop(code: string, message = '', entry?: Entry): void {
    if (entry) {
      outbox.delete(entry._id);
      counters[1]++;
    }
    attempt(() => onError?.({ code, message, id: entry?._id }));
  }

  function end(): void {
    live = false;
    stop.abort();
    deferred?.abort();
  }

  return {
    send(event, lane = 1) {
      try {
        add(createEntry(event.id, JSON.stringify(event), lane, Date.now()), 0);
      } catch (error) {
        drop('not-serialisable', String(error));
      }
    },
    flush,
    close() {
      if (live) {
        journal._save();
        leave();
        journal._release();
      }
      end();
    },
    forget() {
      end();
      outbox.clear();
      journal._purge();
    },
    waiting: () => outbox.size,
    clockOffsetMs: () => offsetMs,
  };
}

function isDue(entry: Entry): boolean {
  return entry._notBefore <= Date.now();
}

function encode(batch: Entry[]): string {
  return encodeBatch(batch.map((entry) => entry._text));
}

function putOff(batch: Entry[], delayMs: number): void {
  for (const entry of batch) entry._notBefore = delayMs && Date.now() + delayMs;
}

/** Undefined where the browser cannot. */
async function gzip(text: string): Promise<Blob | undefined> {
  try {
    const packed = new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
    return await new Response(packed ?? null, { headers: { 'content-type': 'text/plain' } }).blob();
  } catch {
    return undefined;
  }
}
