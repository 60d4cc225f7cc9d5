// What a user of the transport sees: options, errors and the handle.
import type { Consent, EventResult, WireEvent } from '../protocol/index.ts';

/**
 * What goes first when there is a choice. 0: identify and opt-in, sent at once and never given up. 1: visits, the default.
 * 2: measurements, the first to be given up.
 */
export type Lane = 0 | 1 | 2;

export interface TransportOptions {
  /** Where the relay takes events, for example `https://events.example.com/collect`, without a query. */
  endpoint: string;
  /** The site's public key, `pk_…`. */
  key: string;
  /** Told to the relay with each batch. Default `granted`. */
  consent?: Consent;
  /** Keeps events in memory alone and writes nothing to the device: what is not answered for ends with the page. Default false. */
  inMemory?: boolean;
  /** Wait before the first request of a page. Default 250. */
  firstFlushMs?: number;
  /** Longest wait of an event for company. Default 1,000. */
  flushMs?: number;
  /** As many waiting events go without further wait. Default 20. */
  flushEvents?: number;
  /** As many waiting bytes go without further wait. Default 48 KiB. */
  flushBytes?: number;
  /** Kept while they cannot be delivered. Default 10,000. */
  maxEvents?: number;
  /** Kept while they cannot be delivered. Default 5 MB, counted as the browser's stores do, in UTF-16 units. */
  maxBytes?: number;
  /** Kept while they cannot be delivered. Default 7 days. */
  maxAgeMs?: number;
  /** Called for each event that was given up, and for answers that a developer has to mend. */
  onError?: (error: TransportError) => void;
  /** Called for each event that the relay has, with its warning if it gave one. */
  onDelivered?: (result: EventResult) => void;
}

export interface TransportError {
  /** The relay's code (`source-not-allowed`, …), or `dropped` (too old, or too many waiting), `json` (it cannot be written as JSON), `http-401`, … */
  code: string;
  /** What the relay said, or how it failed; may be empty. */
  message: string;
  /** The event that was given up, if it is about one. */
  id?: string | undefined;
}

export interface Transport {
  /** Takes an event for delivery. */
  send(event: WireEvent, lane?: Lane): void;
  /** Sends what waits now, unless a wait is on because of failures. */
  flush(): void;
  /** Stops. What was not answered stays on disk for the next page. */
  close(): void;
  /** Stops, and removes everything that waits from memory and disk. */
  forget(): void;
  /** Events not yet answered for. */
  waiting(): number;
  /** What to add to the page's clock, once an answer has told. */
  clockOffsetMs(): number | undefined;
}
