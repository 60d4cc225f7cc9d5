// The first script's share of the transport: takes events, writes each task's to localStorage before anything asynchronous
// happens, sends them in one request, and offers them to a beacon when the page may be going. That is all that most pages
// need. For whatever is not answered at once it loads the whole transport and hands everything over (rescue.ts).
// Where that cannot be loaded it goes on alone, without judging: what the relay does not take is tried again, later, and in turn.
import {
  attempt,
  type EventResult,
  encodeBatchUrl,
  encodeEvent,
  parseAnswer,
  parseJson,
  stringifyJson,
} from '../protocol/index.ts';
import type { Transport, TransportOptions } from './options.ts';
import { createEntry, type Entry, encodeEntries, format, isDue, type Outbox, putOff } from './outbox.ts';
import { post } from './request.ts';
import type { Answered, Started, TakenOver } from './rescue.ts';

export type LoadRescue = () => Promise<{ takeOver(started: Started): TakenOver }>;

/** Of the 5 MB that the whole site shares, in UTF-16 units. */
const maxLocalLength = 1_000_000;
/** Under the 64 KiB that beacons and keepalive requests share. */
const maxKeepaliveLength = 30_000;
const maxBatchEvents = 100;
const flightMs = 30_000;
const putOffMs = 5_000;
const firstDelayMs = 1_000;
const maxDelayMs = 300_000;
/** How long after the start it is looked for what only the deep store has: localStorage may have lost its last seconds. */
const lookMs = 5_000;
/** After the rescue part could not be loaded. */
const reloadMs = 30_000;

