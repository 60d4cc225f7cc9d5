// History of events (jds-contract 2.1), and publishing by trusted senders (1).
import { Problem, type ProblemCode, parseEvent, problems } from '../../protocol/index.ts';
import type { HistoryQuery } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import { type Call, type CallRequest, JsonText } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { readChoice, readCondition, readPage, readText } from '../query.ts';
import { listOf, ref } from '../schemas.ts';

export function eventCalls({ store, now }: JourneyContext): Call[] {
  return [
    {
      name: 'publishEvent',
      method: 'POST',
      path: '/publish/v1/api/event',
      workspaceIn: 'query',
      group: 'Events',
      summary: 'Takes one CloudEvent. An identity that nobody has makes a person; previousidentity joins two journeys.',
      scopes: allowed.publish,
      headers: { 'idempotency-key': 'The same key again is the same event, for events without time.' },
      body: { type: ['application/json', 'application/cloudevents+json'], schema: ref('NewEvent') },
      answer: { status: 202, schema: ref('Accepted') },
      run: publish,
    },
    {
      name: 'getEvents',
      method: 'GET',
      path: '/v1/api/events/workspace-id/:ws',
      group: 'Events',
      summary:
        'Events of the person who has the identity, or of the whole workspace; newest first. None at all is a 404.',
      scopes: allowed.readEvents,
      shortLived: 'read',
      query: {
        identity: 'Any alias: events of its whole person.',
        personId: 'The person by id, in place of identity.',
        filter: "RSQL over the event's attributes, such as type=='Payment'.",
        data: "RSQL over members of data, such as category=='Water'.",
        sortBy: 'An attribute. Default time.',
        sort: 'asc or desc. Default desc.',
        page: 'From 0.',
        pageSize: '1 to 1,000. Default 1,000.',
        limit: 'The same as pageSize.',
        before: 'Beyond Cisco: an event id; only older events, so that pages stay stable while events arrive.',
        organizationId: 'Not needed.',
      },
      answer: { schema: listOf(ref('CloudEvent')) },
      audited: true,
      run: readHistory,
    },
  ];

  async function readHistory(call: CallRequest): Promise<unknown> {
    const identity = readText(call.query, 'identity')?.trim();
    const personId = readText(call.query, 'personId');
    const asked = await readHistoryQuery(call, { identity, personId });
    const { count, personIds, trust, events } = await store.historyText(asked);
    const ofOne = identity !== undefined || personId !== undefined;
    if (ofOne) call.saw(...personIds);
    if (count === 0 && !(await hasEarlierPage(asked))) {
      // Flows branch on this 404 (jds-contract 2.1).
      throw new JourneyError(404, 'No events were found');
    }
    // Beyond Cisco: how sure each event is, in the order of the data; the events themselves stay as they were posted.
    const meta = { resultCount: count, ...(identity === undefined ? {} : { identity }), ...(ofOne ? { trust } : {}) };
    return { meta, data: new JsonText(events) };
  }

  async function readHistoryQuery(call: CallRequest, of: WhoseHistory): Promise<HistoryQuery> {
    const { workspace, query } = call;
    const { identity, personId } = of;
    await requireOwn(store, call, of);
    const sort = readChoice(query, 'sort', ['asc', 'desc']);
    const sortBy = readChoice(query, 'sortBy', ['time', 'identity', 'identitytype', 'type', 'source', 'id']);
    const where = readCondition(query);
    const before = readText(query, 'before');
    return {
      workspace: workspace.id,
      ...readPage(query),
      order: sort === 'asc' ? 'oldest-first' : 'newest-first',
      ...(sortBy === undefined || sortBy === 'time' ? {} : { sortBy }),
      ...(identity === undefined ? {} : { identity }),
      ...(personId === undefined ? {} : { personId }),
      ...(where === undefined ? {} : { where }),
      ...(before === undefined ? {} : { before: { id: before } }),
    };
  }

  /** A page past the end of a history that exists is empty, and not a 404. */
  async function hasEarlierPage({ before, ...asked }: HistoryQuery): Promise<boolean> {
    if (!asked.offset && before === undefined) return false;
    return (await store.history({ ...asked, offset: 0, limit: 1 })).length > 0;
  }

  async function publish({ workspace, body, request, reply }: CallRequest): Promise<unknown> {
    const event = readPublished(requireObject(body));
    const idempotencyKey = request.headers['idempotency-key'];
    const [result] = await store.append({
      workspace: workspace.id,
      sender: 'trusted',
      repeats: 'publish',
      receivedAt: now(),
      body: encodeEvents([event]),
      ...(typeof idempotencyKey === 'string' ? { idempotencyKey } : {}),
    });
    if (result?.result === 'retry') {
      reply.header('retry-after', String(Math.ceil((result.retryAfterMs ?? 1000) / 1000)));
      throw new JourneyError(503, problems[result.code ?? 'busy'].title);
    }
    if (result?.result === 'refused') throw new JourneyError(400, 'The event was refused', [refusal(result)]);
    return { data: { message: 'Accepted for processing' } };
  }
}

interface WhoseHistory {
  identity: string | undefined;
  personId: string | undefined;
}

const attributes = [
  'specversion',
  'id',
  'type',
  'source',
  'time',
  'identity',
  'identitytype',
  'previousidentity',
  'datacontenttype',
  'data',
];

/** The attributes of the contract; what else clients send along is ignored (jds-contract 1.1). Identities are trimmed (1.3). */
function readPublished(body: Record<string, unknown>): unknown {
  const event = Object.fromEntries(
    attributes.flatMap((name) => (name in body ? [[name, trim(name, body[name])]] : [])),
  );
  if (event['time'] === null) delete event['time'];
  try {
    return parseEvent(event);
  } catch (error) {
    if (error instanceof Problem) throw new JourneyError(400, 'The event is not valid', [error.detail]);
    throw error;
  }
}

function trim(name: string, value: unknown): unknown {
  return typeof value === 'string' && /identity$/.test(name) ? value.trim() : value;
}

export function encodeEvents(events: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const encoded = new TextEncoder().encode(JSON.stringify(events));
  // Of its own memory, because the store takes the buffer away.
  return new Uint8Array(encoded);
}

function refusal({ code, detail }: { code?: ProblemCode; detail?: string }): string {
  return [code, detail].filter(Boolean).join(': ');
}
