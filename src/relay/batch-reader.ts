// From the bytes of a request to events that may be stored: gunzip by the first two bytes (never by a header, which
// would cost a preflight), limits of shape, JSON, each event checked by itself. One bad event never costs its neighbours.
import { isUtf8 } from 'node:buffer';
import { gunzip } from 'node:zlib';
import { isObject, Problem, parseEvent, type WireEvent } from '../protocol/index.ts';
import { blankOut, type ShapeLimits, scanArray } from './scan.ts';
import { isSuspicious, mendStrings, requirePlainAttributes, requirePlainNames } from './text.ts';

export interface BatchLimits extends ShapeLimits {
  /** Bytes of the body, also after decompression. Default 1 MiB. */
  maxBodyBytes: number;
  /** Events in one batch. Default 500. */
  maxEvents: number;
}

export const batchLimits: BatchLimits = {
  maxBodyBytes: 1024 * 1024,
  maxEvents: 500,
  maxEventBytes: 64 * 1024,
  maxDepth: 32,
  maxMembers: 1000,
};

export interface ReadBatch {
  /** The JSON array as UTF-8, in a buffer of its own that may be transferred to another thread. */
  body: Uint8Array<ArrayBuffer>;
  /** The event at each index, or what is wrong with it. */
  events: (WireEvent | Problem)[];
  /** The id at each index as far as one can be read. */
  ids: (string | null)[];
  /** What stands in the array, bad events too: their secrets count for the events after them. */
  values: unknown[];
  /** Whether events were mended, so that `body` has to be written anew from `values`. */
  mended: boolean;
}

/** Throws a Problem that concerns the whole request; problems of single events are in `events`. */
export async function readBatch(raw: Buffer, limits: BatchLimits = batchLimits): Promise<ReadBatch> {
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? await unzip(raw, limits) : raw;
  if (bytes.length > limits.maxBodyBytes) throw tooLarge(limits);
  const body = ownArray(bytes);
  const spans = scanArray(body, limits);
  if (body.length > bytes.length && spans.length > 1) throw new Problem('not-json', 'expected one event, or an array');
  if (spans.length > limits.maxEvents) {
    throw new Problem('too-many-events', `expected at most ${limits.maxEvents} events, got ${spans.length}`);
  }
  const ids: (string | null)[] = [];
  for (const span of spans) if (span.unparsable) blankOut(body, span);
  const text = body.toString('utf8');
  const values = parseArray(text);
  const suspicious = isSuspicious(text);
  // Bytes that are no UTF-8 became U+FFFD in the text; the store wants the same.
  let mended = !isUtf8(body);
  const events = values.map((value, index) => {
    ids[index] = idOf(value);
    const fault = spans[index]?.fault;
    if (fault) return new Problem('invalid-event', fault, `/${index}`);
    const event = readEvent(value, index, suspicious);
    if (suspicious && !(event instanceof Problem) && mendStrings(event)) mended = true;
    return event;
  });
  return { body, events, ids, values, mended };
}

function readEvent(value: unknown, index: number, suspicious: boolean): WireEvent | Problem {
  const path = `/${index}`;
  try {
    const event = parseEvent(value, path);
    requirePlainAttributes(event, path);
    if (suspicious) requirePlainNames(event, path);
    return event;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function idOf(value: unknown): string | null {
  return isObject(value) && typeof value['id'] === 'string' ? value['id'].slice(0, 200) : null;
}

function parseArray(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem('not-json', error instanceof Error ? error.message.slice(0, 200) : 'not JSON');
  }
  if (Array.isArray(value)) return value;
  throw new Problem('not-a-batch', 'expected a CloudEvent or an array of CloudEvents');
}

/**
 * A copy that shares no memory, because Node's small buffers live in one pool, which must not be transferred; a single
 * event becomes an array of one.
 */
function ownArray(bytes: Buffer): Buffer<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length && (bytes[start] as number) <= 0x20) start++;
  const single = bytes[start] === 0x7b;
  if (!single && bytes[start] !== 0x5b) throw noBatch(bytes);
  // Slow in name only: outside the pool, and not filled with zeros first.
  const own = Buffer.allocUnsafeSlow(bytes.length + (single ? 2 : 0)) as Buffer<ArrayBuffer>;
  own.set(bytes, single ? 1 : 0);
  if (single) {
    own[0] = 0x5b;
    own[own.length - 1] = 0x5d;
  }
  return own;
}

function noBatch(bytes: Buffer): Problem {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return new Problem(
      'not-a-batch',
      `expected a CloudEvent or an array of CloudEvents, got ${value === null ? 'null' : typeof value}`,
    );
  } catch (error) {
    return new Problem('not-json', error instanceof Error ? error.message.slice(0, 200) : 'not JSON');
  }
}

/** Stops at the limit: what a bomb would become is never made. */
function unzip(raw: Buffer, limits: BatchLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(raw, { maxOutputLength: limits.maxBodyBytes }, (error, bytes) => {
      if (!error) resolve(bytes);
      else if (error instanceof RangeError) reject(tooLarge(limits));
      else reject(new Problem('not-json', 'the body starts like gzip but is not'));
    });
  });
}

function tooLarge(limits: BatchLimits): Problem {
  return new Problem('body-too-large', `expected at most ${limits.maxBodyBytes} bytes after decompression`);
}