export function startTransport(load: LoadRescue, options: TransportOptions): Transport {
  const {
    endpoint,
    key,
    consent = 'granted',
    inMemory,
    firstFlushMs = 250,
    flushMs = 1_000,
    flushEvents = 20,
  } = options;
  const outbox: Outbox = new Map();
  const storage = attempt(() => (inMemory ? undefined : localStorage));
  const name = `${format}${key}.${Math.random()}`;
  const counters: Started['counters'] = [0, 0, 0, 0];
  let live = true;
  let forgotten = false;
  let touched = false;
  /** All of the outbox was on disk at the end of the last task that changed it. */
  let saved: unknown;
  /** Something was in the outbox when it was time to send. */
  let flushed = false;
  let flushing: ReturnType<typeof setTimeout> | undefined;
  let flights = 0;
  let batchEvents = maxBatchEvents;
  let delayMs = firstDelayMs;
  let waitUntil = 0;
  let loadFrom = 0;
  let offsetMs: number | undefined;
  let last: Answered | undefined;
  let rescue: TakenOver | undefined;

  on('visibilitychange', () => {
    if (document.hidden) return leave();
    look();
    flush();
  });
  on('online', () => {
    // Unless the relay itself has asked for the wait.
    if (!last?.[2][0]) waitUntil = loadFrom = 0;
    flush();
  });
  look();
  flushSoon(firstFlushMs);
  if (!inMemory) setTimeout(lookDeep, lookMs);

  /** Of the window, which also hears what the document is told. */
  function on(what: string, work: () => void): void {
    attempt(() => addEventListener(what, () => live && work()));
  }

  /** Of the site key, in any version. */
  function journals(): string[] {
    return Object.keys(storage ?? {}).filter((tab) => /^waymark\d/.test(tab) && tab.includes(`.${key}.`));
  }

  /** For what tabs that are gone have left. */
  function look(): void {
    if (journals().some((tab) => tab !== name)) need();
  }

  /** Asking for a list costs less than opening the store, which would also make one. */
  async function lookDeep(): Promise<void> {
    try {
      if ((await indexedDB.databases()).every((store) => store.name !== 'waymark')) return;
    } catch {}
    if (live) need();
  }

  function write(tab: string, text: string): boolean | undefined {
    return attempt(() => {
      (storage as Storage)[text ? 'setItem' : 'removeItem'](tab, text);
      return true;
    });
  }

  function touch(): void {
    if (touched) return;
    touched = true;
    queueMicrotask(keep);
  }

  /** Once a task, at its end, before anything else can happen: on disk, and on its way if it is urgent. */
  function keep(): void {
    touched = false;
    if (!live) return;
    const record = encodeEntries(outbox);
    saved = write(name, record.slice(-maxLocalLength)) && record.length <= maxLocalLength;
    if ((!saved && !inMemory) || (flushed && record)) need();
    const waiting = idle();
    if (waiting.length >= flushEvents || waiting.some((entry) => !entry._lane)) send(1);
    flushSoon(flushMs);
  }

  function idle(): Entry[] {
    return [...outbox.values()].filter(isDue);
  }

  function flushSoon(ms: number): void {
    if (!flushing) flushing = setTimeout(flush, Math.max(ms, waitUntil - Date.now()));
  }

  function flush(): void {
    clearTimeout(flushing);
    flushing = undefined;
    if (!live || !outbox.size) return;
    if (flushed) need();
    flushed = true;
    send(0);
    flushSoon(flushMs);
  }

  function url(sent: number): string {
    return encodeBatchUrl(endpoint, { key, sent, consent, counters: counters.join('.') });
  }

  async function send(maxFlights: number): Promise<void> {
    const batch = idle().slice(0, batchEvents);
    if (!batch[0] || flights > maxFlights || waitUntil > Date.now()) return;
    flights++;
    const text = `[${batch.map((entry) => entry._text)}]`;
    const keepalive = text.length < maxKeepaliveLength;
    const sentAt = Date.now();
    // What no disk has is offered to the beacon all the same, should the page go: the request may go with it.
    if (keepalive && saved) putOff(batch, flightMs);
    const reply = await post(url(sentAt), text, keepalive);
    flights--;
    last = [batch.map(({ _id }) => _id), sentAt, reply];
    if (rescue) rescue.heard(...last);
    else settle(batch, last);
  }

  function settle(batch: Entry[], [, sentAt, [, body, retryAfter]]: Answered): void {
    const answer = parseAnswer(body);
    putOff(batch, 0);
    if (answer) {
      batchEvents = maxBatchEvents;
      delayMs = firstDelayMs;
      offsetMs ??= Math.round(Date.parse(answer.serverTime) - (sentAt + Date.now()) / 2) || 0;
      putOff(batch, putOffMs);
      answer.results.forEach(settleOne);
    } else {
      waitUntil = Date.now() + (Number(retryAfter) * 1_000 || delayMs) * (1 + Math.random() / 2);
      delayMs = Math.min(delayMs * 2, maxDelayMs);
      // Alone and behind the others, so that what cannot be taken does not hold them up.
      batchEvents = 1;
      for (const entry of batch) if (outbox.delete(entry._id)) outbox.set(entry._id, entry);
      need();
    }
    touch();
  }

  function settleOne(result: EventResult): void {
    if (result.result === 'retry' || !outbox.delete(result.id as string)) return;
    if (result.result === 'refused') drop(result.code as string, result.id as string, result.detail);
    else attempt(() => options.onDelivered?.(result));
  }

  function drop(code: string, id?: string, message = ''): void {
    counters[1]++;
    attempt(() => options.onError?.({ code, message, id }));
  }

  /** The page's last word, perhaps. What is refused for its size, or because others have used the room, is halved. */
  function leave(): void {
    // Only a wait that the relay itself has asked for is kept to.
    const batch = last?.[2][2] && waitUntil > Date.now() ? [] : idle();
    const take = () => navigator.sendBeacon(url(Date.now()), `[${batch.map((entry) => entry._text)}]`);
    while (batch[0] && !attempt(take)) batch.length >>= 1;
    putOff(batch, putOffMs);
  }

  /** Loads the whole transport, which goes on from here. */
  async function need(): Promise<void> {
    if (rescue || loadFrom > Date.now()) return;
    loadFrom = Date.now() + reloadMs;
    try {
      const { takeOver } = await load();
      if (rescue || !(live || forgotten)) return;
      const record = encodeEntries(outbox);
      rescue = takeOver({ options, name, record, counters, last, json: [parseJson, stringifyJson] });
      live = false;
      Object.assign(transport, rescue);
      if (forgotten) rescue.forget();
    } catch {
      if (forgotten) setTimeout(need, reloadMs);
    }
  }

  const transport: Transport = {
    send(event, lane = 1) {
      try {
        const { id } = event;
        if (outbox.has(id)) return;
        outbox.set(id, createEntry(id, encodeEvent(event), lane, Date.now()));
        counters[0]++;
        touch();
      } catch {
        drop('json');
      }
    },
    flush,
    close() {
      if (live) leave();
      live = false;
    },
    forget() {
      live = false;
      forgotten = true;
      outbox.clear();
      for (const tab of journals()) write(tab, '');
      need();
    },
    waiting: () => outbox.size,
    clockOffsetMs: () => offsetMs,
  };
  return transport;
}
