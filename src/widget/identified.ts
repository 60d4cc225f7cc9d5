// Which events of a feed are those of somebody known, and which of a stranger. What an event says of itself does not
// count, since a page may say anything: only an identity that the service has joined to the person does.
import { type Person, previousIdentityOf } from '../protocol/index.ts';
import { ownsAlias } from './feed.ts';
import type { FeedItem } from './journey-event.ts';

/** Keys of the items made under a known identity, or by a browser after the event that identified it. */
export function identifiedItems(items: readonly FeedItem[], person: Person | undefined): ReadonlySet<string> {
  const proven = items.filter(({ event: { identity, identitytype } }) => {
    return identitytype !== 'temporaryId' && ownsAlias(person, identity);
  });
  const since = new Map<string, number>();
  for (const { event, time } of proven) {
    const browser = previousIdentityOf(event);
    if (browser) since.set(browser, Math.min(time, since.get(browser) ?? time));
  }
  // After an identify event the tracker keeps the temporaryId on the wire.
  const later = items.filter(({ event, time }) => time >= (since.get(event.identity) ?? Number.POSITIVE_INFINITY));
  return new Set([...proven, ...later].map(({ key }) => key));
}
