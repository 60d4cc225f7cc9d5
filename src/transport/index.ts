// Delivers events from a page: every one, once, without the page noticing.
import type { Transport, TransportOptions } from './options.ts';
import type { Scope } from './scope.ts';
import { startTransport } from './transport.ts';

export type { Lane, Transport, TransportError, TransportOptions } from './options.ts';

/** Starts delivering. Where there is no page it keeps events in memory and sends them if it can. */
export function createTransport(options: TransportOptions): Transport {
  return startTransport(options, globalThis as unknown as Scope);
}
