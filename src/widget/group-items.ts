// Orders the feed for reading: days, newest first, and in each day one entry a session.
// Events with the same `data.taskId` are one entry, wherever they stand; an entry belongs to the day of its last event.
import type { CloudEvent, JsonObject } from '../protocol/index.ts';
import { isContact, objectIn, textIn } from './describe-event.ts';
import type { FeedItem } from './journey-event.ts';

/** What belongs together in one visit, call or chat; a single event without taskId stands alone. */
export interface Entry {
  key: string;
  /** Newest first, at least one. */
  items: [FeedItem, ...FeedItem[]];
  /** How long the visitor was engaged, by page, from measurements that are themselves hidden. */
  engaged: { page: string; ms: number }[];
}

export interface Day {
  /** Local date, `2026-11-22`. */
  key: string;
  /** A moment of that day, milliseconds. */
  time: number;
  /** Newest first by last event. */
  entries: Entry[];
}

/** What the page leaves out; default nothing. */
export interface EntryRules {
  /** Events of other divisions. */
  division?: string | undefined;
  /** Those of the contact centre itself. */
  hideContacts?: boolean | undefined;
  /** Others that do not say where they come from. */
  needOrigin?: boolean | undefined;
}

/** Items must come newest first. Hidden events and what the rules leave out are not among the entries (jds-contract 7.4). */
export function groupIntoEntries(items: readonly FeedItem[], rules: EntryRules = {}): Entry[] {
  const entries = new Map<string, Entry>();
  const engaged = new Map<string, Entry['engaged']>();
  for (const item of items) {
    const taskId = item.event.data['taskId'] ?? item.event.data['taskid'];
    const key = typeof taskId === 'string' && taskId !== '' ? `task ${taskId}` : item.key;
    const { engagedMs, url } = item.event.data;
    if (typeof engagedMs === 'number' && engagedMs > 0)
      engaged.set(key, [...(engaged.get(key) ?? []), { page: String(url ?? ''), ms: engagedMs }]);
    if (isHidden(item, rules) || isElsewhere(item, rules)) continue;
    const entry = entries.get(key);
    if (entry) entry.items.push(item);
    else entries.set(key, { key, items: [item], engaged: [] });
  }
  return [...entries.values()].map((entry) => ({ ...entry, engaged: engaged.get(entry.key) ?? [] }));
}

export function groupByDay(entries: readonly Entry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const { time } = entry.items[0];
    const key = localDate(time);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, time, entries: [entry] });
  }
  return days;
}

const ongoingMs = 60 * 60 * 1000;

/** A contact that has not ended and was heard of within the hour (jds-contract 7.4). */
export function isOngoing({ items }: Entry, now: number): boolean {
  const [latest] = items;
  if (!isContact(latest.event) || now - latest.time >= ongoingMs) return false;
  return typeof latest.event.data['taskId'] === 'string' && !items.some(({ event }) => event.type === 'task:ended');
}

/**
 * The event by which an entry is named and drawn: its last one. Those of a contact tell a little each, so what later ones
 * leave out is taken from earlier ones.
 */
export function summaryEvent({ items }: Entry): CloudEvent {
  const [{ event }] = items;
  if (!isContact(event)) return event;
  const data: JsonObject = {};
  for (const item of [...items].reverse()) {
    for (const [member, value] of Object.entries(item.event.data))
      if (value !== null && value !== '') data[member] = value;
  }
  return { ...event, data };
}

function isHidden({ event }: FeedItem, { hideContacts, needOrigin }: EntryRules): boolean {
  if (isContact(event) ? hideContacts : needOrigin && textIn(event.data, 'origin') === undefined) return true;
  return Boolean(objectIn(event.data, 'uiData')?.['hidden']);
}

/** An event without a division belongs to all: those of the contact centre never have one. */
function isElsewhere({ event }: FeedItem, { division }: EntryRules): boolean {
  const own = textIn(objectIn(event.data, 'uiData'), 'division');
  return division !== undefined && own !== undefined && own.toLowerCase() !== division.toLowerCase();
}

function localDate(time: number): string {
  const date = new Date(time);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
