// How webhooks lie in the store between the one who fires them and the one who sends them: a lane for each address, what a
// delivery carries, and the documents beside them.
import { createHash } from 'node:crypto';
import type { WebhookVerb } from '../protocol/index.ts';

/** What all lanes of webhooks begin with. */
export const webhookLanes = 'webhooks:';

/** An address of one workspace, so that one that fails stalls no other. */
export function webhookLane(workspace: string, url: string): string {
  return `${webhookLanesOf(workspace)}${endpointId(url)}`;
}

export function webhookLanesOf(workspace: string): string {
  return `${webhookLanes}${workspace}:`;
}

/** 16 hexadecimal digits. Addresses may hold secrets, lanes are shown and logged. */
export function endpointId(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}

/** The payload of a delivery, as JSON. Its key is the webhook-id. */
export interface WebhookPayload {
  url: string;
  verb: WebhookVerb;
  /** With all placeholders filled in; absent for `get`. */
  body?: string;
  contentType?: string;
  authorization?: string;
  /** The event that caused it, by sequence. */
  sequence: number;
  /** How many actions lie between a customer's own doing and this call. */
  hops: number;
}

/** Notes of attempts: the subject is the delivery's key. */
export const attemptKind = 'webhook-attempt';

/** A document for each address that failed lately, by its id. */
export const endpointKind = 'webhook-endpoint';

export interface EndpointState {
  url: string;
  /** In a row. */
  failures: number;
  lastError: string;
  /** Milliseconds. */
  lastFailureAt: number;
  /** Nothing is sent before, milliseconds; absent where it is not paused. */
  pausedUntil?: number;
}

/** The document with a workspace's signing secrets: `{ secrets: SigningSecret[] }`, the one in use first. */
export const signingKind = 'webhook-signing';

export interface SigningSecret {
  /** `whsec_` and the key in base64, as Standard Webhooks writes it. */
  secret: string;
  /** Milliseconds; from then on it signs no more. Absent for the one in use. */
  until?: number;
}
