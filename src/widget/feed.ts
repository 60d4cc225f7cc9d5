// The feed as a value: items newest first, each once, whatever the order and the number of times in which they arrive.
// `ownsAlias` tells whether an identity already belongs to a person, with the spellings that the service takes as one.
import { lowerEmail, type Person, phoneDigits } from '../protocol/index.ts';
import type { FeedItem } from './journey-event.ts';

/** The union of both lists, newest first. What is known of how sure an item is stays, until a reading says otherwise. */
export function mergeItems(known: readonly FeedItem[], incoming: readonly FeedItem[]): FeedItem[] {
  const items = new Map<string, FeedItem>();
  for (const item of [...incoming, ...known]) {
    const later = items.get(item.key);
    if (!later) items.set(item.key, item);
    else if (!later.trust && item.trust) items.set(item.key, { ...later, trust: item.trust });
  }
  // What came later stands first among equal times: the sort is stable.
  return [...items.values()].sort((a, b) => b.time - a.time);
}

/** A live event comes without a word on how sure it is: as sure as the last one of the same visit or the same identity. */
export function withTrust(item: FeedItem, known: readonly FeedItem[]): FeedItem {
  const { identity, data } = item.event;
  const last = known.find(({ event, trust }) => trust && event.identity === identity);
  if (!last?.trust || item.trust) return item;
  const sameVisit = last.event.data['taskId'] === data['taskId'];
  return { ...item, trust: last.trust === 'verified' && !sameVisit ? 'recognised' : last.trust };
}

const spellings = new WeakMap<Person, ReadonlySet<string>>();

export function ownsAlias(person: Person | undefined, identity: string): boolean {
  if (!person) return false;
  // Once a person and not once an event: a long journey asks ten thousand times.
  const known = spellings.get(person) ?? new Set(person.aliases.map(spelling));
  spellings.set(person, known);
  return known.has(identity) || known.has(spelling(identity));
}

function spelling(identity: string): string {
  return phoneDigits(identity) ?? lowerEmail(identity) ?? identity;
}
