// How many calls may leave: a sliding log of those that did, so that there are never more than the limit in any 60
// seconds, also over a restart. When the other side says less, less is granted, and slowly more again.
import type { Clock } from './clock.ts';

export interface Rate {
  /** Resolves when a call may leave, and counts it; false where the signal came first. Calls leave in the order of asking. */
  take(signal: AbortSignal): Promise<boolean>;
  /** Milliseconds until a call may leave; 0 for now. */
  waitMs(): number;
  /** How many may leave at once now. */
  free(): number;
  /** The other side refused a call for its number: nothing leaves until then, and less afterwards. */
  throttled(waitMs: number): void;
  /** Nothing leaves for so long, though the number was not the reason. */
  hold(ms: number): void;
  /** Calls a minute that are granted now. */
  granted(): number;
  /** When calls left within the window, oldest first, by the clock as it is set now. */
  log(): readonly number[];
}

export interface RateOptions {
  perMinute: number;
  clock: Clock;
  /** As `log()` told it before a restart. */
  left?: readonly number[];
}

/** A second more than the minute: what leaves evenly may arrive less so. */
const windowMs = 61_000;
/** The minute is given out in parts, or a backlog would take it all at once and a login wait for the next one. */
const parts = 10;
const least = 5;
/** What is left of the grant after a refusal, and what each quiet minute gives back of the limit. */
const shrink = 0.7;
const growth = 0.05;

export function createRate({ perMinute, clock, left = [] }: RateOptions): Rate {
  // Steady, for a clock that is set must neither stop the lane nor let a minute's calls go twice. What left in the future by
  // a clock that was set back meanwhile may have left just now.
  const now = clock.steady;
  const times = left.map((at) => now() - Math.max(0, clock.now() - at));
  let heldUntil = Number.NEGATIVE_INFINITY;
  let granted = perMinute;
  let changedAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();

  function forget(): void {
    const first = times.findIndex((at) => at > now() - windowMs);
    times.splice(0, first < 0 ? times.length : first);
  }

  function grantedNow(): number {
    while (granted < perMinute && now() >= changedAt + 60_000) {
      granted = Math.min(perMinute, granted + Math.max(1, Math.floor(perMinute * growth)));
      changedAt += 60_000;
    }
    return granted;
  }

  /** Each is as many calls as may leave within a time. */
  function limits(): { calls: number; withinMs: number }[] {
    const calls = grantedNow();
    return [
      { calls, withinMs: windowMs },
      { calls: Math.max(1, Math.floor(calls / parts)), withinMs: windowMs / parts },
    ];
  }

  function waitMs(): number {
    forget();
    const waits = limits().map(({ calls, withinMs }) => {
      const full = times.at(-calls);
      return full === undefined ? 0 : full + withinMs - now();
    });
    return Math.max(0, heldUntil - now(), ...waits);
  }

  function free(): number {
    if (waitMs() > 0) return 0;
    return Math.min(
      ...limits().map(({ calls, withinMs }) => calls - times.filter((at) => at > now() - withinMs).length),
    );
  }

  return {
    waitMs,
    free,
    take(signal) {
      const mine = turn.then(async () => {
        for (let wait = waitMs(); wait > 0 && !signal.aborted; wait = waitMs()) await clock.wait(wait, signal);
        if (signal.aborted) return false;
        times.push(now());
        return true;
      });
      turn = mine;
      return mine;
    },
    throttled(wait) {
      // Calls that were under way together are refused together, for one reason.
      const isNew = now() >= heldUntil;
      heldUntil = Math.max(heldUntil, now() + wait);
      if (!isNew) return;
      granted = Math.max(Math.min(least, perMinute), Math.round(grantedNow() * shrink));
      changedAt = heldUntil;
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, now() + ms);
    },
    granted: grantedNow,
    log() {
      forget();
      return times.map((at) => Math.round(clock.now() - (now() - at)));
    },
  };
}
