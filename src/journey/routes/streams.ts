// Live streams of a person's events (jds-contract 2.3), by GET, and by POST with the identity in the body, which keeps it
// out of URLs. Never 404 for an unknown identity: it may come. Beyond Cisco they resume after `Last-Event-ID`.
import { type Condition, fitsCondition, type StoredEvent } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { viewEvent } from '../event-view.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { readCondition, readText, readWhole } from '../query.ts';
import { record, text } from '../schemas.ts';

/** So many missed events are sent to a reader that comes back; one that missed more reads the history. */
const maxResumed = 1000;

export function streamCalls({ store, feed, streams }: JourneyContext): Call[] {
  const common = {
    group: 'Events',
    scopes: allowed.readEvents,
    shortLived: 'stream',
    query: {
      filter: 'RSQL as for the history.',
      data: 'RSQL as for the history.',
      bearerToken: 'The token, for browsers’ EventSource.',
      lastEventId: 'As the header, for clients that cannot set one.',
      organizationId: 'Not needed.',
    },
    headers: { 'last-event-id': 'Beyond Cisco: what came after this message is sent first.' },
    answer: { type: 'text/event-stream', schema: text, bare: true },
    audited: true,
  } as const satisfies Partial<Call>;
  return [
    {
      ...common,
      name: 'streamEvents',
      method: 'GET',
      path: '/v1/api/events/stream/workspace-id/:ws/identity/:identity',
      summary: 'New events of the person who has the identity, one bare event a message, as they are stored.',
      run: (call) => open(call, call.params['identity'] ?? '', call.query),
    },
    {
      ...common,
      name: 'streamEventsByBody',
      method: 'POST',
      path: '/v1/api/events/stream/workspace-id/:ws/identity',
      summary: 'The same, with the identity in the body, which keeps it out of logs.',
      body: {
        type: 'application/json',
        schema: record({ identity: text, filter: text, data: text }, { optional: ['filter', 'data'], open: true }),
      },
      run: (call) => {
        const body = requireObject(call.body);
        return open(call, readText(body, 'identity') ?? '', { ...(call.query as object), ...body });
      },
    },
  ];

  async function open(call: CallRequest, given: string, query: unknown): Promise<void> {
    const { workspace, caller, reply } = call;
    const identity = given.trim();
    if (identity === '') throw new JourneyError(400, 'identity: expected a value');
    const where = readCondition(query);
    const after = readPosition(call);
    await requireOwn(store, call, { identity });

    const begun = begin(where);
    const unsubscribe = feed.subscribe({ workspace: workspace.id, identity, onEvent: begun.take });
    try {
      const person = await store.personOf(workspace.id, identity);
      if (person) call.saw(person.id);
      const missed = after === undefined ? [] : await missedSince(workspace.id, identity, after, where);
      const { isValid, expiresAt } = caller;
      const options = { isValid, onClose: unsubscribe, ...(expiresAt === undefined ? {} : { expiresAt }) };
      begun.flow(streams.open(reply, options), missed);
    } catch (error) {
      unsubscribe();
      throw error;
    }
  }

  async function missedSince(workspace: string, identity: string, after: number, where: Condition | undefined) {
    const limit = maxResumed;
    const query = { workspace, identity, after, limit, ...(where === undefined ? {} : { where }) };
    return (await store.history(query)).sort((a, b) => a.sequence - b.sequence);
  }
}

/** Events that come before the stream is open wait; then they follow the missed ones, each once. */
function begin(where: Condition | undefined) {
  const early: StoredEvent[] = [];
  let send = (event: StoredEvent): void => void early.push(event);
  return {
    take(event: StoredEvent): void {
      if (!where || fitsCondition(where, event)) send(event);
    },
    flow(stream: { send(id: string, data: string): void }, missed: readonly StoredEvent[]): void {
      const sent = new Set(missed.map(({ sequence }) => sequence));
      send = (event) => stream.send(String(event.sequence), encode(event));
      missed.forEach(send);
      for (const event of early) if (!sent.has(event.sequence)) send(event);
    },
  };
}

/** One event goes to several streams as one text. */
const encoded = new WeakMap<StoredEvent, string>();

function encode(event: StoredEvent): string {
  const known = encoded.get(event) ?? JSON.stringify(viewEvent(event));
  encoded.set(event, known);
  return known;
}

function readPosition({ request, query }: CallRequest): number | undefined {
  const header = request.headers['last-event-id'];
  const given = { lastEventId: typeof header === 'string' ? header : readText(query, 'lastEventId') };
  const position = readWhole(given, 'lastEventId', { absent: -1, least: 0, most: Number.MAX_SAFE_INTEGER });
  return position < 0 ? undefined : position;
}
