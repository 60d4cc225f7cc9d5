// From an event to the relay's answer for it. `send` takes an event, writes it down before anything asynchronous happens
// and groups it with others: one ordinary request at a time, a second one only for what is urgent; one synchronous beacon
// when the page may be going; where the browser has fetchLater, one batch left with it at all times. None of these counts
// as delivery: an event is forgotten when the relay has answered for its id, and not before.
// Promises: nothing throws, nothing blocks, nothing is lost in silence, and what is sent twice has the same id.
import {
  attempt,
  type BatchQuery,
  type EventResult,
  encodeBatchUrl,
  encodeEvent,
  parseAnswer,
} from '../protocol/index.ts';
import { createJournal } from './journal.ts';
import type { Transport, TransportOptions } from './options.ts';
import { createEntry, type Entry, encodeBatch, format, isDue, type Outbox, pick, putOff } from './outbox.ts';
import { gzip, post, type Reply } from './request.ts';

/** Under the 64 KiB that beacons and keepalive requests share, with room for what other scripts send. */
const maxSafeBytes = 60_000;
/** An ordinary request that asks to survive the page takes no more of it, so that the last one finds room. */
const maxKeepaliveLength = 30_000;
const gzipFromLength = 1_000;
/** Longer than any request may take. */
const flightMs = 30_000;
/** For an event that the relay put off without saying for how long, or that a beacon has taken along. */
const putOffMs = 5_000;
const firstDelayMs = 1_000;
/** Also the pause where the relay does not know the page: that does not mend itself while one looks at it. */
const maxDelayMs = 300_000;
/** After a change, how soon the slower stores have it; 10,000 events are written at most twice a second. */
const settleMs = 20;
const settleEventsPerMs = 20;

type Timer = ReturnType<typeof setTimeout>;
/** What TypeScript does not know of yet. */
type Page = { fetchLater?(url: string, init: RequestInit): unknown };

export type Counters = [made: number, dropped: number, retried: number, adopted: number];

interface Core extends Transport {
  /** What became of a request that a starter had made. */
  _settle(batch: Entry[], sentAt: number, reply: Reply): void;
}

