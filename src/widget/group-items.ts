// Orders the feed for reading: days, newest first, and in each day one entry a session.
// Events with the same `data.taskId` are one entry, wherever they stand; an entry belongs to the day of its last event.
import type { FeedItem } from './journey-event.ts';

/** What belongs together in one visit, call or chat; a single event without taskId stands alone. */
export interface Entry {
  key: string;
  /** Newest first, at least one. */
  items: [FeedItem, ...FeedItem[]];
}

export interface Day {
  /** Local date, `2026-11-22`. */
  key: string;
  /** A moment of that day, milliseconds. */
  time: number;
  /** Newest first by last event. */
  entries: Entry[];
}

/** Items must come newest first. Hidden events (`uiData.hidden`, jds-contract 7.4) are left out. */
export function groupIntoEntries(items: readonly FeedItem[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const item of items) {
    if (isHidden(item)) continue;
    const taskId = item.event.data['taskId'];
    const key = typeof taskId === 'string' && taskId !== '' ? `task ${taskId}` : item.key;
    const entry = entries.get(key);
    if (entry) entry.items.push(item);
    else entries.set(key, { key, items: [item] });
  }
  return [...entries.values()];
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

function isHidden({ event }: FeedItem): boolean {
  const uiData = event.data['uiData'];
  return typeof uiData === 'object' && uiData !== null && !Array.isArray(uiData) && Boolean(uiData['hidden']);
}

function localDate(time: number): string {
  const date = new Date(time);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
