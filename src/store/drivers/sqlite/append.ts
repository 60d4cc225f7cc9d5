// One batch into the file, inside the writer's transaction: for each event its key, its corrected time, the alias it may
// be stored under (claims.ts) and its links. Answers per event; a bad one never costs its neighbours.
import {
  type CloudEvent,
  correctTime,
  isIdentitytype,
  isObject,
  type Json,
  problems,
  type WireEvent,
} from '../../../protocol/index.ts';
import { hash64, shardOf } from '../../event-key.ts';
import type { AppendBatch, AppendResult, Finding } from '../../store.ts';
import type { Placement, Placer } from './claims.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';

export type BatchDetails = Omit<AppendBatch, 'body'>;

export interface Appender {
  /** Throws where the body is not a JSON array. */
  append(batch: BatchDetails, body: Uint8Array): AppendResult[];
  /** The highest sequence given so far. */
  sequence(): number;
  setSequence(sequence: number): void;
}

export interface AppenderParts {
  names: Names;
  workspaces: Names;
  placer: Placer;
  hashSeed: readonly [number, number];
  sequence: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function createAppender(db: Db, parts: AppenderParts): Appender {
  const { names, workspaces, placer, hashSeed } = parts;
  const insert = db.prepare(
    'INSERT INTO event (sequence, shard, workspace, time, hash, alias, corrected, received, type, source, grounds, body) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, time, shard, hash) DO NOTHING',
  );
  const exists = db.prepare('SELECT 1 FROM event WHERE workspace = ? AND time = ? AND shard = ? AND hash = ?');
  let sequence = parts.sequence;

  const keyOf = (batch: BatchDetails, event: WireEvent, index: number, body: string): bigint => {
    if (batch.repeats === 'collect') return hash64(hashSeed, batch.sender, event.source, event.id);
    if (event.time !== undefined) return hash64(hashSeed, 'publish', body);
    if (batch.idempotencyKey !== undefined) return hash64(hashSeed, 'key', batch.idempotencyKey, String(index));
    return hash64(hashSeed, 'unique', String(sequence + 1));
  };

  const take = (batch: BatchDetails, workspace: number, event: WireEvent, index: number): AppendResult => {
    const wireTime = parseTime(event.time);
    const { receivedAt, sent } = batch;
    const corrected = correctTime({ time: wireTime, clockoffset: event.clockoffset, sent, receivedAt });
    const place = placer.place(batch, workspace, event, index, corrected);
    if ('refused' in place) return { index, id: event.id, result: 'refused', ...place.refused };
    const body = encodeBody(underAlias(event, place.alias), receivedAt);
    const key = keyOf(batch, event, index, body);
    const shard = shardOf(event.identity);
    const isNew = typeof place.alias !== 'function' || exists.get(workspace, wireTime ?? 0, shard, key) === undefined;
    const unproven = batch.findings?.[index]?.unproven;
    if (!isNew) return withCode({ index, id: event.id, result: 'duplicate' }, place.code, unproven);
    const alias = typeof place.alias === 'function' ? place.alias() : place.alias;
    const { changes } = insert.run(
      sequence + 1,
      shard,
      workspace,
      wireTime ?? 0,
      key,
      alias.id,
      corrected,
      receivedAt,
      names.intern(event.type),
      names.intern(event.source),
      place.grounds,
      body,
    );
    if (changes === 0) return withCode({ index, id: event.id, result: 'duplicate' }, place.code, unproven);
    sequence += 1;
    const code = place.link?.() ?? place.code;
    return withCode({ index, id: event.id, result: 'ok', sequence }, code, unproven);
  };

  return {
    append(batch, body) {
      const events = parseBody(body);
      const workspace = workspaces.intern(batch.workspace);
      placer.startBatch();
      return events.map((event, index) => {
        const refused = batch.findings?.[index]?.refused ?? faultOf(event);
        if (refused) {
          placer.hearSecret(event);
          return { index, id: readableId(event), result: 'refused', ...refused };
        }
        return take(batch, workspace, event as unknown as WireEvent, index);
      });
    },
    sequence: () => sequence,
    setSequence: (value) => {
      sequence = value;
    },
  };
}

let lastTime: string | undefined;
let lastParsed: number | undefined;

/** Milliseconds. Asked twice for each event, and worked out once. */
function parseTime(time: string | undefined): number | undefined {
  if (time !== lastTime) {
    lastTime = time;
    lastParsed = time === undefined ? undefined : Date.parse(time);
  }
  return lastParsed;
}

function parseBody(body: Uint8Array): unknown[] {
  const events: unknown = JSON.parse(utf8.decode(body));
  if (!Array.isArray(events)) throw new TypeError('expected a JSON array of events');
  return events;
}

function readableId(event: unknown): string | null {
  return isObject(event) && typeof event['id'] === 'string' ? event['id'] : null;
}

/** `retry` for each event of a batch that was not taken: the page keeps them and sends again. */
export function putOff(body: Uint8Array, code: 'busy' | 'disk-low'): AppendResult[] {
  const why = { result: 'retry' as const, code, detail: problems[code].title, retryAfterMs };
  return parseBody(body).map((event, index) => ({ index, id: readableId(event), ...why }));
}

const retryAfterMs = 1_000;

/** As received, without what belongs to the transport; `time` filled, since readers show nothing without it. */
function encodeBody(event: WireEvent, receivedAt: number): string {
  const stored: { [member in keyof WireEvent]?: unknown } = event;
  // Set to undefined, which is left out, and not deleted: that would make the object slow to write.
  if (stored.temporarysecret !== undefined) stored.temporarysecret = undefined;
  if (stored.identitytoken !== undefined) stored.identitytoken = undefined;
  if (stored.clockoffset !== undefined) stored.clockoffset = undefined;
  if (event.time !== undefined) return JSON.stringify(stored);
  return JSON.stringify({ ...stored, time: new Date(receivedAt).toISOString() });
}

function withCode(result: AppendResult, code: Placement['code'], unproven?: string): AppendResult {
  if (code === undefined) return result;
  return code === 'identity-unproven' && unproven !== undefined
    ? { ...result, code, detail: unproven }
    : { ...result, code };
}

/** What is stored under a temporaryId although it claimed more says so itself, or its readers would believe the claim. */
function underAlias(event: WireEvent, alias: Placement['alias']): WireEvent {
  if (typeof alias === 'function' || alias.identitytype !== 'temporaryId' || event.identitytype === 'temporaryId')
    return event;
  const { previousidentity: _claimed, ...rest } = event;
  return { ...rest, identity: alias.value, identitytype: 'temporaryId' };
}

/** Nearly all names are plain; the long test is for the others. */
const plain = /^[ -~]*$/;
/** Half surrogates have no UTF-8 and would meet in one alias; NUL ends a text for other tools. */
const unfit = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** What would break a key or an alias. The relay has checked the rest (`parseEvent`). */
function faultOf(event: unknown): Finding['refused'] {
  const fault = (detail: string) => ({ code: 'invalid-event' as const, detail });
  if (!isObject(event) || !isObject(event['data'])) return fault('expected an event with data');
  for (const member of ['id', 'type', 'source', 'identity']) {
    if (typeof event[member] !== 'string' || event[member] === '') return fault(`${member}: expected a text`);
  }
  if (!isIdentitytype(event['identitytype'])) return fault('identitytype: expected one of the five');
  const { identity, previousidentity, time } = event as unknown as CloudEvent;
  if (isUnfit(identity) || isUnfit(previousidentity ?? ''))
    return fault('identity: expected text without NUL and half surrogates');
  if (time !== undefined && !Number.isFinite(parseTime(time))) return fault('time: expected an RFC 3339 time');
  if (isDeeper(event, maxDepth)) return fault(`data: expected at most ${maxDepth} levels`);
  return undefined;
}

/** SQLite reads JSON up to 1,000 levels: one event beyond would break every filter that comes across it. */
const maxDepth = 100;

function isDeeper(value: object, levels: number): boolean {
  if (levels < 0) return true;
  // What JSON.parse makes has no inherited members, and this makes no list of them for each event.
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value];
    if (typeof member === 'object' && member !== null && isDeeper(member, levels - 1)) return true;
  }
  return false;
}

function isUnfit(name: string): boolean {
  return !plain.test(name) && unfit.test(name);
}

/** The session that an event belongs to; both spellings occur (jds-contract 9.4). */
export function sessionOf(event: CloudEvent): string | undefined {
  const session: Json | undefined = event.data['taskId'] ?? event.data['taskid'];
  return typeof session === 'string' && session !== '' ? session : undefined;
}
