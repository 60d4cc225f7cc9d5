// A rate limit with one number per name: the generic cell rate algorithm (ITU-T I.371), which is a leaky bucket without
// the leak. Holds a bounded number of names; of those that do not fit, the longest unseen are forgotten first.

export interface Rate {
  /** Units a second in the long run. */
  perSecond: number;
  /** Units at once. */
  burst: number;
}

export interface Gcra {
  /** Milliseconds until `cost` would be let through; 0 for now. Takes nothing. */
  waitMs(name: string, cost: number, options?: TakeOptions): number;
  /** Takes `cost`, whether or not it would have been let through. */
  take(name: string, cost: number, rate?: Rate): void;
}

export interface TakeOptions {
  /** Default: the rate of the limiter. */
  rate?: Rate;
  /** The part of the burst that this one may use, 0 to 1. Default 1. */
  share?: number;
}

export interface GcraOptions {
  rate: Rate;
  /** Names held. Default 100,000. */
  maxNames?: number;
  /** Milliseconds; must not go back. */
  now?: () => number;
}

export function createGcra({ rate: usual, maxNames = 100_000, now = () => performance.now() }: GcraOptions): Gcra {
  // When each name will have worked off what it took. Two generations instead of a queue: cheap, and bounded.
  let young = new Map<string, number>();
  let old = new Map<string, number>();

  function busyUntil(name: string): number {
    return young.get(name) ?? old.get(name) ?? 0;
  }

  return {
    waitMs(name, cost, { rate = usual, share = 1 } = {}) {
      const ahead = Math.max(busyUntil(name) - now(), 0);
      // What is larger than the burst passes when nothing else is ahead of it, or it never would.
      const needed = Math.min(cost, rate.burst * share);
      return Math.max(0, ahead - ((rate.burst * share - needed) * 1000) / rate.perSecond);
    },
    take(name, cost, rate = usual) {
      const time = now();
      const until = Math.max(busyUntil(name), time) + (cost * 1000) / rate.perSecond;
      if (young.size >= maxNames / 2 && !young.has(name)) {
        old = young;
        young = new Map();
      }
      young.set(name, until);
    },
  };
}
