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

/** The known identity that a temporaryId is linked with; the first that was, for that is who it has been all along. */
export function knownIdentityOf(
  { event }: Pick<StoredEvent, 'event'>,
  links: readonly Link[],
  rewrite: NonNullable<JdsDestination['identity']>,
): KnownIdentity | undefined {
  if (rewrite === 'none' || event.identitytype !== 'temporaryId') return undefined;
  for (const { from, to, trust, removed } of links) {
    if (removed || trust === 'provisional' || (rewrite === 'verified' && trust !== 'verified')) continue;
    const other = isSame(from, event) ? to : isSame(to, event) ? from : undefined;
    if (other && other.identitytype !== 'temporaryId')
      return { identity: other.value, identitytype: other.identitytype };
  }
  return undefined;
}

function isSame(alias: Link['from'], event: CloudEvent): boolean {
  return alias.value === event.identity && alias.identitytype === 'temporaryId';
}
