// A CloudEvent as it crosses HTTP (CloudEvents 1.0.2 with the attributes of jds-contract 1.1).
// parseEvent is the one border: behind it an event has every required member, of the right type and a sane length.
import { type Identitytype, identitytypes, isIdentitytype } from './identity.ts';
import { Problem } from './problem.ts';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

export interface CloudEvent {
  specversion: '1.0';
  /** Unique within its source. The tracker makes a nanoid(21), once. */
  id: string;
  /** What happened: `webvisit`, `webvisitMortgage`, `webvisitLogin`, … */
  type: string;
  /** Where it happened: a URI reference such as `home.com:website`. */
  source: string;
  /** When it happened, RFC 3339. Set once in the page and never altered; absent only from trusted senders. */
  time?: string;
  /** Whose journey it belongs to: a temporaryId, an e-mail address, a phone number, … */
  identity: string;
  identitytype: Identitytype;
  /** On an identify event: the temporaryId whose journey the identity takes over. */
  previousidentity?: string | null;
  datacontenttype: 'application/json';
  data: JsonObject;
}

/** An event as a page sends it: with the attributes that belong to the transport and are never stored. */
export interface WireEvent extends CloudEvent {
  /** Proves that the sender holds the temporaryId; on the first event of each temporaryId in a batch. */
  temporarysecret?: string;
  /** The JWT by which the site's back end vouches for `identity`; on identify events. */
  identitytoken?: string;
  /** Milliseconds that the page added to its clock for `time`; absent while it had not learned them. */
  clockoffset?: number;
}

/** Longest accepted strings, in UTF-16 units. */
export const maxLengths = {
  id: 200,
  type: 200,
  source: 500,
  identity: 256,
  temporarysecret: 64,
  identitytoken: 8192,
} as const;

/**
 * Deepest accepted nesting of objects and lists, the event itself included. A text of JSON may nest deeper than the stack
 * of whoever writes it out again: one such event would make every history that holds it unreadable.
 */
export const maxDepth = 64;

/** Returns the value as an event, or throws a Problem `invalid-event` whose pointer starts with `path`. */
export function parseEvent(value: unknown, path = ''): WireEvent {
  if (!isObject(value)) throw new Problem('invalid-event', `expected an object, got ${describe(value)}`, path);
  if (value['specversion'] !== '1.0') fail(value, 'specversion', "'1.0'", path);
  requireText(value, 'id', maxLengths.id, path);
  requireText(value, 'type', maxLengths.type, path);
  requireText(value, 'source', maxLengths.source, path);
  if (/\s/.test(value['source'] as string)) fail(value, 'source', 'a URI reference without spaces', path);
  if (value['time'] !== undefined && !isTimestamp(value['time'])) fail(value, 'time', 'an RFC 3339 time', path);
  requireText(value, 'identity', maxLengths.identity, path);
  if (!isIdentitytype(value['identitytype'])) fail(value, 'identitytype', `one of ${identitytypes.join(', ')}`, path);
  if (value['previousidentity'] !== null) optionalText(value, 'previousidentity', maxLengths.identity, path);
  if (value['datacontenttype'] !== 'application/json') fail(value, 'datacontenttype', "'application/json'", path);
  if (!isObject(value['data'])) fail(value, 'data', 'an object', path);
  optionalText(value, 'temporarysecret', maxLengths.temporarysecret, path);
  optionalText(value, 'identitytoken', maxLengths.identitytoken, path);
  if (value['clockoffset'] !== undefined && !Number.isSafeInteger(value['clockoffset']))
    fail(value, 'clockoffset', 'a whole number of milliseconds', path);
  requireShallow(value, path);
  return value as unknown as WireEvent;
}

/** The previousidentity that an event really carries: null, empty and the word `none` mean nothing (jds-contract 1.3, 9.5). */
export function previousIdentityOf(event: CloudEvent): string | undefined {
  const previous = event.previousidentity?.trim();
  return previous && previous !== 'none' ? previous : undefined;
}

/** RFC 3339 with a zone, and a day that exists. */
export function isTimestamp(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value)) &&
    // Date.parse reads 30 February as 2 March; every month has 28 days.
    (value.slice(8, 10) <= '28' || new Date(value.slice(0, 10)).getUTCDate() === Number(value.slice(8, 10)))
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireText(event: Record<string, unknown>, member: string, maxLength: number, path: string): void {
  const value = event[member];
  if (typeof value !== 'string' || value.trim() === '') fail(event, member, 'a non-empty string', path);
  else if (value.length > maxLength) fail(event, member, `at most ${maxLength} characters`, path);
}

function optionalText(event: Record<string, unknown>, member: string, maxLength: number, path: string): void {
  const value = event[member];
  if (value === undefined) return;
  if (typeof value !== 'string') fail(event, member, 'a string', path);
  else if (value.length > maxLength) fail(event, member, `at most ${maxLength} characters`, path);
}

function requireShallow(event: Record<string, unknown>, path: string): void {
  // What JSON.parse makes has no inherited members, and this makes no lists of them for each event.
  for (const member in event) {
    if (!isShallow(event[member], maxDepth - 1)) fail(event, member, `at most ${maxDepth} levels`, path);
  }
}

/** Never goes deeper itself than it allows. */
function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  for (const member in value) if (!isShallow(value[member as keyof typeof value], levels - 1)) return false;
  return true;
}

function fail(event: Record<string, unknown>, member: string, expected: string, path: string): never {
  throw new Problem(
    'invalid-event',
    `${member}: expected ${expected}, got ${describe(event[member])}`,
    `${path}/${member}`,
  );
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  return typeof value === 'object' ? 'an object' : value === undefined ? 'nothing' : `${typeof value} ${String(value)}`;
}
