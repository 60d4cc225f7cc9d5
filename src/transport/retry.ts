// When the next request may go: at once after an answer, after a growing and jittered wait after a failure, and never
// before the time that the relay named, which all pages of the site share.
import { attempt, type Scope } from './scope.ts';

const firstDelayMs = 1_000;
const maxDelayMs = 300_000;
/** Also so that a clock which was set back does not silence the page for ever. */
const maxHoldMs = 3_600_000;

export interface Retry {
  /** Nobody answered as a relay does. */
  _failed(): void;
  _succeeded(): void;
  /** No request before then, by no page of the site; or only by this one, where the relay does not know the page. */
  _hold(delayMs: number, shared: boolean): void;
  /** The network is back: waits that were only guesses end soon. */
  _hurry(): void;
  /** Milliseconds until a request may go. */
  _waitMs(): number;
  /** Milliseconds of that which the relay asked for. */
  _heldMs(): number;
}

export function createRetry(scope: Scope, name: string): Retry {
  const now = (): number => scope.Date.now();
  let failures = 0;
  let guessedUntil = 0;
  let heldUntil = 0;

  function heldMs(): number {
    const sharedMs = Number(attempt(() => scope.localStorage.getItem(name))) - now();
    return Math.max(0, heldUntil - now(), sharedMs > maxHoldMs ? 0 : sharedMs);
  }

  return {
    _failed() {
      const delayMs = Math.min(firstDelayMs * 2 ** failures++, maxDelayMs);
      guessedUntil = now() + delayMs * (0.5 + scope.Math.random() / 2);
    },
    _succeeded() {
      failures = guessedUntil = 0;
    },
    _hold(delayMs, shared) {
      // Spread out by a tenth, at least by a second: everybody else was told the same time.
      const spreadMs = scope.Math.random() * Math.max(1_000, delayMs / 10);
      heldUntil = now() + Math.min(delayMs + spreadMs, maxHoldMs);
      if (shared) attempt(() => scope.localStorage.setItem(name, String(heldUntil)));
    },
    _hurry() {
      failures = 0;
      guessedUntil = Math.min(guessedUntil, now() + scope.Math.random() * 1_000);
    },
    _waitMs: () => Math.max(guessedUntil - now(), heldMs()),
    _heldMs: heldMs,
  };
}
