// JSON Schemas of what the API takes and answers (jds-contract 0.4, 1.1, 3.1, 6). They stand in the OpenAPI document, and
// the tests hold every answer to them.
import { identitytypes } from '../protocol/index.ts';
import { actionComponents } from './actions/schemas.ts';
import { profileComponents } from './profiles/schemas.ts';
import { listOf, record, type Schema, text, texts, time } from './schema-parts.ts';

export { envelope, listOf, record, type Schema, text, texts } from './schema-parts.ts';

const name: Schema = { type: ['string', 'null'] };
const identitytype: Schema = { type: 'string', enum: [...identitytypes] };
const personId: Schema = { type: 'string', pattern: '^[0-9a-f]{24}$' };

type ComponentName =
  | 'Error'
  | 'CloudEvent'
  | 'NewEvent'
  | 'Accepted'
  | 'Person'
  | 'NewPerson'
  | 'Identities'
  | 'PersonsToMerge'
  | 'MergeIdentities'
  | 'JsonPatch'
  | 'Link'
  | 'EraseReceipt'
  | 'ImportResult'
  | 'Workspace'
  | 'NewWorkspace'
  | 'Organization'
  | 'Subscription'
  | 'TokenRequest'
  | 'Token'
  | 'CallCode'
  | 'AuditEntry'
  | 'Template'
  | 'NewTemplate'
  | 'View'
  | 'Action'
  | 'NewAction'
  | 'ActionFire'
  | 'WebhookDelivery'
  | 'WebhookEndpoint'
  | 'SigningSecrets';

export function ref(schema: ComponentName): Schema {
  return { $ref: `#/components/schemas/${schema}` };
}

const aliasLists = { phone: texts, email: texts, customerId: texts, temporaryId: texts, socialId: texts };
const aliasListNames = Object.keys(aliasLists);
const namedAlias = record({ value: text, identitytype });
const linkEnd = record({ at: time, cause: text });

const event = {
  specversion: { const: '1.0' },
  id: text,
  type: text,
  source: text,
  time,
  identity: text,
  identitytype,
  previousidentity: name,
  datacontenttype: { const: 'application/json' },
  data: { type: 'object' },
};

export const components: Record<ComponentName, Schema> = {
  Error: record({ trackingId: text, status: text, message: text, errors: texts, timestamp: time }),
  CloudEvent: record(event, { open: true }),
  NewEvent: record(event, { optional: ['time', 'previousidentity'], open: true }),
  Accepted: record({ message: text }),
  Person: record({
    id: personId,
    organizationId: text,
    workspaceId: text,
    firstName: name,
    lastName: name,
    ...aliasLists,
    aliases: texts,
    createdAt: time,
    createdBy: text,
    updatedAt: time,
    updatedBy: text,
  }),
  NewPerson: record(
    { firstName: name, lastName: name, ...aliasLists },
    { optional: ['firstName', 'lastName', ...aliasListNames], open: true },
  ),
  Identities: record(aliasLists, { optional: aliasListNames, open: true }),
  PersonsToMerge: record({ personIdsToMerge: { type: 'array', items: text, minItems: 1 } }),
  MergeIdentities: record(
    { override: { type: 'boolean' }, firstName: name, lastName: name, ...aliasLists },
    { optional: ['override', 'firstName', 'lastName', ...aliasListNames], open: true },
  ),
  JsonPatch: listOf(
    record(
      { op: { enum: ['add', 'replace', 'update', 'remove'] }, path: text, value: name },
      { optional: ['value'], open: true },
    ),
  ),
  Link: record(
    {
      id: { type: 'integer' },
      from: namedAlias,
      to: namedAlias,
      cause: text,
      trust: { enum: ['provisional', 'verified', 'agent', 'api'] },
      at: time,
      claimed: linkEnd,
      removed: linkEnd,
    },
    { optional: ['claimed', 'removed'] },
  ),
  EraseReceipt: record({
    at: time,
    events: { type: 'integer' },
    links: { type: 'integer' },
    aliases: texts,
    delivered: { type: 'object', additionalProperties: { type: 'integer' } },
  }),
  ImportResult: record({
    created: { type: 'integer' },
    updated: { type: 'integer' },
    failed: listOf(record({ row: { type: 'integer' }, error: text })),
  }),
  Workspace: record({ id: text, name: text, description: text, wxccSubscriptionIds: texts }),
  NewWorkspace: record({ name: text, description: text }, { open: true }),
  Organization: record({
    organizationId: text,
    name: text,
    isActive: { type: 'boolean' },
    workspaces: listOf({ $ref: '#/components/schemas/Workspace' }),
    enabledFeatureIds: texts,
    settings: record({
      general: record({ dataRetentionDays: { type: 'integer' } }),
      webex: record({ env: text }),
    }),
    createdAt: time,
    createdBy: text,
    updatedAt: time,
    updatedBy: text,
  }),
  Subscription: record(
    {
      id: text,
      name: text,
      description: text,
      eventTypes: texts,
      destinationUrl: text,
      createdTime: { type: 'integer' },
      status: { const: 'active' },
      lastUpdatedTime: { type: 'integer' },
      secret: text,
    },
    { optional: ['secret'] },
  ),
  TokenRequest: record(
    {
      use: { enum: ['read', 'stream'] },
      identity: text,
      name: text,
      expiresInSeconds: { type: 'integer', minimum: 1, maximum: 43_200 },
    },
    { optional: ['use', 'identity', 'name', 'expiresInSeconds'] },
  ),
  Token: record({ token: text, expiresAt: time }),
  CallCode: record(
    { code: text, identity: text, identitytype: { enum: identitytypes.filter((one) => one !== 'temporaryId') } },
    { optional: ['identity', 'identitytype'] },
  ),
  AuditEntry: record(
    { at: time, caller: text, call: text, persons: texts, trackingId: text, refused: { type: 'integer' } },
    { optional: ['refused'] },
  ),
  ...profileComponents,
  ...actionComponents,
};
