// Whatever a call is given and whatever the page has overridden, nothing is thrown into the page: what is wrong is said in
// `onError`, once about each mistake.

import { attempt } from '../protocol/index.ts';
import type { TransportError } from '../transport/index.ts';
import type { Explain } from './parts.ts';

/** The same work, which throws nothing. */
export type Guarded = <Args extends unknown[]>(work: (...args: Args) => void) => (...args: Args) => void;

/** The first says what is wrong. */
export function createGuard(
  explain: Explain,
  onError: ((error: TransportError) => void) | undefined,
): [complain: (message: string) => void, guarded: Guarded] {
  const complaints = new Set<string>();

  function complain(message: string): void {
    if (complaints.has(message)) return;
    complaints.add(message);
    explain('failed', message);
    attempt(() => onError?.({ code: 'bad-call', message }));
  }

  return [
    complain,
    (work) =>
      (...args) => {
        try {
          work(...args);
        } catch (error) {
          attempt(() => complain(`${(error as Error).message}`));
        }
      },
  ];
}

/** Ends a call that makes no sense; the guard says so. */
export function demand(good: unknown, what: string): asserts good {
  if (!good) throw new TypeError(`bad ${what}`);
}

export function isConsent(value: unknown): boolean {
  return /^(granted|pending|denied)$/.test(`${value}`);
}

export function isText(value: unknown): unknown {
  return typeof value === 'string' && value && value.length <= 200;
}
