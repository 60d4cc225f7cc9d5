// The event as the Journey Data Service takes it (jds-contract 1.1): the contract's attributes and no others, under the
// identity that names the customer best.
import { type CloudEvent, type JsonObject, previousIdentityOf } from '../../protocol/index.ts';
import type { Link, StoredEvent } from '../../store/index.ts';
import type { JdsDestination } from './settings.ts';

/** Whether an event says that somebody unknown until then is a customer. Such a one opens and raises a whole journey. */
export function isLinking(event: CloudEvent): boolean {
  return event.identitytype !== 'temporaryId' && previousIdentityOf(event) !== undefined;
}

/** Source without spaces, `taskId` as the agents' desk reads it (jds-contract 9.4), our extension attributes left out. */
export function toJdsEvent({ event }: Pick<StoredEvent, 'event'>, known?: KnownIdentity): CloudEvent {
  const { id, type, source, time } = event;
  const { identity, identitytype } = known ?? event;
  const previousidentity = previousIdentityOf(event);
  return {
    id,
    specversion: '1.0',
    type,
    source: source.replaceAll(/\s/g, '%20'),
    ...(time !== undefined && { time }),
    identity,
    identitytype,
    ...(previousidentity !== undefined && previousidentity !== identity && { previousidentity }),
    datacontenttype: 'application/json',
    data: withTaskId(event.data),
  };
}

function withTaskId(data: JsonObject): JsonObject {
  const { taskid, ...rest } = data;
  return taskid === undefined ? data : { ...rest, taskId: rest['taskId'] ?? taskid };
}

export type KnownIdentity = Pick<CloudEvent, 'identity' | 'identitytype'>;

/**
 * The known identity that a temporaryId is linked with; the first that was, for that is who it has been all along. A link to
 * another browser of the same visitor leads to that one's.
 */
export function knownIdentityOf(
  { event }: Pick<StoredEvent, 'event'>,
  links: readonly Link[],
  rewrite: NonNullable<JdsDestination['identity']>,
): KnownIdentity | undefined {
  if (rewrite === 'none' || event.identitytype !== 'temporaryId') return undefined;
  const taken = links.filter(
    ({ trust, removed }) => !removed && trust !== 'provisional' && (rewrite === 'joined' || trust === 'verified'),
  );
  const browsers = new Set([event.identity]);
  for (const browser of browsers) {
    for (const { from, to } of taken) {
      const other = isBrowser(from, browser) ? to : isBrowser(to, browser) ? from : undefined;
      if (other?.identitytype === 'temporaryId') browsers.add(other.value);
      else if (other) return { identity: other.value, identitytype: other.identitytype };
    }
  }
  return undefined;
}

function isBrowser({ value, identitytype }: Link['from'], temporaryId: string): boolean {
  return value === temporaryId && identitytype === 'temporaryId';
}