/** The other arguments: what a starter hands over (rescue.ts). */
export function createCore(
  options: TransportOptions,
  outbox: Outbox = new Map(),
  counters: Counters = [0, 0, 0, 0],
): Core {
  const {
    endpoint,
    key,
    consent = 'granted',
    inMemory,
    firstFlushMs = 250,
    flushMs = 1_000,
    flushEvents = 20,
    flushBytes = 49_152,
    maxEvents = 10_000,
    maxBytes = 5_000_000,
    maxAgeMs = 604_800_000,
  } = options;
  const journal = createJournal(`${format}${key}.`, outbox, inMemory, (entry) => add(entry, 3));
  const page = globalThis.document as (Document & { prerendering?: boolean }) | undefined;
  /** Undefined until shown for the first time, false once closed. */
  let live: boolean | undefined;
  let touched = false;
  /** All of the outbox was on disk at the end of the last task that changed it. */
  let saved: unknown;
  let settling: Timer | undefined;
  let flushing: Timer | undefined;
  let flights = 0;
  let failures = 0;
  let waitUntil = 0;
  /** The relay itself asked for the wait. */
  let held = false;
  /** What the relay takes at once, as far as is known. */
  let batchEvents = 500;
  let offsetMs: number | undefined;
  let deferred: AbortController | undefined;

  if (page?.prerendering) page.addEventListener('prerenderingchange', () => live ?? start());
  else start();

  function start(): void {
    live = true;
    journal._open();
    on(page, 'visibilitychange', () => {
      if (page?.hidden) return leave();
      // Perhaps back from the back/forward cache: others may have the old journal now, and may have delivered what is in
      // it. Then the relay will say so.
      journal._open();
      touch();
      flush();
    });
    // Reaches only the window. What was sent in the page is on disk already.
    on(globalThis, 'pagehide', journal._release);
    on(globalThis, 'online', () => {
      if (!held) waitUntil = 0;
      flush();
    });
    flushSoon(firstFlushMs);
    touch();
  }

  function on(target: Pick<EventTarget, 'addEventListener'> | undefined, name: string, work: () => void): void {
    target?.addEventListener?.(name, () => live && work());
  }

  function add(entry: Entry, counter: 0 | 3): void {
    if (outbox.has(entry._id)) return;
    outbox.set(entry._id, entry);
    counters[counter]++;
    touch();
  }

  /** Once a task, at its end, before anything else can happen: on disk, and on its way if it is urgent. */
  function touch(): void {
    if (!live || touched) return;
    touched = true;
    queueMicrotask(keep);
  }

  function keep(): void {
    touched = false;
    const kept = new Set(pick([...outbox.values()].reverse(), maxBytes, maxEvents));
    for (const entry of outbox.values()) {
      if (entry._lane && (!kept.has(entry) || Date.now() - entry._madeAt > maxAgeMs)) drop('dropped', entry);
    }
    saved = journal._save();
    const waiting = idle();
    if (waiting.some((entry) => !entry._lane)) send(1);
    if (pick(waiting, flushBytes, flushEvents - 1).length < waiting.length) send(0);
    if (!settling) settling = setTimeout(settleDown, settleMs + outbox.size / settleEventsPerMs);
    flushSoon(flushMs);
  }

  /** On the deeper disk, and with the browser for when the page is gone. */
  function settleDown(): void {
    settling = undefined;
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
    const batch = pick(idle(), maxSafeBytes, batchEvents);
    if (!batch[0] || flights > maxFlights || waitUntil > Date.now()) return;
    flights++;
    const text = encodeBatch(batch);
    const small = maxFlights || text.length < gzipFromLength;
    const body = small ? text : await gzip(text).catch(() => text);
    const keepalive = body.length < maxKeepaliveLength;
    const sentAt = Date.now();
    // What no disk has is offered to the beacon all the same, should the page go: the request may go with it.
    if (keepalive && saved) putOff(batch, flightMs);
    const reply = await post(url(sentAt), body, keepalive);
    flights--;
    settle(batch, sentAt, reply);
  }

  /** What the relay's answer means (design, "Answers"). */
  function settle(batch: Entry[], sentAt: number, [status, body, retryAfter]: Reply): void {
    putOff(batch, 0);
    const answer = parseAnswer(body);
    const code = `http-${status}`;
    if (answer) {
      failures = 0;
      batchEvents *= 2;
      // By the middle of the round trip, and once a page: a second measurement would only make the order of events flicker.
      offsetMs ??= Math.round(Date.parse(answer.serverTime) - (sentAt + Date.now()) / 2) || 0;
      putOff(batch, putOffMs);
      answer.results.forEach(settleOne);
    } else if (/^http-4(13|00.*"code")/s.test(code + body)) {
      // One bad event must not cost its neighbours: halve until it is alone.
      batchEvents = batch.length >> 1 || 1;
      if (!batch[1]) drop(code, batch[0], body);
    } else {
      const unknown = /40[134]/.test(code);
      if (unknown) drop(code, undefined, body);
      const toldMs = Number(retryAfter) * 1_000 || (unknown ? maxDelayMs : 0);
      const delayMs = toldMs || Math.min(firstDelayMs * 2 ** failures++, maxDelayMs);
      held = !!toldMs;
      // The longer the wait, the more have to spread out: all pages are told the same.
      waitUntil = Date.now() + delayMs * (1 + Math.random() / 2);
    }
    touch();
  }

  function settleOne(result: EventResult): void {
    const entry = outbox.get(result.id as string);
    if (!entry) return;
    if (result.result === 'retry') {
      putOff([entry], result.retryAfterMs ?? putOffMs);
      counters[2]++;
    } else if (result.result === 'refused') drop(result.code as string, entry, result.detail);
    else {
      outbox.delete(entry._id);
      attempt(() => options.onDelivered?.(result));
    }
  }

  /** The page's last word, perhaps. */
  function leave(): void {
    const taken = offer((body) => navigator.sendBeacon(url(Date.now()), body));
    putOff(taken, putOffMs);
    arm();
  }

  function arm(): void {
    deferred?.abort();
    deferred = new AbortController();
    const { signal } = deferred;
    offer((body) => (globalThis as Page).fetchLater?.(url('deferred'), { method: 'POST', body, signal }));
  }

  /** What is refused for its size, or because others have used the room, is halved. Returns what was taken. */
  function offer(take: (body: string) => unknown): Entry[] {
    const batch = held && waitUntil > Date.now() ? [] : pick(idle(), maxSafeBytes, batchEvents);
    while (batch[0] && !attempt(() => take(encodeBatch(batch)))) batch.length >>= 1;
    return batch;
  }

  /** Without an entry only tells. */
  function drop(code: string, entry?: Entry, message = ''): void {
    if (entry) {
      outbox.delete(entry._id);
      counters[1]++;
    }
    attempt(() => options.onError?.({ code, message, id: entry?._id }));
  }

  return {
    _settle: settle,
    send(event, lane = 1) {
      try {
        add(createEntry(event.id, encodeEvent(event), lane, Date.now()), 0);
      } catch {
        drop('json');
      }
    },
    flush,
    close() {
      if (live) leave();
      journal._release();
      live = false;
    },
    forget() {
      live = false;
      outbox.clear();
      arm();
      journal._purge();
    },
    waiting: () => outbox.size,
    clockOffsetMs: () => offsetMs,
  };
}
