// An event that the relay has not answered for yet, as it is kept in memory and on disk, and the choice of what fits:
// identify events first, then visits, then measurements.
import { attempt, idOf, parseJson } from '../protocol/index.ts';

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
  // The id, which the text has too, is last: whatever is in it, the rest can be read (readEntries).
  return { _text, _lane, _madeAt, _notBefore: 0, _id };
}

/** Whether it may go in the next request. */
export function isDue(entry: Entry): boolean {
  return entry._notBefore <= Date.now();
}

export function putOff(entries: Entry[], delayMs: number): void {
  for (const entry of entries) entry._notBefore = Date.now() + delayMs;
}

/**
 * The events as a batch. An event that needs it starts with its `temporarysecret`;
 * only the first event of each run with the same secret keeps it.
 */
export function encodeBatch(entries: readonly Entry[]): string {
  let previous = '';
  const events = entries.map((entry) =>
    entry._text.replace(/^\{"temporarysecret":"[\w-]*",/, (secret) => {
      if (secret === previous) return '{';
      previous = secret;
      return secret;
    }),
  );
  return `[${events}]`;
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

/** With what the names of all journals start: the version of their format. */
export const format = 'waymark2.';

/**
 * The outbox as one record, a line each entry, with its members in the order of createEntry; empty where there are none.
 * What matters most is at the end, so that the beginning may be cut off: what is left of a line is not read.
 * Needs no JSON, which other scripts may have made unfit: the text of an event has neither tabs nor line breaks in it.
 */
export function encodeEntries(outbox: Outbox): string {
  return [...outbox.values()]
    .sort((one, other) => other._lane - one._lane)
    .map((entry) => Object.values(entry).join('\t'))
    .join('\n');
}

/** Calls `take` with each entry of a record, due at once, and when it was to be due; what cannot be read is left out. */
export function readEntries(record: string, take: (entry: Entry, notBefore: number) => void): void {
  // Version 1 was JSON, with the id of each event before it.
  const older = (): string[] => parseJson(record).map((members: unknown[]) => members.slice(1).join('\t'));
  for (const line of attempt(older) ?? record.split('\n'))
    attempt(() => {
      const [text, lane, madeAt, notBefore] = line.split('\t') as [string, string, string, string];
      take(createEntry(idOf(text), text, +lane, +madeAt), +notBefore);
    });
}
