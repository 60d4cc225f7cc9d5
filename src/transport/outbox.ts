// The events that the relay has not answered for yet, by id and in the order they were made; what the next batch carries;
// and what has to go when there are too many: measurements, then visits, oldest first, but never an identify event.

export interface Entry {
  readonly _id: string;
  /** The event as it goes on the wire, serialised once. */
  readonly _text: string;
  /** 0 identify, 1 visit, 2 measurement. */
  readonly _lane: number;
  /** The page's clock, in milliseconds, when the event was made. */
  readonly _madeAt: number;
  /** Not sent before this time. */
  _notBefore: number;
  /** Under way in a request: 1 in one that dies with the page, 2 in one that survives it. */
  _flight: 0 | 1 | 2;
  /** The chunk of the deep journal that holds a copy, or 0. */
  _chunk: number;
}

export type Outbox = Map<string, Entry>;

export function createEntry(id: string, text: string, lane: number, madeAt: number): Entry {
  return { _id: id, _text: text, _lane: lane, _madeAt: madeAt, _notBefore: 0, _flight: 0, _chunk: 0 };
}

/** The entries that pass `allow`, best first, as many as fit but at least one. */
export function pick(outbox: Outbox, maxLength: number, maxEvents: number, allow: (entry: Entry) => unknown): Entry[] {
  let length = 1;
  return [...outbox.values()]
    .filter(allow)
    .sort((one, other) => one._lane - other._lane)
    .filter((entry, index) => {
      length += entry._text.length + 1;
      return !index || (length <= maxLength && index < maxEvents);
    });
}

export function lengthOf(entries: Iterable<Entry>): number {
  let length = 0;
  for (const entry of entries) length += entry._text.length;
  return length;
}

/** What is over the limits. */
export function overflow(outbox: Outbox, maxEvents: number, maxLength: number): Entry[] {
  let events = outbox.size - maxEvents;
  let length = lengthOf(outbox.values()) - maxLength;
  if (events <= 0 && length <= 0) return [];
  return [...outbox.values()]
    .sort((one, other) => other._lane - one._lane)
    .filter((entry) => {
      if (!entry._lane || (events <= 0 && length <= 0)) return false;
      length -= entry._text.length;
      events--;
      return true;
    });
}
