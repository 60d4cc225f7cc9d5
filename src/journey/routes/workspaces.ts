// Workspaces, which Control Hub calls projects (jds-contract 6.2). A key sees its own workspace and those it has made.
import type { Workspace } from '../../access/index.ts';
import { allowed } from '../authorize.ts';
import { type Body, requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readChoice, readPage, readText } from '../query.ts';
import { defaultRetentionDays } from '../retention.ts';
import { readNameFilter } from '../rsql.ts';
import { listOf, ref } from '../schemas.ts';
import { subscriptionsOf } from './subscriptions.ts';

const maxText = 500;

export function workspaceCalls({ workspaces, store, now }: JourneyContext): Call[] {
  const base = '/admin/v1/api/workspace';
  const common = { group: 'Workspaces', answer: { schema: ref('Workspace') } };
  const writing = { scopes: allowed.writeWorkspaces, audited: true };
  const body = { type: 'application/json', schema: ref('NewWorkspace') };
  return [
    {
      ...common,
      name: 'getWorkspaces',
      method: 'GET',
      path: base,
      workspaceIn: 'none',
      summary: 'The workspaces that the token reaches.',
      scopes: allowed.readWorkspaces,
      query: {
        filter: "workspaces.name=='Home Bank'.",
        sortBy: 'name or id.',
        sort: 'asc or desc.',
        page: 'From 0.',
        pageSize: '1 to 1,000. Default 1,000.',
      },
      answer: { schema: listOf(ref('Workspace')) },
      run: list,
    },
    {
      ...common,
      ...writing,
      name: 'createWorkspace',
      method: 'POST',
      path: base,
      workspaceIn: 'none',
      summary: 'Makes a workspace of its own, reached with the keys of the workspace that made it.',
      body,
      answer: { schema: ref('Organization') },
      run: async (call) => {
        await workspaces.create(call.workspace, readDetails(call.body));
        return { data: await viewOrganization(call) };
      },
    },
    {
      ...common,
      name: 'getWorkspace',
      method: 'GET',
      path: `${base}/workspace-id/:ws`,
      summary: 'One workspace.',
      scopes: allowed.readWorkspaces,
      run: async ({ workspace }) => ({ data: await view(workspace) }),
    },
    {
      ...common,
      ...writing,
      name: 'updateWorkspace',
      method: 'PUT',
      path: `${base}/workspace-id/:ws`,
      summary: 'Changes name and description.',
      body,
      run: async (call) => {
        await workspaces.change(call.workspace.id, readDetails(call.body));
        return { data: await view(call.workspace) };
      },
    },
    {
      ...common,
      ...writing,
      name: 'deleteWorkspace',
      method: 'DELETE',
      path: `${base}/workspace-id/:ws`,
      summary: 'Removes an empty workspace that was made through the API; any other is a 409.',
      run: async ({ workspace }) => {
        if (workspaces.ownerOf(workspace.id) === undefined) {
          throw new JourneyError(409, 'The workspace stands in the configuration of the server');
        }
        if ((await store.persons(workspace.id, { limit: 1, offset: 0 })).length > 0) {
          throw new JourneyError(409, 'The workspace has persons; erase them first');
        }
        const data = await view(workspace);
        await workspaces.remove(workspace.id);
        return { data };
      },
    },
  ];

  async function list({ workspace, query }: CallRequest): Promise<unknown> {
    const filter = readText(query, 'filter');
    const fits = filter === undefined ? () => true : readNameFilter(filter);
    const sortBy = readChoice(query, 'sortBy', ['name', 'id']);
    const direction = readChoice(query, 'sort', ['asc', 'desc']) === 'desc' ? -1 : 1;
    const { limit, offset } = readPage(query);
    const all = await Promise.all(workspaces.reachableFrom(workspace.id).map(view));
    const found = all.filter(({ name }) => fits(name));
    if (sortBy) found.sort((a, b) => direction * a[sortBy].localeCompare(b[sortBy]));
    return { data: found.slice(offset, offset + limit) };
  }

  async function view({ id }: Workspace) {
    const { name, description } = workspaces.details(id);
    const subscriptions = await subscriptionsOf(store, id);
    return { id, name, description, wxccSubscriptionIds: subscriptions.map((one) => one.id) };
  }

  async function viewOrganization({ workspace, caller }: CallRequest) {
    const at = new Date(now()).toISOString();
    return {
      organizationId: workspace.organizationId,
      name: workspace.name,
      isActive: true,
      workspaces: await Promise.all(workspaces.reachableFrom(workspace.id).map(view)),
      enabledFeatureIds: [],
      settings: {
        general: { dataRetentionDays: workspace.dataRetentionDays ?? defaultRetentionDays },
        webex: { env: 'embedded' },
      },
      createdAt: at,
      createdBy: caller.name,
      updatedAt: at,
      updatedBy: caller.name,
    };
  }
}

function readDetails(body: Body): { name: string; description: string } {
  const { name, description } = requireObject(body);
  return { name: readMember('name', name), description: readMember('description', description) };
}

function readMember(member: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= maxText) return value.trim();
  throw new JourneyError(400, `${member}: expected a text of 1 to ${maxText} characters`);
}
