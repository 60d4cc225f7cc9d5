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
  for (const { event, time } of proven) {
    const browser = previousIdentityOf(event);
    if (browser) since.set(browser, Math.min(time, since.get(browser) ?? time));
  }
  // The event that joined a browser may be too old to be among these; its link is not.
  const joining = links.filter(({ trust }) => trust !== 'provisional');
  const bridges = joining.filter(({ from, to }) => isBrowser(from) && isBrowser(to));
  for (const link of joining) {
    const browser = [link.from, link.to].find(isBrowser)?.value;
    if (browser && !bridges.includes(link) && !since.has(browser)) since.set(browser, Date.parse(link.at));
  }
  // A link between two browsers says who somebody is from when on the other one is known; a way may lead over several.
  for (const _ of bridges) {
    for (const { from, to, at } of bridges.flatMap((link) => [link, { ...link, from: link.to, to: link.from }])) {
      const known = since.get(from.value);
      if (known === undefined) continue;
      since.set(to.value, Math.min(since.get(to.value) ?? Number.POSITIVE_INFINITY, Math.max(known, Date.parse(at))));
    }
  }
  // After an identify event the tracker keeps the temporaryId on the wire.
  const later = items.filter(({ event, time }) => time >= (since.get(event.identity) ?? Number.POSITIVE_INFINITY));
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
