// How much the relay takes from whom: from a site key, from a visitor, from an address, and altogether. Where something
// must be shed, those who recently proved to hold their temporaryId go first: a part of every burst is theirs alone.
import { createGcra, type Rate } from '../access/index.ts';

export interface ThrottleLimits {
  /** Events of one site key. Default 2,000 a second, 10,000 at once. A key's own limits go before. */
  key: Rate;
  /** Events of one visitor. Default 50 a second, 500 at once. */
  visitor: Rate;
  /** Events from one IPv4 address or IPv6 /64; generous, because offices and carriers share one. Default 1,000 a second, 10,000 at once. */
  address: Rate;
  /** Events that wait for the disk. Default 20,000. */
  maxPending: number;
}

export const throttleLimits: ThrottleLimits = {
  key: { perSecond: 2000, burst: 10_000 },
  visitor: { perSecond: 50, burst: 500 },
  address: { perSecond: 1000, burst: 10_000 },
  maxPending: 20_000,
};

/** The part of a burst that is left to visitors who are not known. */
const strangersShare = 0.75;

export interface Source {
  key: string;
  /** The key's own rate where it has one. */
  keyRate?: Rate;
  /** See `networkOf`. */
  network: string;
}

export type Shed = { by: 'key' | 'address' | 'queue'; waitMs: number };

export interface Throttle {
  /** Who is over the limit, with so many events. Takes nothing. */
  check(source: Source, events: number, known: boolean): Shed | undefined;
  /** Milliseconds to wait for a visitor's next event, or 0 and it is counted. */
  takeVisitor(visitor: string): number;
  /** Counts events that go on. */
  take(source: Source, events: number): void;
  /** Between these two, events wait for the disk. */
  begin(events: number): void;
  end(events: number): void;
  pending(): number;
  /** Notes that a visitor's possession was proven. */
  remember(visitor: string): void;
  isKnown(visitor: string): boolean;
}

export function createThrottle(limits: ThrottleLimits = throttleLimits, now?: () => number): Throttle {
  const clock = now && { now };
  const keys = createGcra({ rate: limits.key, maxNames: 10_000, ...clock });
  const visitors = createGcra({ rate: limits.visitor, ...clock });
  const addresses = createGcra({ rate: limits.address, ...clock });
  const known = createRecent(50_000);
  let pending = 0;

  return {
    check({ key, keyRate, network }, events, isKnown) {
      const share = isKnown ? 1 : strangersShare;
      if (pending + events > limits.maxPending * share) return { by: 'queue', waitMs: 1000 };
      const addressMs = addresses.waitMs(network, events, { share });
      if (addressMs > 0) return { by: 'address', waitMs: addressMs };
      const keyMs = keys.waitMs(key, events, { share, ...(keyRate && { rate: keyRate }) });
      return keyMs > 0 ? { by: 'key', waitMs: keyMs } : undefined;
    },
    takeVisitor(visitor) {
      const waitMs = visitors.waitMs(visitor, 1);
      if (waitMs === 0) visitors.take(visitor, 1);
      return waitMs;
    },
    take({ key, keyRate, network }, events) {
      addresses.take(network, events);
      keys.take(key, events, keyRate);
    },
    begin(events) {
      pending += events;
    },
    end(events) {
      pending -= events;
    },
    pending: () => pending,
    remember: known.add,
    isKnown: known.has,
  };
}

/** A set that holds between half of and all of the last `max` different values. */
function createRecent(max: number): { add(value: string): void; has(value: string): boolean } {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    add(value) {
      if (young.has(value)) return;
      if (young.size >= max / 2) {
        old = young;
        young = new Set();
      }
      young.add(value);
    },
    has: (value) => young.has(value) || old.has(value),
  };
}
