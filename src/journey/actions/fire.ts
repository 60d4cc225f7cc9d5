// What an action that fires leaves in the store: a note for its history and cool-down, and a delivery for each trigger.
import type { ActionTrigger, Json } from '../../protocol/index.ts';
import {
  type NewDelivery,
  type NewNote,
  type StoredEvent,
  type WebhookPayload,
  webhookLane,
} from '../../store/index.ts';
import { firedKind } from '../profiles/view.ts';
import type { KeptAction } from './actions.ts';
import { fillIn, isJsonBody, type Lookup } from './placeholders.ts';

export interface Fire {
  action: KeptAction['action'];
  event: StoredEvent;
  result: string;
  /** Milliseconds. */
  at: number;
}

export function noteOf({ action, event, result, at }: Fire): NewNote {
  const { cooldownPeriodInMinutes, templateId } = action;
  return {
    workspace: event.workspace,
    kind: firedKind,
    subject: action.id,
    key: fireKey(action.id, event.sequence),
    sequence: event.sequence,
    at,
    body: {
      templateId,
      cooldownPeriodInMinutes,
      result,
      eventId: event.event.id,
      deliveries: action.actionTriggers.map((_trigger, index) => deliveryKey(action.id, event.sequence, index)),
    },
  };
}

export function deliveriesOf(fire: Fire): NewDelivery[] {
  const { action, event, at } = fire;
  return action.actionTriggers.map((trigger, index) => ({
    lane: webhookLane(event.workspace, trigger.webhookURL),
    workspace: event.workspace,
    key: deliveryKey(action.id, event.sequence, index),
    dueAt: at,
    payload: JSON.stringify(payloadOf(trigger, fire)),
    sequence: event.sequence,
  }));
}

/** One action and one causing event are one fire, whoever asks again. */
function fireKey(actionId: string, sequence: number): string {
  return `${actionId}.${sequence}`;
}

/** Also the webhook-id. */
function deliveryKey(actionId: string, sequence: number, index: number): string {
  return `${fireKey(actionId, sequence)}.${index}`;
}

function payloadOf({ webhookURL, attributes }: ActionTrigger, fire: Fire): WebhookPayload {
  const { httpverb, requestbody, authorizationScheme, authorization } = attributes;
  const credentials = [authorizationScheme, authorization].filter(Boolean).join(' ');
  return {
    url: webhookURL,
    verb: httpverb,
    sequence: fire.event.sequence,
    hops: hopsOf(fire.event) + 1,
    ...(httpverb === 'post' && requestbody !== undefined && bodyOf(requestbody, fire)),
    ...(credentials !== '' && { authorization: credentials }),
  };
}

function bodyOf(requestbody: string, fire: Fire): Pick<WebhookPayload, 'body' | 'contentType'> {
  const contentType = isJsonBody(requestbody) ? 'application/json' : 'text/plain; charset=utf-8';
  return { body: fillIn(requestbody, lookupIn(fire)), contentType };
}

function lookupIn({ action, event: { event, personId, workspace, ...stored }, result, at }: Fire): Lookup {
  const values: Record<string, Json> = {
    identity: event.identity,
    identitytype: event.identitytype,
    type: event.type,
    source: event.source,
    id: event.id,
    time: new Date(stored.correctedTime).toISOString(),
    result,
    personId,
    workspaceId: workspace,
    templateId: action.templateId,
    actionId: action.id,
    actionName: action.name,
    triggeredAt: new Date(at).toISOString(),
    hops: hopsOf({ event }) + 1,
  };
  return (name) => {
    if (Object.hasOwn(values, name)) return values[name];
    return name.startsWith('data.') ? memberOf(event.data, name.slice('data.'.length)) : undefined;
  };
}

/** A name with dots is tried as it is, then as a way into nested members, as in filters (decision 0051). */
function memberOf(data: Json | undefined, name: string): Json | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  if (Object.hasOwn(data, name)) return data[name];
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const head = name.slice(0, dot);
  return Object.hasOwn(data, head) ? memberOf(data[head], name.slice(dot + 1)) : undefined;
}

/** Events that a webhook's receiver publishes carry on the number that it was told: so a loop comes to an end. */
export function hopsOf({ event }: Pick<StoredEvent, 'event'>): number {
  const hops = event.data['waymarkHops'];
  return typeof hops === 'number' && Number.isInteger(hops) && hops > 0 ? hops : 0;
}
