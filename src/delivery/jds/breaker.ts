// Keeps a lane from knocking at a door that nobody opens: after failures in a row it lets nothing through for a while,
// then one at a time as a probe, and everything again after the first success.

export interface Breaker {
  /** Milliseconds until something may be tried; 0 for now. */
  waitMs(): number;
  /** How many may be under way together now. */
  allowed(): number;
  succeeded(): void;
  failed(why: string): void;
  /** It would fail for every event: waits long between probes, and says why until one succeeds. */
  block(why: string): void;
  state(): BreakerState;
  /** Why it is not closed. */
  reason(): string | undefined;
}

/** `blocked`: somebody has to mend something. `open`: it is down, and probed. */
export type BreakerState = 'closed' | 'open' | 'blocked';

const threshold = 5;
const firstOpenMs = 5_000;
const longestOpenMs = 60_000;
const blockedMs = 60_000;

export function createBreaker(now: () => number): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  let openMs = firstOpenMs;
  let until = 0;
  let reason: string | undefined;
  return {
    waitMs: () => Math.max(0, until - now()),
    allowed: () => (state === 'closed' ? Number.POSITIVE_INFINITY : now() < until ? 0 : 1),
    succeeded() {
      [state, failures, openMs, until, reason] = ['closed', 0, firstOpenMs, 0, undefined];
    },
    failed(why) {
      failures += 1;
      if (state === 'closed' && failures < threshold) return;
      // Those that were under way when it opened tell nothing new.
      if (now() < until) return;
      if (state !== 'closed') openMs = Math.min(openMs * 2, longestOpenMs);
      [state, until, reason] = ['open', now() + openMs, why];
    },
    block(why) {
      [state, until, reason] = ['blocked', now() + blockedMs, why];
    },
    state: () => state,
    reason: () => reason,
  };
}
