// Journey actions (jds-contract 5), and beyond Cisco their history as a list, with each attempt to deliver.
import type { Workspace } from '../../access/index.ts';
import { attemptKind, type Note, webhookLanesOf } from '../../store/index.ts';
import { parseAction } from '../actions/action.ts';
import type { KeptAction } from '../actions/actions.ts';
import { errorOf } from '../actions/compile.ts';
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { listDocuments } from '../list-documents.ts';
import { describeRules } from '../profiles/rule-document.ts';
import type { CompiledTemplate } from '../profiles/templates.ts';
import { firedKind } from '../profiles/view.ts';
import { readPage } from '../query.ts';
import { listOf, ref } from '../schemas.ts';

const paging = { page: 'From 0.', pageSize: '1 to 1,000. Default 1,000.' };
const sorting = { sortBy: 'name, createdAt, updatedAt or id.', sort: 'asc or desc.', ...paging };
/** A fire and its attempts are read together: a page of history is shorter than other pages. */
const maxFires = 200;

export function actionCalls({ store, actions, templates, signing }: JourneyContext): Call[] {
  const base = '/admin/v1/api/journey-actions/workspace-id/:ws';
  const ofTemplate = `${base}/template-id/:template`;
  const one = `${ofTemplate}/action-id/:action`;
  const common = { group: 'Actions', scopes: allowed.readActions, answer: { schema: ref('Action') } } as const;
  const writing = { scopes: allowed.writeActions, audited: true } as const;
  const body = { type: 'application/json', schema: ref('NewAction') };
  return [
    {
      ...common,
      name: 'getActions',
      method: 'GET',
      path: base,
      summary: 'The actions of the workspace.',
      query: sorting,
      answer: { schema: listOf(ref('Action')) },
      run: async (call) => answerList(call, await actions.list(call.workspace.id)),
    },
    {
      ...common,
      name: 'getActionsOfTemplate',
      method: 'GET',
      path: ofTemplate,
      summary: 'The actions of a template.',
      query: sorting,
      answer: { schema: listOf(ref('Action')) },
      run: async (call) => {
        const { template } = await templateOf(call);
        return answerList(call, await actions.ofTemplate(call.workspace.id, template.id));
      },
    },
    {
      ...common,
      ...writing,
      name: 'createAction',
      method: 'POST',
      path: ofTemplate,
      summary:
        'Makes an action. It fires for events from now on, whenever its rule holds and it is not in its cool-down.',
      body,
      answer: { status: 201, schema: ref('Action') },
      run: async (call) => {
        const { template, attributes } = await templateOf(call);
        const action = parseAction(call.body.value, attributes);
        // Signed from the first call on.
        await signing.secrets(call.workspace.id);
        const made = await actions.create(call.workspace.id, template.id, action, call.caller.name);
        return { data: await present(made, call.workspace) };
      },
    },
    {
      ...common,
      name: 'getActionByName',
      method: 'GET',
      path: `${ofTemplate}/action-name/:action`,
      summary: 'One action, by name.',
      run: async (call) => ({ data: await present(await actionOf(call, 'name'), call.workspace) }),
    },
    {
      ...common,
      name: 'getAction',
      method: 'GET',
      path: one,
      summary: 'One action, by id.',
      run: async (call) => ({ data: await present(await actionOf(call), call.workspace) }),
    },
    {
      ...common,
      ...writing,
      name: 'replaceAction',
      method: 'PUT',
      path: one,
      summary: 'Replaces an action whole. The quiet time after it fired goes on.',
      body,
      answer: { status: 201, schema: ref('Action') },
      run: async (call) => {
        const { action } = await actionOf(call);
        const { attributes } = await templateOf(call);
        const replacement = parseAction(call.body.value, attributes);
        const replaced = await actions.replace(call.workspace.id, action.id, replacement, call.caller.name);
        return { data: await present(replaced, call.workspace) };
      },
    },
    {
      ...common,
      ...writing,
      name: 'deleteAction',
      method: 'DELETE',
      path: one,
      summary: 'Removes an action. What it has fired already is still delivered.',
      answer: { schema: ref('Action'), bare: true },
      run: async (call) => {
        const found = await actionOf(call);
        await actions.remove(call.workspace.id, found.action.id);
        return present(found, call.workspace);
      },
    },
    {
      ...common,
      name: 'getActionHistory',
      method: 'GET',
      path: `${one}/history`,
      summary: 'Beyond Cisco: when the action fired, newest first, and what became of each delivery.',
      query: paging,
      answer: { schema: listOf(ref('ActionFire')) },
      run: async (call) => ({ data: await history(call) }),
    },
  ];

  function templateOf({ workspace, params }: CallRequest): Promise<CompiledTemplate> {
    return templates.get(workspace.id, params['template'] ?? '');
  }

  async function actionOf(call: CallRequest, by: 'id' | 'name' = 'id'): Promise<KeptAction> {
    const { template } = await templateOf(call);
    const wanted = call.params['action'] ?? '';
    const found = (await actions.ofTemplate(call.workspace.id, template.id)).find(
      ({ action }) => action[by] === wanted,
    );
    if (!found) throw new JourneyError(404, 'The action was not found');
    return found;
  }

  async function history(call: CallRequest): Promise<unknown[]> {
    const { workspace, query } = call;
    const { action } = await actionOf(call);
    const { limit, offset } = readPage(query);
    const page = { limit: Math.min(limit, maxFires), offset };
    const fires = await store.notes(workspace.id, { kind: firedKind, subject: action.id, ...page });
    const keys = fires.flatMap(keysOf);
    const [deliveries, attempts] = await Promise.all([
      store.deliveries(workspace.id, { lane: webhookLanesOf(workspace.id), keys, limit: keys.length }),
      store.notes(workspace.id, { kind: attemptKind, subjects: keys, limit: 10_000 }),
    ]);
    return fires.map((fire) => ({
      actionId: action.id,
      triggeredAt: new Date(fire.at).toISOString(),
      doNotDisturbPeriod: String(fire.body['cooldownPeriodInMinutes'] ?? 0),
      result: String(fire.body['result'] ?? ''),
      eventId: String(fire.body['eventId'] ?? ''),
      deliveries: keysOf(fire).map((key) => {
        const delivery = deliveries.find((candidate) => candidate.key === key);
        const own = attempts.filter(({ subject }) => subject === key).reverse();
        return {
          webhookId: key,
          state: delivery?.state ?? 'forgotten',
          ...(delivery?.state === 'waiting' && { nextAttemptAt: new Date(delivery.dueAt).toISOString() }),
          ...(delivery?.lastError !== undefined && { lastError: delivery.lastError }),
          attempts: own.map(({ at, body }) => ({ at: new Date(at).toISOString(), ...body })),
        };
      }),
    }));
  }

  async function answerList({ workspace, query }: CallRequest, list: readonly KeptAction[]): Promise<unknown> {
    const shown = await Promise.all(list.map((one) => present(one, workspace)));
    return { data: listDocuments(shown, query, ['name', 'createdAt', 'updatedAt', 'id']) };
  }

  async function present(kept: KeptAction, { id, organizationId }: Workspace) {
    const { action } = kept;
    const template = (await templates.list(id)).find((one) => one.template.id === action.templateId);
    const error = errorOf(kept, template);
    const rules = describeRules(action.rules);
    return { ...action, rules, organizationId, workspaceId: id, ...(error !== undefined && { error }) };
  }
}

function keysOf({ body }: Note): string[] {
  return Array.isArray(body['deliveries']) ? body['deliveries'].map(String) : [];
}
