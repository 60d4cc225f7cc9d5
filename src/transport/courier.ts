// Carries events from the outbox to the relay. One ordinary request at a time, a second one only for what is urgent; one
// synchronous beacon when the page may be going; where the browser has fetchLater, one batch left with it at all times.
// None of these takes an event out of the outbox: only the relay's answer does (answers.ts).
import { type BatchQuery, encodeBatch, encodeBatchUrl } from '../protocol/index.ts';
import type { Environment, Reply } from './environment.ts';
import type { Entry, Outbox } from './outbox.ts';
import type { Retry } from './retry.ts';

/** Under the 64 KiB that beacons and keepalive requests share, with room for what other scripts send. */
const maxSafeBytes = 60_000;
/** What a frame of another origin may leave with the browser. */
const maxFrameBytes = 8_000;
const gzipFromBytes = 2_000;
const armPauseMs = 20;
/** After a beacon, how long to wait for the end of the page before asking the relay whether it arrived. */
const confirmMs = 3_000;

export interface Courier {
  /** Sends one batch, if a request may go now. */
  flush(urgent: boolean): Promise<void>;
  /** The page may be going: everything that fits, in one request that outlives it. */
  leave(): void;
  /** Leaves what waits with the browser, for when the page is gone. */
  arm(): void;
  /** Takes that back. */
  disarm(): void;
  /** Entries in requests that are under way. */
  flying(): Entry[];
}

export interface CourierOptions {
  outbox: Outbox;
  retry: Retry;
  environment: Pick<Environment, 'now' | 'timer' | 'network'>;
  endpoint: string;
  query: () => Omit<BatchQuery, 'sent'>;
  maxBatchBytes: number;
  /** As many events as the relay takes at once. */
  maxBatchEvents: () => number;
  onReply: (batch: Entry[], reply: Reply, sentAt: number) => void;
}

export function createCourier(options: CourierOptions): Courier {
  const { outbox, retry } = options;
  const { now, network, timer } = options.environment;
  const flights = new Set<Entry[]>();
  let safeBytes = 0;
  let undefer: (() => void) | undefined;
  let armed = '[]';
  let resting = false;

  const due = (entry: Entry): boolean => entry.notBefore <= now();
  const address = (sent: BatchQuery['sent']): string => encodeBatchUrl(options.endpoint, { ...options.query(), sent });
  const encode = (batch: Entry[]): string => encodeBatch(batch.map((entry) => entry.text));

  async function flush(urgent: boolean): Promise<void> {
    if (flights.size > (urgent ? 1 : 0) || retry.waitMs()) return;
    const batch = outbox.pick(options.maxBatchBytes, options.maxBatchEvents(), (entry) => !entry.flight && due(entry));
    if (!batch.length) return;
    flights.add(batch);
    for (const entry of batch) entry.flight = 'plain';
    const text = encode(batch);
    const packed = !urgent && text.length >= gzipFromBytes ? await network.gzip(text) : undefined;
    const sentAt = now();
    // The page may have been hidden meanwhile; then a beacon has taken the batch along.
    const reply = batch.every(due) ? await post(batch, packed ?? text) : undefined;
    flights.delete(batch);
    for (const entry of batch) entry.flight = undefined;
    options.onReply(reply ? batch : [], reply ?? { status: 0, body: '' }, sentAt);
  }

  async function post(batch: Entry[], body: string | Uint8Array<ArrayBuffer>): Promise<Reply> {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body).length : body.length;
    const safe = bytes <= maxSafeBytes - safeBytes;
    if (safe) {
      safeBytes += bytes;
      for (const entry of batch) entry.flight = 'safe';
    }
    const reply = await network.post(address(now()), body, safe);
    if (safe) safeBytes -= bytes;
    return reply;
  }

  function leave(): void {
    if (retry.held()) return;
    const unsafe = (entry: Entry): boolean => entry.flight !== 'safe' && due(entry);
    let batch = outbox.pick(maxSafeBytes - safeBytes, options.maxBatchEvents(), unsafe);
    // Refused where other scripts have used up the quota; half of it may still fit.
    while (batch.length && !network.beacon(address(now()), encode(batch))) batch = batch.slice(0, batch.length >> 1);
    for (const entry of batch) entry.notBefore = now() + confirmMs;
    deferNow((entry) => unsafe(entry));
  }

  function arm(): void {
    if (resting || !network.defer) return;
    deferNow(due);
    resting = true;
    timer(() => {
      resting = false;
      deferNow(due);
    }, armPauseMs);
  }

  function deferNow(allow: (entry: Entry) => boolean): void {
    if (!network.defer) return;
    const choose = (maxBytes: number): string => {
      const batch = retry.held() ? [] : outbox.pick(maxBytes, options.maxBatchEvents(), allow);
      return encode(batch);
    };
    const body = choose(maxSafeBytes);
    if (body === armed) return;
    disarm();
    armed = body;
    if (body === '[]') return;
    const url = address('deferred');
    undefer = network.defer(url, body) ?? network.defer(url, choose(maxFrameBytes));
  }

  function disarm(): void {
    undefer?.();
    undefer = undefined;
    armed = '[]';
  }

  return { flush, leave, arm, disarm, flying: () => [...flights].flat() };
}
