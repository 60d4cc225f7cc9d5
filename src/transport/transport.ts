// From an event to the relay's answer for it. `send` takes an event, writes it down before anything asynchronous happens
// and groups it with others; it is forgotten when the relay has answered for its id, and not before.
// Promises: nothing throws, nothing blocks, nothing is lost in silence, and what is sent twice has the same id.
import type { Consent, EventResult, WireEvent } from '../protocol/index.ts';
import { createAnswers } from './answers.ts';
import { createCourier } from './courier.ts';
import type { Environment } from './environment.ts';
import { createEntry } from './journal.ts';
import { createOutbox, type Entry, type Lane } from './outbox.ts';
import { createRetry } from './retry.ts';
import { createTab, type Tab } from './tab.ts';

export interface TransportOptions {
  /** Where the relay takes events, for example `https://events.example.com/collect`. */
  endpoint: string;
  /** The site's public key, `pk_…`. */
  key: string;
  /** Told to the relay with each batch. Default: not told. */
  consent?: Consent;
  /** Wait before the first request of a page. Default 250. */
  firstFlushMs?: number;
  /** Longest wait of an event for company. Default 1,000. */
  flushMs?: number;
  /** As many waiting events go without further wait. Default 20. */
  flushEvents?: number;
  /** As many waiting bytes go without further wait, and no more in one request. Default 48 KiB. */
  flushBytes?: number;
  /** Kept while they cannot be delivered. Default 10,000. */
  maxEvents?: number;
  /** Kept while they cannot be delivered. Default 5 MiB. */
  maxBytes?: number;
  /** Kept while they cannot be delivered. Default 7 days. */
  maxAgeMs?: number;
  /** Called for each event that was given up, and for answers that a developer has to mend. */
  onError?: (error: TransportError) => void;
  /** Called for each event that the relay has, with its warning if it gave one. */
  onDelivered?: (result: EventResult) => void;
}

export interface TransportError {
  /** The relay's code (`source-not-allowed`, …), or `dropped`, `not-serialisable`, `http-401`, … */
  code: string;
  /** What happened, in words. */
  message: string;
  /** The event that was given up, if it is about one. */
  id?: string;
}

export interface Transport {
  /** Takes an event for delivery. Lane default: `visit`. */
  send(event: WireEvent, lane?: Lane): void;
  /** Sends what waits now, unless a wait is on because of failures. */
  flush(): void;
  /** Stops. What was not answered stays on disk for the next page. */
  close(): void;
  /** Stops, and removes everything that waits from memory and disk. */
  forget(): void;
  /** Events not yet answered for. */
  waiting(): number;
  /** What to add to the page's clock, once an answer has told. */
  clockOffsetMs(): number | undefined;
}

