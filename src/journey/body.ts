// Bodies of requests, judged before anything walks them: JSON of a sane shape under any of the content types that clients
// send, an empty body under any of them (GET and DELETE come so), and CSV for the import.
import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isObject } from '../protocol/index.ts';
import { JourneyError } from './jds-error.ts';

export interface Body {
  /** The parsed JSON, or the text of a CSV; absent where the body was empty. */
  value?: unknown;
  /** As received, for signatures. */
  bytes?: Buffer;
}

/** The rest of a body that is too large may take so long. */
const lingerMs = 2_000;

export const bodyLimits: { maxBytes: number; maxDepth: number; maxMembers: number } = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxMembers: 20_000,
};

const jsonTypes = ['application/json', 'application/json-patch+json', 'application/cloudevents+json'];

export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const bodyLimit = bodyLimits.maxBytes;
  app.addContentTypeParser(
    jsonTypes,
    { parseAs: 'buffer', bodyLimit },
    async (_request: FastifyRequest, bytes: Buffer) => readJson(bytes),
  );
  app.addContentTypeParser(
    'text/csv',
    { parseAs: 'string', bodyLimit },
    async (_request: FastifyRequest, value: string) => ({
      value,
    }),
  );
  // The rest of a body that is too large is read and forgotten. A connection that is closed before is reset by the system, and the
  // answer is lost with it.
  app.addHook('onSend', async ({ raw }, { statusCode }) => {
    if (statusCode !== 413 || raw.complete) return;
    await finished(raw.resume(), { signal: AbortSignal.timeout(lingerMs) }).catch(() => {});
  });
}

/** Throws 400 for what is not JSON, too deep, too large or named like a prototype. */
export function readJson(bytes: Buffer): Body {
  if (bytes.length === 0) return { bytes };
  const text = bytes.toString('utf8');
  if (isDeeper(text, bodyLimits.maxDepth)) {
    throw new JourneyError(400, `body: expected JSON of at most ${bodyLimits.maxDepth} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined;
    throw new JourneyError(400, `body: not JSON${at ? `, fault ${at}` : ''}`);
  }
  requirePlain(value);
  return { value, bytes };
}

export function requireObject({ value }: Body): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new JourneyError(
    400,
    value === undefined ? 'body: expected JSON, got nothing' : 'body: expected a JSON object',
  );
}

/** Counts brackets outside of texts, because parsing a deep body and writing it again would exhaust the stack. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

const unsafeNames = new Set(['__proto__', 'constructor', 'prototype']);

function requirePlain(root: unknown): void {
  const open: unknown[] = [root];
  let members = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      members += 1;
      if (unsafeNames.has(name)) throw new JourneyError(400, `body: a member is named ${name}, which is not allowed`);
      if (members > bodyLimits.maxMembers) {
        throw new JourneyError(400, `body: expected at most ${bodyLimits.maxMembers} members`);
      }
      if (typeof inner === 'object') open.push(inner);
    }
  }
}
