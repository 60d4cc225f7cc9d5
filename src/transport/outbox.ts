// An event that the relay has not answered for yet, as it is kept in memory and on disk, and the choice of what fits:
// identify events first, then visits, then measurements.

export interface Entry {
  readonly _id: string;
  /** The event as it goes on the wire, serialised once. */
  readonly _text: string;
  /** 0 identify, 1 visit, 2 measurement. */
  readonly _lane: number;
  /** The page's clock, in milliseconds, when the event was made. */
  readonly _madeAt: number;
  /** Not sent before this time: it is under way in a request that survives the page, or the relay said so. */
  _notBefore: number;
}

/** By id, in the order they were made. */
export type Outbox = Map<string, Entry>;

export function createEntry(_id: string, _text: string, _lane: number, _madeAt: number): Entry {
  return { _id, _text, _lane, _madeAt, _notBefore: 0 };
}

/** Whether it may go in the next request. */
export function isDue(entry: Entry): boolean {
  return entry._notBefore <= Date.now();
}

export function putOff(entries: Entry[], delayMs: number): void {
  for (const entry of entries) entry._notBefore = Date.now() + delayMs;
}

export function textOf(entry: Entry): string {
  return entry._text;
}

/** As many as fit, but at least one; within a lane in the order given. */
export function pick(entries: Entry[], maxLength: number, maxEvents: number): Entry[] {
  let length = 1;
  return entries
    .sort((one, other) => one._lane - other._lane)
    .filter((entry, index) => {
      length += entry._text.length + 1;
      return !index || (length <= maxLength && index < maxEvents);
    });
}

/** The entries as one record: their members in the order of createEntry. Empty where there are none. */
export function encodeEntries(entries: Entry[]): string {
  return entries[0] ? JSON.stringify(entries.map(Object.values)) : '';
}

/** The entries in a record; none where it cannot be read. */
export function decodeEntries(record: string | null | undefined): Entry[] {
  const read = (): Entry[] =>
    JSON.parse(record as string).map((members: Parameters<typeof createEntry>) => createEntry(...members));
  return attempt(read) ?? [];
}

/** The value, or undefined where making it throws: storage and policies may refuse at any touch. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
