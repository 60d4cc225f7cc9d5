// A look over the bytes of a JSON array before it is parsed, about one nanosecond a byte: where each event begins and
// ends, how deep it is and how many members it has. JSON.parse has no such limits, and half a million nested arrays keep
// it busy for 0.1 s (measured), so an event that is too deep is blanked out first.

export interface ShapeLimits {
  /** Bytes of one event as sent. Default 64 KiB, what CloudEvents asks every receiver to take. */
  maxEventBytes: number;
  /** Objects and arrays within each other, the event itself included. Default 32. */
  maxDepth: number;
  /** Members of all objects in an event, and elements of all its arrays. Default 1,000. */
  maxMembers: number;
}

/** An event's place in the bytes, `end` exclusive. */
export interface Span {
  start: number;
  end: number;
  /** What is beyond the limits, for the sender. */
  fault?: string;
  /** Too deep to be parsed at all. */
  unparsable?: true;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const open = new Set([0x5b, 0x7b]);
const close = new Set([0x5d, 0x7d]);
const kinds = new Uint8Array(256);
for (const byte of open) kinds[byte] = 1;
for (const byte of close) kinds[byte] = 2;
kinds[comma] = 3;
kinds[quote] = 4;

/** The elements of the array that the bytes hold. What it says of bytes that are not JSON does not matter: parsing them fails. */
export function scanArray(bytes: Uint8Array, limits: ShapeLimits): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const kind = kinds[bytes[at] as number];
    if (kind === 0) continue;
    if (kind === 4) at = endOfString(bytes, at + 1);
    else if (kind === 1) {
      depth++;
      if (depth === 1) start = at + 1;
      else if (depth > deepest) deepest = depth;
    } else {
      if (kind === 3) members++;
      if (depth === 1) {
        if (kind === 3 || !isBlank(bytes, start, at)) {
          spans.push(judge({ start, end: at }, { deepest: deepest - 1, members }, limits));
        }
        start = at + 1;
        deepest = 0;
        members = 0;
      }
      if (kind === 2) depth--;
    }
  }
  return spans;
}

/** Puts `null` in the place of an event, so that the array keeps its length. */
export function blankOut(bytes: Uint8Array, { start, end }: Span): void {
  bytes.fill(0x20, start, end);
  bytes.set([0x6e, 0x75, 0x6c, 0x6c], start);
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) return at;
    at += byte === backslash ? 2 : 1;
  }
  return at;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x20) return false;
  return true;
}

function judge(span: Span, seen: { deepest: number; members: number }, limits: ShapeLimits): Span {
  const length = span.end - span.start;
  if (seen.deepest > limits.maxDepth) {
    return { ...span, unparsable: true, fault: `expected at most ${limits.maxDepth} levels, got ${seen.deepest}` };
  }
  if (length > limits.maxEventBytes) {
    return { ...span, fault: `expected at most ${limits.maxEventBytes} bytes, got ${length}` };
  }
  if (seen.members > limits.maxMembers) {
    return { ...span, fault: `expected at most ${limits.maxMembers} members, got ${seen.members}` };
  }
  return span;
}
