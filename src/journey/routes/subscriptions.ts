// The subscription that turns the contact centre's own events on for a workspace (jds-contract 6.1). Here it also holds
// the secret with which Webex Contact Center signs what it sends to our receiver; it is shown once, when it is made.
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../protocol/index.ts';
import type { Store } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { listOf, ref, text } from '../schemas.ts';
import { receiverPath } from './webhooks.ts';

const kind = 'wxcc-subscription';

export interface Subscription {
  id: string;
  name: string;
  description: string;
  eventTypes: string[];
  destinationUrl: string;
  /** Seconds since 1970, as in the contract. */
  createdTime: number;
  status: 'active';
  lastUpdatedTime: number;
  secret: string;
}

export function subscriptionCalls({ store, now }: JourneyContext): Call[] {
  const path = '/admin/v1/api/wxcc-subscription/workspace-id/:ws';
  const common = { group: 'Subscriptions', path };
  const answer = { schema: listOf(ref('Subscription')) };
  return [
    {
      ...common,
      name: 'getSubscriptions',
      method: 'GET',
      summary: 'The subscription of the workspace, in an array; empty without one.',
      scopes: allowed.readWorkspaces,
      answer,
      run: async ({ workspace }) => ({
        data: (await subscriptionsOf(store, workspace.id)).map(({ secret: _hidden, ...shown }) => shown),
      }),
    },
    {
      ...common,
      name: 'createSubscription',
      method: 'POST',
      summary:
        'Takes the contact centre’s events for this workspace. Beyond Cisco: answers the URL and the secret to register at Webex Contact Center, the secret only now.',
      scopes: allowed.writeWorkspaces,
      answer: { status: 201, ...answer },
      audited: true,
      run: create,
    },
    {
      ...common,
      name: 'deleteSubscription',
      method: 'DELETE',
      summary: 'Takes no more events of the contact centre for this workspace.',
      scopes: allowed.writeWorkspaces,
      answer: { schema: text, bare: true },
      audited: true,
      run: async ({ workspace, reply }) => {
        const found = await subscriptionsOf(store, workspace.id);
        if (found.length === 0) throw new JourneyError(404, 'The workspace has no subscription');
        for (const { id } of found) await store.deleteDocument(workspace.id, kind, id);
        // A plain string, as the contract has it (0.4).
        reply.type('application/json');
        return JSON.stringify('The subscription was deleted');
      },
    },
  ];

  async function create({ workspace, request }: CallRequest): Promise<unknown> {
    if ((await subscriptionsOf(store, workspace.id)).length > 0) {
      throw new JourneyError(409, 'The workspace has a subscription already');
    }
    const seconds = Math.floor(now() / 1000);
    const subscription: Subscription = {
      id: randomBytes(12).toString('hex'),
      name: `Waymark ${workspace.name}`.slice(0, 64),
      description: 'Events of Webex Contact Center, for the journeys of its callers',
      eventTypes: ['task:*', 'agent:*'],
      destinationUrl: `${originOf(request)}${receiverPath(workspace.id)}`,
      createdTime: seconds,
      status: 'active',
      lastUpdatedTime: seconds,
      secret: randomBytes(32).toString('base64url'),
    };
    await store.putDocument(workspace.id, kind, { id: subscription.id, body: { ...subscription } });
    return { data: [subscription] };
  }
}

export async function subscriptionsOf(store: Pick<Store, 'documents'>, workspace: string): Promise<Subscription[]> {
  return (await store.documents(workspace, kind)).map(
    ({ body }: { body: JsonObject }) => body as unknown as Subscription,
  );
}

function originOf({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}
