// The receiver for webhooks of Webex Contact Center: calls, chats and e-mails appear in the journey without Cisco's feed.
// Register its URL and the subscription's secret there; every delivery is signed with it (HMAC-SHA256 over the body, in
// hexadecimal, header X-WebexCC-Signature). Deliveries may repeat and come in any order: each is kept once, by its id.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CloudEvent, isObject, maxLengths, Problem, parseEvent, problems } from '../../protocol/index.ts';
import type { Call, CallRequest } from '../call.ts';
import { type Customer, createTaskCustomers } from '../contact-center.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { ref } from '../schemas.ts';
import { encodeEvents } from './events.ts';
import { subscriptionsOf } from './subscriptions.ts';

const path = '/webhooks/wxcc/v1/workspace-id/:ws';

export function receiverPath(workspaceId: string): string {
  return path.replace(':ws', workspaceId);
}

export function webhookCalls({ store, now }: JourneyContext): Call[] {
  const customers = createTaskCustomers(store);
  return [
    {
      name: 'receiveContactCenterEvent',
      method: 'POST',
      path,
      group: 'Subscriptions',
      summary:
        'One webhook of Webex Contact Center (task:*, agent:*, empath:*). Events that name no customer are acknowledged and not kept.',
      scopes: 'signature',
      headers: { 'x-webexcc-signature': 'HMAC-SHA256 of the body with the subscription’s secret, in hexadecimal.' },
      body: { type: ['application/json', 'application/cloudevents+json'], schema: { type: 'object' } },
      answer: { status: 202, schema: ref('Accepted') },
      run: receive,
    },
  ];

  async function receive(call: CallRequest): Promise<unknown> {
    const { workspace, body, reply } = call;
    await requireSignature(call);
    const webhook = requireWebhook(body.value);
    const { type, data } = webhook;
    const customer = isContact(type) ? await customers.find(workspace.id, data) : undefined;
    if (!customer || customer.identity.length > maxLengths.identity)
      return { data: { message: 'Accepted; the event names no customer and is not kept' } };
    const [result] = await store.append({
      workspace: workspace.id,
      sender: 'trusted',
      repeats: 'collect',
      receivedAt: now(),
      body: encodeEvents([toEvent(webhook, customer)]),
    });
    if (result?.result === 'retry') {
      reply.header('retry-after', '1');
      throw new JourneyError(503, problems[result.code ?? 'busy'].title);
    }
    await customers.keep(workspace.id, data, customer);
    return { data: { message: 'Accepted for processing' } };
  }

  /** A workspace without subscription takes nothing, and looks like one with another secret. */
  async function requireSignature({ workspace, body, request }: CallRequest): Promise<void> {
    const signature = request.headers['x-webexcc-signature'];
    const given = Buffer.from(typeof signature === 'string' ? signature.trim().toLowerCase() : '');
    for (const { secret } of await subscriptionsOf(store, workspace.id)) {
      const right = Buffer.from(
        createHmac('sha256', secret)
          .update(body.bytes ?? '')
          .digest('hex'),
      );
      if (given.length === right.length && timingSafeEqual(given, right)) return;
    }
    throw new JourneyError(401, 'The signature of the body is missing or wrong');
  }

  /** Throws 400 for what is no event at all. */
  function toEvent(value: Webhook, customer: Customer): CloudEvent {
    try {
      return parseEvent({
        specversion: '1.0',
        id: value['id'],
        type: value['type'],
        source: value['source'] ?? 'wxcc',
        time: timeOf(value),
        ...customer,
        datacontenttype: 'application/json',
        data: value['data'],
      });
    } catch (error) {
      if (error instanceof Problem) throw new JourneyError(400, 'The webhook is not valid', [error.detail]);
      throw error;
    }
  }

  /** Webhooks have no `time`: version 2 has a stamp of its own, version 1 only the task's. */
  function timeOf({ time, comciscotimestamp, data }: Record<string, unknown>): unknown {
    if (time !== undefined) return time;
    const stamp = comciscotimestamp ?? (isObject(data) ? data['createdTime'] : undefined);
    const ms = typeof stamp === 'number' && stamp > 0 && stamp < 8.64e15 ? stamp : now();
    return new Date(ms).toISOString();
  }
}

interface Webhook extends Record<string, unknown> {
  type: string;
  data: Record<string, unknown>;
}

function requireWebhook(value: unknown): Webhook {
  if (isObject(value) && typeof value['type'] === 'string' && isObject(value['data'])) return value as Webhook;
  throw new JourneyError(400, 'body: expected a webhook with type and data');
}

function isContact(type: string): boolean {
  return /^(task|agent|empath|capture)[-:]/.test(type);
}
