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
