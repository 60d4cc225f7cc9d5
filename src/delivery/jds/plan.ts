// What goes into the outbox for an event, and for a person who has just become known. The outbox holds sequences, not
// events: what is sent is read from the store when its turn comes, as it is then.
import type { NewDelivery, Store, StoredEvent } from '../../store/index.ts';
import { isLinking } from './jds-event.ts';
import type { Rules } from './rules.ts';
import { createOpenSegments, type Segment, segmentsOf, sessionOf } from './segments.ts';

/** What is in the outbox: an event, or with `session` the segment of visits that begins with it. */
export interface Payload {
  sequence: number;
  session?: string;
  /** When it was put there, milliseconds. */
  at: number;
}

/** Higher goes first. An agent who answers right after the login should see who it is, then what they just did. */
export const priorities = { linking: 30, newestSession: 20, olderSession: 10, rest: 0 } as const;

export interface PlanOptions {
  store: Pick<Store, 'history'>;
  rules: Rules;
  lane: string;
  now: () => number;
  /** Only the newest part of a journey went into the outbox, for it was too long. */
  onCut?: (personId: string) => void;
}

export interface Plan {
  /** Told of each event that links, also where it does not go, before those that come behind it. */
  linking(event: StoredEvent): void;
  /** For an event that goes. */
  forEvent(event: StoredEvent): Promise<NewDelivery[]>;
  /** For all that goes of a person: raised, the newest session first. What waits already or is done stays one delivery. */
  forPerson(workspace: string, personId: string): Promise<NewDelivery[]>;
}

const pageSize = 500;
/** Of one person. Further back nobody reads. */
const maxJourneyEvents = 2_000;
const maxSessionEvents = 5_000;

export function createPlan({ store, rules, lane, now, onCut = () => undefined }: PlanOptions): Plan {
  const open = createOpenSegments();
  const delivery = (
    { workspace, event }: StoredEvent,
    payload: Payload,
    priority: number,
    dueAt: number,
  ): NewDelivery => ({
    lane,
    workspace,
    key: payload.session === undefined ? `event:${payload.sequence}` : `pages:${payload.sequence}`,
    priority,
    dueAt,
    payload: JSON.stringify(payload),
    identity: event.identity,
  });
  const single = (event: StoredEvent, priority: number): NewDelivery =>
    delivery(event, { sequence: event.sequence, at: now() }, priority, now());
  const gathered = (session: string, { first, visits, overAt }: Segment, priority: number): NewDelivery[] => {
    const [event] = visits;
    return event ? [delivery(event, { sequence: first, session, at: now() }, priority, Math.max(now(), overAt))] : [];
  };

  async function forEvent(event: StoredEvent): Promise<NewDelivery[]> {
    const session = sessionOf(event);
    if (session === undefined || !rules.coalesces(event.event)) return [single(event, priorityOf(event))];
    const own = open.of(event, session) ?? (await readSegment(event, session));
    if (own) open.keep(event, session, own);
    return own ? gathered(session, own, priorityOf(event)) : [single(event, priorityOf(event))];
  }

  async function readSegment(event: StoredEvent, session: string): Promise<Segment | undefined> {
    const segments = segmentsOf(await readSession(store, event, session), rules);
    return segments.find(({ visits }) => visits.some(({ sequence }) => sequence === event.sequence));
  }

  async function forPerson(workspace: string, personId: string): Promise<NewDelivery[]> {
    const events = await readPerson(workspace, personId);
    const sessions = new Map<string, StoredEvent[]>();
    for (const event of events) {
      const session = sessionOf(event) ?? '';
      const members = sessions.get(session);
      if (members) members.push(event);
      else sessions.set(session, [event]);
    }
    // A session of which nothing goes is no newest session.
    const going = [...sessions].filter(([, members]) => members.some(({ event }) => rules.wants(event)));
    // Read newest first, so the newest session stands first.
    return going.flatMap(([session, members], index) => {
      const priority = index === 0 ? priorities.newestSession : priorities.olderSession;
      return forSession(session, members.toReversed(), priority);
    });
  }

  function forSession(session: string, events: readonly StoredEvent[], priority: number): NewDelivery[] {
    const apart = events.filter(({ event }) => rules.wants(event) && (session === '' || !rules.coalesces(event)));
    const together = session === '' ? [] : segmentsOf(events, rules);
    return [
      ...apart.map((event) => single(event, isLinking(event.event) ? priorities.linking : priority)),
      ...together.flatMap((segment) => gathered(session, segment, priority)),
    ];
  }

  async function readPerson(workspace: string, personId: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const oldest = now() - rules.holdMs;
    for (;;) {
      const last = events.at(-1);
      const page = await store.history({
        workspace,
        personId,
        limit: pageSize,
        ...(last && { before: { id: last.event.id, sequence: last.sequence } }),
      });
      events.push(...page.filter(({ correctedTime }) => correctedTime >= oldest));
      if (events.length > maxJourneyEvents) {
        onCut(personId);
        return events.slice(0, maxJourneyEvents);
      }
      if (page.length < pageSize || (page.at(-1)?.correctedTime ?? 0) < oldest) return events;
    }
  }

  return { forEvent, forPerson, linking: open.end };
}

function priorityOf({ event, trust }: StoredEvent): number {
  if (isLinking(event)) return priorities.linking;
  // The session in which somebody logged in goes on.
  return event.identitytype === 'temporaryId' && trust === 'verified' ? priorities.newestSession : priorities.rest;
}

/** All events of the session that the person has, the given one's included. */
export function readSession(
  store: Pick<Store, 'history'>,
  { workspace, personId }: StoredEvent,
  session: string,
): Promise<StoredEvent[]> {
  const value = { is: 'equal', value: session } as const;
  return store.history({
    workspace,
    personId,
    order: 'oldest-first',
    limit: maxSessionEvents,
    where: {
      any: [
        { in: 'data', field: 'taskId', ...value },
        { in: 'data', field: 'taskid', ...value },
      ],
    },
  });
}

/** What the outbox holds, read again. Throws where it is not ours. */
export function readPayload(text: string): Payload {
  const payload = JSON.parse(text) as Payload;
  if (!Number.isSafeInteger(payload.sequence)) throw new Error('expected a sequence in the payload of a delivery');
  return payload;
}
