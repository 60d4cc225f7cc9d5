// The transport for who loads the most of it when it is needed.
export type { Lane, Transport, TransportError, TransportOptions } from './options.ts';
export { type LoadRescue, startTransport } from './starter.ts';
