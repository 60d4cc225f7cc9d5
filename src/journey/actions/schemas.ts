// JSON Schemas of actions, their history and what was delivered (jds-contract 5).
import { trustLevels, webhookVerbs } from '../../protocol/index.ts';
import { shownRules } from '../profiles/schemas.ts';
import { listOf, record, type Schema, text, texts, time } from '../schema-parts.ts';

const id: Schema = { type: 'string', pattern: '^[0-9a-f]{24}$' };
const count: Schema = { type: 'integer', minimum: 0 };
const state: Schema = { enum: ['waiting', 'done', 'buried'] };

const trigger = record({
  type: { const: 'Webhook' },
  webhookURL: text,
  attributes: record(
    { httpverb: { enum: [...webhookVerbs] }, requestbody: text, authorizationScheme: text, authorization: text },
    { optional: ['requestbody', 'authorizationScheme', 'authorization'] },
  ),
});

const attempt = record({ at: time, status: count, error: text, durationMs: count }, { optional: ['status', 'error'] });

type Name = 'Action' | 'NewAction' | 'ActionFire' | 'WebhookDelivery' | 'WebhookEndpoint' | 'SigningSecrets';

export const actionComponents: Record<Name, Schema> = {
  Action: record(
    {
      id,
      organizationId: text,
      workspaceId: text,
      templateId: id,
      name: text,
      rules: shownRules,
      cooldownPeriodInMinutes: count,
      isActive: { type: 'boolean' },
      actionTriggers: listOf(trigger),
      minTrust: { enum: [...trustLevels] },
      maxPerDay: count,
      error: text,
      createdAt: time,
      createdBy: text,
      updatedAt: time,
      updatedBy: text,
    },
    { optional: ['maxPerDay', 'error'] },
  ),
  NewAction: record({ name: text, rules: {} }, { open: true }),
  ActionFire: record({
    actionId: id,
    triggeredAt: time,
    doNotDisturbPeriod: text,
    result: text,
    eventId: text,
    deliveries: listOf(
      record(
        {
          webhookId: text,
          /** `forgotten`: done more than 30 days ago. */
          state: { enum: ['waiting', 'done', 'buried', 'forgotten'] },
          nextAttemptAt: time,
          lastError: text,
          attempts: listOf(attempt),
        },
        { optional: ['nextAttemptAt', 'lastError'] },
      ),
    ),
  }),
  WebhookDelivery: record(
    {
      id: count,
      webhookId: text,
      endpointId: text,
      state,
      attempts: count,
      nextAttemptAt: time,
      settledAt: time,
      lastError: text,
    },
    { optional: ['nextAttemptAt', 'settledAt', 'lastError'] },
  ),
  WebhookEndpoint: record(
    {
      id: text,
      url: text,
      state: { enum: ['active', 'failing', 'paused'] },
      failures: count,
      pausedUntil: time,
      lastError: text,
      waiting: count,
      buried: count,
    },
    { optional: ['pausedUntil', 'lastError'] },
  ),
  SigningSecrets: record({ secret: text, earlier: texts }),
};
