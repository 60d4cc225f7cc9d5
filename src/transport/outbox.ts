// An event that the relay has not answered for yet, as it is kept in memory and on disk, and the choice of what fits:
// identify events first, then visits, then measurements.

import { idOf, json } from '../protocol/index.ts';

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

export function createEntry(_id: string, _text: string, _lane: number, _madeAt: number, _notBefore = 0): Entry {
  return { _id, _text, _lane, _madeAt, _notBefore };
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

/** A journal's name; it has the version of the format. */
export function nameOf(key: string): string {
  return `waymark2.${key}.${Math.random()}`;
}

/** Of the site key, in a version that can be read. */
export function isJournal(name: string, key: string): boolean {
  return /^waymark[12]$/.test(name.slice(0, 8)) && name.startsWith(`.${key}.`, 8);
}

/**
 * The entries as one record, a line each, their members in the order of createEntry without the id, which the text has;
 * empty where there are none. Needs no JSON, which other scripts may have made unfit: the text of an event has neither
 * tabs nor line breaks in it.
 */
export function encodeEntries(entries: Entry[]): string {
  return entries.map((entry) => Object.values(entry).slice(1).join('\t')).join('\n');
}

/** The entries in a record; what cannot be read is left out. */
export function decodeEntries(record: string | null | undefined): Entry[] {
  // Version 1 was JSON, with the id of each event before it.
  const rows =
    attempt(() => (json.parse(record as string) as string[][]).map(([, ...members]) => members)) ??
    (record ?? '').split('\n').map((line) => line.split('\t'));
  return rows.flatMap(([text, lane, madeAt, notBefore]) => {
    const id = attempt(() => idOf(text as string));
    return id ? createEntry(id, text as string, Number(lane), Number(madeAt), Number(notBefore)) : [];
  });
}

/** The value, or undefined where making it throws: storage and policies may refuse at any touch. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
