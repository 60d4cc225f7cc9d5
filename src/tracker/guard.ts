// Whatever a call is given and whatever the page has overridden, nothing is thrown into the page: what is wrong is said in
// `onError`, once about each mistake.
import type { TransportError } from '../transport/index.ts';
import { attempt } from './attempt.ts';
import type { Explain } from './parts.ts';

export interface Guard {
  /** Says what is wrong. */
  _complain(message: string): void;
  /** The same work, which throws nothing and returns nothing. */
  _guarded<Args extends unknown[]>(work: (...args: Args) => unknown): (...args: Args) => void;
}

export function createGuard(explain: Explain, onError: ((error: TransportError) => void) | undefined): Guard {
  const complaints = new Set<string>();

  function complain(message: string): void {
    if (complaints.has(message)) return;
    complaints.add(message);
    explain('failed', message);
    onError?.({ code: 'bad-call', message });
  }

  return {
    _complain: complain,
    _guarded(work) {
      return (...args) => {
        try {
          work(...args);
        } catch (error) {
          attempt(() => complain(`${(error as Error).message}`));
        }
      };
    },
  };
}

/** Ends a call that makes no sense; the guard says so. */
export function demand(good: unknown, what: string): asserts good {
  if (!good) throw new TypeError(`bad ${what}`);
}

export function isConsent(value: unknown): boolean {
  return /^(granted|pending|denied)$/.test(`${value}`);
}

export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 200;
}
