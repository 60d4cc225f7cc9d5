// Which events of a feed are those of somebody known, and which of a stranger. What an event says of itself does not
// count, since a page may say anything: only an identity that the service has joined to the person does.
import { type Person, previousIdentityOf } from '../protocol/index.ts';
import { ownsAlias } from './feed.ts';
import type { PersonLink } from './jds-client.ts';
import type { FeedItem } from './journey-event.ts';

/** Keys of the items made under a known identity, or by a browser after the event that identified it. */
export function identifiedItems(
  items: readonly FeedItem[],
  person: Person | undefined,
  links: readonly PersonLink[] = [],
): ReadonlySet<string> {
  const proven = items.filter(({ event: { identity, identitytype } }) => {
    return identitytype !== 'temporaryId' && ownsAlias(person, identity);
  });
  const since = new Map<string, number>();
  const sinceOf = (browser: string): number => since.get(browser) ?? Infinity;
  for (const { event, time } of proven) {
    const browser = previousIdentityOf(event);
    if (browser) since.set(browser, Math.min(time, sinceOf(browser)));
  }
  // The event that joined a browser may be too old to be among these; its link is not.
  // A link between two browsers says who one of them is from when on the other one is known; a way may lead over several.
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to, at, trust } of links) {
      if (trust === 'provisional') continue;
      for (const [known, browser] of [
        [from, to],
        [to, from],
      ] as const) {
        const time = Math.max(Date.parse(at), isBrowser(known) ? sinceOf(known.value) : 0);
        if (!isBrowser(browser) || !(time < sinceOf(browser.value))) continue;
        since.set(browser.value, time);
        changed = true;
      }
    }
  }
  // After an identify event the tracker keeps the temporaryId on the wire.
  const later = items.filter(({ event, time }) => time >= sinceOf(event.identity));
  return new Set([...proven, ...later].map(({ key }) => key));
}

function isBrowser({ identitytype }: PersonLink['from']): boolean {
  return identitytype === 'temporaryId';
}

/** Where a stranger became somebody: the event that said so, by whose name, and the link that it made. */
export interface Moment {
  name: string;
  link: PersonLink | undefined;
}

/** By key of the item; only where the browser did something before, for else nobody was anonymous. */
export function identifiedMoments(
  items: readonly FeedItem[],
  person: Person | undefined,
  links: readonly PersonLink[],
): ReadonlyMap<string, Moment> {
  const moments = new Map<string, Moment>();
  const done = new Set<string>();
  const oldestOf = new Map(items.map(({ event, time }) => [event.identity, time]));
  for (const { key, time, event } of [...items].reverse()) {
    const browser = previousIdentityOf(event);
    if (!browser || done.has(browser) || event.identitytype === 'temporaryId') continue;
    if (!ownsAlias(person, event.identity) || !((oldestOf.get(browser) ?? time) < time)) continue;
    done.add(browser);
    const link = links.find(({ cause, trust }) => cause === `event:${event.id}` && trust !== 'provisional');
    moments.set(key, { name: event.identity, link });
  }
  return moments;
}
