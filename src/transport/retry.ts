// When the next request may go: at once after an answer, after a growing and jittered wait after a failure, and never
// before the time that the relay named. That time is shared with the site's other pages through the local store.
import type { LocalStore } from './environment.ts';

const firstDelayMs = 1_000;
const maxDelayMs = 300_000;
/** A clock that was set back must not silence the page for ever. */
const maxHoldMs = 3_600_000;

export interface Retry {
  /** Nobody answered as a relay does. */
  failed(): void;
  /** The relay asked for a wait; all pages of the site keep to it. */
  hold(delayMs: number): void;
  /** The relay does not know this page; another page may try. */
  pause(delayMs: number): void;
  succeeded(): void;
  /** The network is back: waits that were only guesses end soon. */
  hurry(): void;
  /** Milliseconds until a request may go. */
  waitMs(): number;
  /** Whether not even a last request may go. */
  held(): boolean;
}

export interface RetryOptions {
  local: LocalStore;
  /** Where the relay's own time is kept. */
  name: string;
  now: () => number;
  random: () => number;
}

export function createRetry({ local, name, now, random }: RetryOptions): Retry {
  let failures = 0;
  let guessedUntil = 0;
  let pausedUntil = 0;
  let toldUntil = 0;

  function heldUntil(): number {
    const shared = Number(local.read(name) ?? 0);
    return Math.max(pausedUntil, toldUntil, shared - now() > maxHoldMs ? 0 : shared);
  }

  return {
    failed() {
      const delayMs = Math.min(firstDelayMs * 2 ** failures++, maxDelayMs);
      guessedUntil = now() + delayMs * (0.5 + random() / 2);
    },
    hold(delayMs) {
      // Spread out by a tenth, at least by a second: everybody else was told the same time.
      const spreadMs = random() * Math.max(1_000, delayMs / 10);
      toldUntil = Math.round(now() + Math.min(delayMs + spreadMs, maxHoldMs));
      local.write(name, String(toldUntil));
    },
    pause(delayMs) {
      pausedUntil = now() + delayMs;
    },
    succeeded() {
      failures = guessedUntil = pausedUntil = 0;
    },
    hurry() {
      failures = 0;
      guessedUntil = Math.min(guessedUntil, now() + random() * 1_000);
    },
    waitMs: () => Math.max(0, guessedUntil - now(), heldUntil() - now()),
    held: () => heldUntil() > now(),
  };
}