export function startTransport(options: TransportOptions, environment: Environment): Transport {
  const { now, timer, local } = environment;
  const { key, endpoint, flushEvents = 20, flushBytes = 49_152 } = options;
  const { maxEvents = 10_000, maxBytes = 5_242_880, maxAgeMs = 604_800_000 } = options;
  const outbox = createOutbox({ maxEvents, maxBytes, maxAgeMs });
  const retry = createRetry({ local, name: `waymark-hold.${key}`, now, random: environment.random });
  const counters = [0, 0, 0, 0] as [made: number, dropped: number, retried: number, adopted: number];
  let tab: Tab | undefined;
  let closed = false;
  let touched = false;
  let urgent = false;
  let flushAt = Number.POSITIVE_INFINITY;
  let cancelFlush = (): void => {};
  let unwatch = (): void => {};

  const answers = createAnswers({
    outbox,
    retry,
    now,
    onDelivered: (result) => call(options.onDelivered, result),
    onRefused: drop,
    onRejected: (status, body) => report(`http-${status}`, `the relay takes nothing from this page: ${body}`),
    onRetried: () => counters[2]++,
  });
  const courier = createCourier({
    outbox,
    retry,
    environment,
    endpoint,
    query: () => ({ key, ...(options.consent && { consent: options.consent }), counters: counters.join('.') }),
    maxBatchBytes: flushBytes,
    maxBatchEvents: answers.maxBatchEvents,
    onReply(batch, reply, sentAt) {
      if (closed) return;
      if (batch.length) answers.settle(batch, reply, sentAt);
      touch();
    },
  });

  environment.whenShown(start);

  function start(): void {
    if (closed) return;
    tab = createTab({ prefix: `waymark.${key}.`, outbox, environment, onAdopted });
    unwatch = environment.watch({ onHide, onLeave, onRestore, onShow, onOnline });
    touch();
    schedule(options.firstFlushMs ?? 250);
  }

  function send(event: WireEvent, lane: Lane = 'visit'): void {
    if (closed) return;
    try {
      const text = JSON.stringify(event);
      if (add(createEntry({ id: event.id, text, lane, madeAt: now() }))) counters[0]++;
    } catch (error) {
      report('not-serialisable', `the event cannot be written as JSON: ${String(error)}`);
    }
  }

  function add(entry: Entry): boolean {
    if (!outbox.add(entry)) return false;
    if (entry.lane === 'identify') urgent = true;
    touch();
    return true;
  }

  function onAdopted(entries: Entry[]): void {
    for (const entry of entries) if (add(entry)) counters[3]++;
  }

  /** Once a task, at its end, before anything else can happen: on disk, with the browser, on its way. */
  function touch(): void {
    if (touched || !tab) return;
    touched = true;
    environment.afterTask(() => {
      touched = false;
      if (closed) return;
      for (const entry of outbox.trim(now())) drop(entry, 'dropped', 'too old, or too many events waiting');
      tab?.save();
      courier.arm();
      plan();
    });
  }

  function plan(): void {
    if (!outbox.size()) return;
    if (urgent && !retry.waitMs()) {
      urgent = false;
      void courier.flush(true);
    }
    const flying = courier.flying();
    const events = outbox.size() - flying.length;
    const bytes = outbox.bytes() - flying.reduce((sum, entry) => sum + entry.bytes, 0);
    schedule(events >= flushEvents || bytes >= flushBytes ? 0 : (options.flushMs ?? 1_000));
  }

  function schedule(delayMs: number): void {
    const at = now() + Math.max(delayMs, retry.waitMs());
    if (closed || at >= flushAt) return;
    cancelFlush();
    flushAt = at;
    cancelFlush = timer(flush, at - now());
  }

  function flush(): void {
    cancelFlush();
    flushAt = Number.POSITIVE_INFINITY;
    if (closed || !tab) return;
    if (retry.waitMs()) schedule(0);
    else void courier.flush(false);
    if (outbox.size()) schedule(options.flushMs ?? 1_000);
  }

  function onHide(): void {
    tab?.save();
    courier.leave();
  }

  function onLeave(): void {
    tab?.leave();
  }

  function onRestore(): void {
    courier.disarm();
    tab?.restore();
    touch();
  }

  function onShow(): void {
    tab?.adopt();
    schedule(0);
  }

  function onOnline(): void {
    retry.hurry();
    schedule(0);
  }

  function drop(entry: Entry, code: string, detail: string): void {
    counters[1]++;
    report(code, `an event was given up: ${detail}`, entry.id);
  }

  function report(code: string, message: string, id?: string): void {
    call(options.onError, id === undefined ? { code, message } : { code, message, id });
  }

  function stop(): void {
    closed = true;
    cancelFlush();
    unwatch();
    courier.disarm();
  }

  return {
    send,
    flush,
    close() {
      if (closed) return;
      onHide();
      tab?.leave();
      stop();
    },
    forget() {
      stop();
      outbox.clear();
      tab?.purge();
    },
    waiting: outbox.size,
    clockOffsetMs: answers.clockOffsetMs,
  };
}

/** The site's own functions may throw; the page shall not notice. */
function call<Value>(work: ((value: Value) => void) | undefined, value: Value): void {
  try {
    work?.(value);
  } catch {
    // Nothing is left to tell it to.
  }
}
