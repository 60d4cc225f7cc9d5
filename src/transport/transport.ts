// From an event to the relay's answer for it. `send` takes an event, writes it down before anything asynchronous happens
// and groups it with others; it is forgotten when the relay has answered for its id, and not before.
// Promises: nothing throws, nothing blocks, nothing is lost in silence, and what is sent twice has the same id.
import type { WireEvent } from '../protocol/index.ts';
import { createCourier } from './courier.ts';
import { createJournal } from './journal.ts';
import type { Lane, Transport, TransportOptions } from './options.ts';
import { createEntry, type Entry, lengthOf, type Outbox, overflow } from './outbox.ts';
import { createRetry } from './retry.ts';
import { attempt, type Scope } from './scope.ts';

const lanes: readonly Lane[] = ['identify', 'visit', 'measurement'];

export function startTransport(options: TransportOptions, scope: Scope): Transport {
  const { key, firstFlushMs = 250, flushMs = 1_000, flushEvents = 20, flushBytes = 49_152 } = options;
  const { maxEvents = 10_000, maxBytes = 5_242_880, maxAgeMs = 604_800_000, consent = 'granted' } = options;
  const now = (): number => scope.Date.now();
  const outbox: Outbox = new Map();
  const counters: [made: number, dropped: number, retried: number, adopted: number] = [0, 0, 0, 0];
  const retry = createRetry(scope, `waymark-hold.${key}`);
  const journal = createJournal(scope, `waymark.${key}.`, outbox, onAdopted);
  const courier = createCourier(scope, outbox, retry, {
    _endpoint: options.endpoint,
    _query: () => ({ key, consent, counters: counters.join('.') }),
    _flushBytes: flushBytes,
    _onDelivered: (result) => attempt(() => options.onDelivered?.(result)),
    _onDropped: drop,
    _onRejected: (code) => report(code, 'the relay takes nothing from this page'),
    _onRetried: () => counters[2]++,
    _onChange: touch,
  });
  const stop = new AbortController();
  let shown = false;
  let touched = false;
  let urgent = false;
  let flushAt = Number.POSITIVE_INFINITY;
  let flushTimer = 0;

  if (scope.document?.prerendering) on(scope.document, 'prerenderingchange', start);
  else start();

  function start(): void {
    shown = true;
    journal._open();
    on(scope.document, 'visibilitychange', () => {
      if (scope.document?.visibilityState === 'hidden') return hide();
      journal._adopt();
      schedule(0);
    });
    on(scope.document, 'freeze', journal._leave);
    // These two reach only the window.
    on(scope, 'pagehide', journal._leave);
    on(scope, 'pageshow', (domEvent) => (domEvent as PageTransitionEvent).persisted && restore());
    on(scope, 'online', () => {
      retry._hurry();
      schedule(0);
    });
    touch();
    schedule(firstFlushMs);
  }

  function on(target: Pick<EventTarget, 'addEventListener'> | undefined, name: string, work: (e: Event) => void): void {
    target?.addEventListener(name, work, { capture: true, signal: stop.signal });
  }

  function send(event: WireEvent, lane: Lane = 'visit'): void {
    try {
      if (add(createEntry(event.id, JSON.stringify(event), lanes.indexOf(lane), now()))) counters[0]++;
    } catch (error) {
      report('not-serialisable', String(error));
    }
  }

  function add(entry: Entry): boolean {
    if (stop.signal.aborted || outbox.has(entry._id)) return false;
    outbox.set(entry._id, entry);
    urgent ||= !entry._lane;
    touch();
    return true;
  }

  function onAdopted(entries: Entry[]): void {
    for (const entry of entries) {
      if (now() - entry._madeAt > maxAgeMs && entry._lane) drop(entry, 'dropped', 'too old');
      else if (add(entry)) counters[3]++;
    }
  }

  /** Once a task, at its end, before anything else can happen: on disk, with the browser, on its way. */
  function touch(): void {
    if (touched || !shown) return;
    touched = true;
    queueMicrotask(() => {
      touched = false;
      if (stop.signal.aborted) return;
      for (const entry of overflow(outbox, maxEvents, maxBytes)) drop(entry, 'dropped', 'too many events waiting');
      journal._save();
      courier._arm();
      plan();
    });
  }

  function plan(): void {
    const idle = [...outbox.values()].filter((entry) => !entry._flight);
    if (!idle.length) return;
    if (urgent) courier._flush(true);
    urgent = false;
    schedule(idle.length >= flushEvents || lengthOf(idle) >= flushBytes ? 0 : flushMs);
  }

  function schedule(delayMs: number): void {
    const at = now() + Math.max(delayMs, retry._waitMs());
    if (at >= flushAt) return;
    scope.clearTimeout(flushTimer);
    flushAt = at;
    flushTimer = scope.setTimeout(flush, at - now());
  }

  function flush(): void {
    flushAt = Number.POSITIVE_INFINITY;
    if (stop.signal.aborted || !shown || !outbox.size) return;
    courier._flush(false);
    schedule(flushMs);
  }

  function hide(): void {
    journal._save();
    courier._leave();
  }

  function restore(): void {
    // Another tab may have taken the events over, so what is on disk counts.
    if (journal._isOnDisk()) outbox.clear();
    journal._open();
    touch();
  }

  function drop(entry: Entry, code: string, detail: string): void {
    outbox.delete(entry._id);
    counters[1]++;
    report(code, detail, entry._id);
  }

  function report(code: string, message: string, id?: string): void {
    attempt(() => options.onError?.({ code, message, id }));
  }

  function close(): void {
    stop.abort();
    courier._disarm();
  }

  return {
    send,
    flush,
    close() {
      if (shown && !stop.signal.aborted) {
        hide();
        journal._leave();
      }
      close();
    },
    forget() {
      close();
      outbox.clear();
      journal._purge();
    },
    waiting: () => outbox.size,
    clockOffsetMs: courier._clockOffsetMs,
  };
}
