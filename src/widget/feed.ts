// The feed as a value: items newest first, each once, whatever the order and the number of times in which they arrive.
// `ownsAlias` tells whether an identity already belongs to a person, with the spellings that the service takes as one.
import { lowerEmail, type Person, phoneDigits } from '../protocol/index.ts';
import type { FeedItem } from './journey-event.ts';

/** The union of both lists, newest first; of two items with one key the first known stays. */
export function mergeItems(known: readonly FeedItem[], incoming: readonly FeedItem[]): FeedItem[] {
  const keys = new Set(known.map((item) => item.key));
  const added: FeedItem[] = [];
  for (const item of incoming) {
    if (keys.has(item.key)) continue;
    keys.add(item.key);
    added.push(item);
  }
  // What came later stands first among equal times: the sort is stable.
  return [...added, ...known].sort((a, b) => b.time - a.time);
}

export function ownsAlias(person: Person | undefined, identity: string): boolean {
  const wanted = spelling(identity);
  return person?.aliases.some((alias) => spelling(alias) === wanted) ?? false;
}

function spelling(identity: string): string {
  return phoneDigits(identity) ?? lowerEmail(identity) ?? identity;
}
