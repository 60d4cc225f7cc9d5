// Beyond Cisco: what webhooks were sent, addresses that fail, replay, and the secrets that sign them.
import {
  type DeliveryRecord,
  type EndpointState,
  endpointId,
  endpointKind,
  type SigningSecret,
  webhookLanesOf,
} from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readChoice, readPage, readText } from '../query.ts';
import { listOf, record, ref } from '../schemas.ts';

const maxReplayed = 10_000;

export function deliveryCalls({ store, actions, signing }: JourneyContext): Call[] {
  const base = '/v1/api/webhooks/workspace-id/:ws';
  const common = { group: 'Webhooks', scopes: allowed.readActions } as const;
  const writing = { group: 'Webhooks', scopes: allowed.writeActions, audited: true } as const;
  return [
    {
      ...common,
      name: 'getWebhookDeliveries',
      method: 'GET',
      path: `${base}/deliveries`,
      summary: 'Webhooks that wait, are done or were given up, the latest first.',
      query: {
        state: 'waiting, done or buried.',
        endpointId: 'Of one address.',
        page: 'From 0.',
        pageSize: '1 to 1,000. Default 1,000.',
      },
      answer: { schema: listOf(ref('WebhookDelivery')) },
      run: async (call) => ({ data: (await deliveriesOf(call)).map(presentDelivery) }),
    },
    {
      ...writing,
      name: 'replayWebhooks',
      method: 'POST',
      path: `${base}/replay`,
      summary: 'Sends again what was given up: all, of one address, or by ids. The webhook-id stays the same.',
      body: {
        type: 'application/json',
        schema: record({ ids: listOf({ type: 'integer' }), endpointId: {} }, { optional: ['ids', 'endpointId'] }),
        optional: true,
      },
      answer: { schema: record({ replayed: { type: 'integer' } }) },
      run: async (call) => ({ data: { replayed: await replay(call) } }),
    },
    {
      ...common,
      name: 'getWebhookEndpoints',
      method: 'GET',
      path: `${base}/endpoints`,
      summary: 'The addresses of the workspace’s actions and those that failed lately, with what waits for them.',
      answer: { schema: listOf(ref('WebhookEndpoint')) },
      run: async ({ workspace }) => ({ data: await endpoints(workspace.id) }),
    },
    {
      ...writing,
      name: 'resumeWebhookEndpoint',
      method: 'POST',
      path: `${base}/endpoints/:endpoint/resume`,
      summary: 'Ends the pause of an address that failed.',
      answer: { schema: ref('WebhookEndpoint') },
      run: async ({ workspace, params }) => {
        const id = params['endpoint'] ?? '';
        const before = (await endpoints(workspace.id)).find((one) => one.id === id);
        if (!before) throw new JourneyError(404, 'The address was not found');
        await store.deleteDocument(workspace.id, endpointKind, id);
        const after = (await endpoints(workspace.id)).find((one) => one.id === id);
        return { data: after ?? { ...before, state: 'active', failures: 0, pausedUntil: undefined } };
      },
    },
    {
      ...common,
      scopes: allowed.writeActions,
      audited: true,
      name: 'getWebhookSecret',
      method: 'GET',
      path: `${base}/secret`,
      summary: 'The secret that signs webhooks as Standard Webhooks describes; made when it is first asked for.',
      answer: { schema: ref('SigningSecrets') },
      run: async ({ workspace }) => ({ data: presentSecrets(await signing.secrets(workspace.id)) }),
    },
    {
      ...writing,
      name: 'rotateWebhookSecret',
      method: 'POST',
      path: `${base}/secret/rotate`,
      summary: 'Makes a new secret. For 24 hours webhooks are signed with the one before too.',
      answer: { status: 201, schema: ref('SigningSecrets') },
      run: async ({ workspace }) => {
        const secrets = await signing.rotate(workspace.id);
        return { data: presentSecrets(secrets) };
      },
    },
  ];

  async function deliveriesOf({ workspace, query }: CallRequest): Promise<DeliveryRecord[]> {
    const state = readChoice(query, 'state', ['waiting', 'done', 'buried']);
    const lane = `${webhookLanesOf(workspace.id)}${readText(query, 'endpointId') ?? ''}`;
    return store.deliveries(workspace.id, { lane, ...readPage(query), ...(state && { state }) });
  }

  async function replay({ workspace, body }: CallRequest): Promise<number> {
    const { ids, endpointId: endpoint = '' } = body.value === undefined ? {} : requireObject(body);
    if (ids !== undefined && !(Array.isArray(ids) && ids.every(Number.isInteger))) {
      throw new JourneyError(400, 'ids: expected a list of ids of deliveries');
    }
    if (typeof endpoint !== 'string') throw new JourneyError(400, 'endpointId: expected a text');
    // Only what this workspace has: ids are counted through all of them.
    const lane = `${webhookLanesOf(workspace.id)}${endpoint}`;
    const buried = await store.deliveries(workspace.id, { lane, state: 'buried', limit: maxReplayed });
    const wanted = ids === undefined ? buried : buried.filter(({ id }) => ids.includes(id));
    let replayed = 0;
    for (const one of new Set(wanted.map((delivery) => delivery.lane))) {
      const own = wanted.filter((delivery) => delivery.lane === one).map(({ id }) => id);
      replayed += await store.replay(one, { ids: own });
    }
    return replayed;
  }

  async function endpoints(workspace: string) {
    const [documents, lanes, list] = await Promise.all([
      store.documents(workspace, endpointKind),
      store.lanes(webhookLanesOf(workspace)),
      actions.list(workspace),
    ]);
    const failing = new Map(documents.map(({ id, body }) => [id, body as unknown as EndpointState]));
    const urls = new Map([...failing].map(([id, { url }]) => [id, url]));
    for (const { action } of list) {
      for (const { webhookURL } of action.actionTriggers) urls.set(endpointId(webhookURL), webhookURL);
    }
    return [...urls].map(([id, url]) => {
      const state = failing.get(id);
      const lane = lanes.find((one) => one.lane === `${webhookLanesOf(workspace)}${id}`);
      const paused = state?.pausedUntil !== undefined;
      return {
        id,
        url,
        state: paused ? 'paused' : state ? 'failing' : 'active',
        failures: state?.failures ?? 0,
        ...(state?.pausedUntil !== undefined && { pausedUntil: new Date(state.pausedUntil).toISOString() }),
        ...(state && { lastError: state.lastError }),
        waiting: lane?.waiting ?? 0,
        buried: lane?.buried ?? 0,
      };
    });
  }
}

function presentSecrets([current, ...earlier]: readonly SigningSecret[]) {
  return { secret: current?.secret ?? '', earlier: earlier.map(({ secret }) => secret) };
}

function presentDelivery({ id, key, lane, state, attempts, dueAt, settledAt, lastError }: DeliveryRecord) {
  return {
    id,
    webhookId: key,
    endpointId: lane.split(':').at(-1),
    state,
    attempts,
    ...(state === 'waiting' && { nextAttemptAt: new Date(dueAt).toISOString() }),
    ...(settledAt !== undefined && { settledAt: new Date(settledAt).toISOString() }),
    ...(lastError !== undefined && { lastError }),
  };
}
