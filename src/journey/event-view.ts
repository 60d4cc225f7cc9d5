// A stored event as the Journey Data Service shows it (jds-contract 2.1): as posted, all keys present.
import type { CloudEvent } from '../protocol/index.ts';
import type { StoredEvent } from '../store/index.ts';

export function viewEvent({ event, correctedTime }: StoredEvent): CloudEvent {
  return {
    ...event,
    // Readers order and group by `time`, so they get the one that is right; a page's wrong clock stays in the store.
    time: new Date(correctedTime).toISOString(),
    previousidentity: event.previousidentity ?? null,
  };
}
