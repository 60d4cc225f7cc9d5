// What happens on a page, told as one person's journey.
import type { EventMap, Tracker } from './calls.ts';
import type { TrackerOptions } from './options.ts';
import { startTracker } from './tracker.ts';

export type { Consent, EventResult, Json, JsonObject, KnownIdentitytype } from '../protocol/index.ts';
export type { TransportError, TransportOptions } from '../transport/index.ts';
export type * from './calls.ts';
export type * from './options.ts';

/** Starts telling. Safe to call on a server, where it does nothing, and again, where it does not tell the page again. */
export function createTracker<Events extends { [Type in keyof Events]: object | undefined } = EventMap>(
  options: TrackerOptions,
): Tracker<Events> {
  return startTracker(options, {
    more: () => import('./more.ts'),
    debug: () => import('./debug.ts'),
    rescue: () => import('../transport/rescue.ts'),
  });
}
