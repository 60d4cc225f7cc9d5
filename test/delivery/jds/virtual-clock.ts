// A clock that stands while anything is under way and jumps to the next moment that somebody waits for: an outage of an
// hour takes seconds, and nothing depends on how fast the machine is.
import type { Clock } from '../../../src/delivery/index.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until the condition holds; fails with `what` where that is later than `withinMs` of its time. */
  until(what: string, holds: () => Promise<boolean> | boolean, withinMs?: number): Promise<void>;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** Sets the clock forward or back, as an operator does; time goes on as before. */
  set(byMs: number): void;
  /** Calls whose answer is waited for. */
  calls(): number;
}

export interface VirtualClockOptions {
  start: number;
  /** The time limit of calls, by which their waiting is told from others'. */
  timeoutMs: number;
  /** Nothing is under way that will go on without time. */
  isStill: () => boolean;
}

interface Sleeper {
  at: number;
  ms: number;
  wake: () => void;
}

export function createVirtualClock({ start, timeoutMs, isStill }: VirtualClockOptions): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let now = start;
  let setBy = 0;

  async function untilStill(): Promise<void> {
    for (let turns = 0; turns < 4; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isStill()) {
        turns = -1;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }

  function jump(latest: number): void {
    const next = Math.min(latest, ...[...sleepers].map(({ at }) => at));
    now = Math.max(now, next);
    for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake();
  }

  async function until(what: string, holds: () => Promise<boolean> | boolean, withinMs = 86_400_000): Promise<void> {
    const end = now + withinMs;
    for (;;) {
      await untilStill();
      if (await holds()) return;
      if (now >= end) throw new Error(`still not so after ${withinMs} ms: ${what}`);
      jump(end);
    }
  }

  return {
    now: () => now + setBy,
    steady: () => now,
    set(byMs) {
      setBy += byMs;
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper: Sleeper = {
          at: now + ms,
          ms,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    until,
    async pass(ms) {
      const end = now + ms;
      await until(`${ms} ms pass`, () => now >= end, ms);
    },
    calls: () => [...sleepers].filter(({ ms }) => ms === timeoutMs).length,
  };
}
