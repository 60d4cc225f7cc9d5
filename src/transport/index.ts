// Delivers events from a page: every one, once, without the page noticing.
import { browserEnvironment } from './browser.ts';
import { startTransport, type Transport, type TransportOptions } from './transport.ts';

export type { Lane } from './outbox.ts';
export type { Transport, TransportError, TransportOptions } from './transport.ts';

/** Starts delivering. Safe to call anywhere: where there is no page it keeps events in memory and sends them if it can. */
export function createTransport(options: TransportOptions): Transport {
  return startTransport(options, browserEnvironment());
}
