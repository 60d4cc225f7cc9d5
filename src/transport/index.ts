// Delivers events from a page: every one, once, without the page noticing.
import type { Transport, TransportOptions } from './options.ts';
import { createCore } from './transport.ts';

export type { Lane, Transport, TransportError, TransportOptions } from './options.ts';
export const createTransport: (options: TransportOptions) => Transport = createCore;
