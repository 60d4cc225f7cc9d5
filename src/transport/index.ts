// Delivers events from a page: every one, once, without the page noticing.
export type { Lane, Transport, TransportError, TransportOptions } from './options.ts';
export { createTransport } from './transport.ts';
