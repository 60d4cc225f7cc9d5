// From the bytes of a request to events that may be stored: gunzip by the first two bytes (never by a header, which
// would cost a preflight), JSON, an array, each event checked by itself. One bad event never costs its neighbours.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isObject, Problem, parseEvent, type WireEvent } from '../protocol/index.ts';

export interface BatchLimits {
  /** Bytes of the body, also after decompression. Default 1 MiB. */
  maxBodyBytes: number;
  /** Events in one batch. Default 500. */
  maxEvents: number;
}

export const batchLimits: BatchLimits = { maxBodyBytes: 1024 * 1024, maxEvents: 500 };

export interface ReadBatch {
  /** The JSON array as UTF-8, in a buffer of its own that may be transferred to another thread. */
  body: Uint8Array<ArrayBuffer>;
  /** The event at each index, or what is wrong with it. */
  events: (WireEvent | Problem)[];
  /** The id at each index as far as one can be read. */
  ids: (string | null)[];
}

const inflate = promisify(gunzip);

/** Throws a Problem that concerns the whole request; problems of single events are in `events`. */
export async function readBatch(raw: Buffer, limits: BatchLimits = batchLimits): Promise<ReadBatch> {
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? await unzip(raw, limits) : raw;
  if (bytes.length > limits.maxBodyBytes) throw tooLarge(limits);
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  const values = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) && !isObject(value)) {
    throw new Problem(
      'not-a-batch',
      `expected a CloudEvent or an array of CloudEvents, got ${value === null ? 'null' : typeof value}`,
    );
  }
  if (values.length > limits.maxEvents) {
    throw new Problem('too-many-events', `expected at most ${limits.maxEvents} events, got ${values.length}`);
  }
  return {
    body: ownBytes(Array.isArray(value) ? bytes : Buffer.from(`[${text}]`)),
    events: values.map(parseOne),
    ids: values.map((one) => (isObject(one) && typeof one['id'] === 'string' ? one['id'].slice(0, 200) : null)),
  };
}

function parseOne(value: unknown, index: number): WireEvent | Problem {
  try {
    return parseEvent(value, `/${index}`);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem('not-json', error instanceof Error ? error.message.slice(0, 200) : 'not JSON');
  }
}

async function unzip(raw: Buffer, limits: BatchLimits): Promise<Buffer> {
  try {
    return await inflate(raw, { maxOutputLength: limits.maxBodyBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limits);
    throw new Problem('not-json', 'the body starts like gzip but is not');
  }
}

function tooLarge(limits: BatchLimits): Problem {
  return new Problem('body-too-large', `expected at most ${limits.maxBodyBytes} bytes after decompression`);
}

/** A copy that shares no memory: Node's small buffers live in one pool, which must not be transferred. */
function ownBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own;
}
