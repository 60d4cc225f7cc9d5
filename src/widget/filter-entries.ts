// What the agent chose to see: one channel or tag, and how far back (jds-contract 7.4).
import { isContact, objectIn, textIn } from './describe-event.ts';
import type { Entry } from './group-items.ts';
import type { FeedItem } from './journey-event.ts';
import { readTimeFrame, type TimeFrame } from './settings.ts';

const maxTags = 50;

/** Channels of contacts and the senders' `filterTags`, in lower case and in order; what the drop-down offers beside all. */
export function tagsIn(entries: readonly Entry[]): string[] {
  const tags = new Set(entries.flatMap(({ items }) => items.flatMap(tagsOf)));
  return [...tags].sort().slice(0, maxTags);
}

/** An entry is shown whole, also where only one of its events has the tag; an empty tag is all. */
export function filterEntries(entries: readonly Entry[], tag: string, frame: TimeFrame, now: number): Entry[] {
  const since = now - (readTimeFrame(frame)?.ms ?? Number.POSITIVE_INFINITY);
  const wanted = tag.toLowerCase();
  return entries.filter(({ items }) => {
    if (items[0].time < since) return false;
    return wanted === '' || items.some((item) => tagsOf(item).includes(wanted));
  });
}

function tagsOf({ event }: FeedItem): string[] {
  const tags = objectIn(event.data, 'uiData')?.['filterTags'];
  const own = (Array.isArray(tags) ? tags : [tags]).filter((tag) => typeof tag === 'string');
  const channel = isContact(event) ? textIn(event.data, 'channelType') : undefined;
  return [...own, ...(channel ? [channel] : [])].map((tag) => tag.trim().slice(0, 60).toLowerCase()).filter(Boolean);
}
