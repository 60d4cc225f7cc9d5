// Visits of a session that go as one event. A session is cut into segments in the order in which its events were stored:
// at a login, so that an agent sees at once what led there, and when the first visit is long enough ago. What is in a
// segment never changes once it is over, so nothing needs to be remembered to send each visit once.
import type { Json, JsonObject } from '../../protocol/index.ts';
import type { StoredEvent } from '../../store/index.ts';
import { isLinking } from './jds-event.ts';
import type { Rules } from './rules.ts';

export interface Segment {
  /** Sequence of its first visit, which names it. */
  first: number;
  visits: StoredEvent[];
  /** When no visit is added any more, milliseconds. */
  overAt: number;
}

/** The session that an event belongs to; both spellings occur (jds-contract 9.4). */
export function sessionOf({ event: { data } }: Pick<StoredEvent, 'event'>): string | undefined {
  const session = data['taskId'] ?? data['taskid'];
  return typeof session === 'string' && session !== '' ? session : undefined;
}

/** The segments of one session, of which all events are given, in any order. */
export function segmentsOf(events: readonly StoredEvent[], rules: Rules): Segment[] {
  const segments: Segment[] = [];
  let open: Segment | undefined;
  for (const event of [...events].sort((a, b) => a.sequence - b.sequence)) {
    if (isLinking(event.event)) {
      if (open) open.overAt = Math.min(open.overAt, event.receivedAt);
      open = undefined;
    } else if (rules.coalesces(event.event)) {
      if (!open || event.receivedAt >= open.overAt) {
        open = { first: event.sequence, visits: [], overAt: event.receivedAt + rules.gatherMs };
        segments.push(open);
      }
      open.visits.push(event);
    }
  }
  return segments;
}

/** Segments that may get more visits: what comes next in a session need not be read for with all that came before. */
export interface OpenSegments {
  /** The segment that the event belongs to, where that is known. */
  of(event: StoredEvent, session: string): Segment | undefined;
  keep(event: StoredEvent, session: string, segment: Segment): void;
  /** A login ends the segment of its session. */
  end(event: StoredEvent): void;
}

const maxOpen = 50_000;

export function createOpenSegments(): OpenSegments {
  const open = new Map<string, Segment>();
  const keyOf = ({ personId }: StoredEvent, session: string): string => `${personId} ${session}`;
  return {
    of(event, session) {
      const known = open.get(keyOf(event, session));
      return known && event.sequence >= known.first && event.receivedAt < known.overAt ? known : undefined;
    },
    keep(event, session, segment) {
      if (open.size >= maxOpen) open.clear();
      // Its first visit names it; the others are read when their turn comes.
      open.set(keyOf(event, session), { ...segment, visits: segment.visits.slice(0, 1) });
    },
    end(event) {
      const session = sessionOf(event);
      if (session !== undefined) open.delete(keyOf(event, session));
    },
  };
}

/** One event for the visits of a segment: the last of them, with the pages in order of time. */
export function gather(visits: readonly StoredEvent[]): StoredEvent | undefined {
  const inOrder = [...visits].sort((a, b) => a.correctedTime - b.correctedTime);
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (!first || !last || first === last) return last;
  const pages = inOrder.map(({ event }) => pageOf(event.type, event.time, event.data));
  return { ...last, event: { ...last.event, id: `${first.event.id}-pages`, data: { ...last.event.data, pages } } };
}

/** What tells one page from another, without what all of them share. */
function pageOf(type: string, time: string | undefined, data: JsonObject): Json {
  const told = ['url', 'title', 'origin', 'notes'].flatMap((name) => {
    const value = data[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { type, ...(time !== undefined && { time }), ...Object.fromEntries(told) };
}
