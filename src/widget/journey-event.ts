// An event as the Journey Data Service serves it, read with tolerance: one odd event must never cost the agent the rest.
// Old events may carry `dataContentType` and their data as JSON text (jds-contract 2.1).
import { type CloudEvent, isIdentitytype, isObject, type JsonObject } from '../protocol/index.ts';

/** How sure it is that the person did it, by Waymark's word: the visit of the proof, a later visit of the device, or neither. */
export type Trust = 'verified' | 'recognised' | 'anonymous';

/** An event of the feed with what the view sorts and compares by. */
export interface FeedItem {
  /** Names the event in the feed: source, id and time, since some senders use one id for several events (jds-contract 1.1). */
  key: string;
  /** Milliseconds. */
  time: number;
  event: CloudEvent;
  /** Undefined where the service does not tell. */
  trust: Trust | undefined;
}

/** The item for a served event, or undefined where it lacks what the feed cannot do without: type, identity and time. */
export function readFeedItem(value: unknown, trust?: Trust): FeedItem | undefined {
  if (!isObject(value)) return undefined;
  const { type, identity, identitytype } = value;
  const time = typeof value['time'] === 'string' ? Date.parse(value['time']) : Number.NaN;
  if (typeof type !== 'string' || typeof identity !== 'string' || Number.isNaN(time)) return undefined;
  const event: CloudEvent = {
    specversion: '1.0',
    id: text(value['id']),
    type,
    source: text(value['source']),
    time: text(value['time']),
    identity,
    identitytype: isIdentitytype(identitytype) ? identitytype : 'customerId',
    previousidentity: typeof value['previousidentity'] === 'string' ? value['previousidentity'] : null,
    datacontenttype: 'application/json',
    data: readData(value['data']),
  };
  return { key: JSON.stringify([event.source, event.id, time]), time, event, trust };
}

export function readTrust(value: unknown): Trust | undefined {
  return value === 'verified' || value === 'recognised' || value === 'anonymous' ? value : undefined;
}

function readData(value: unknown): JsonObject {
  if (typeof value !== 'string') return isObject(value) ? (value as JsonObject) : {};
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? (parsed as JsonObject) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
