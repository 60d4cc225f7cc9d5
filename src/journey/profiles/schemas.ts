// JSON Schemas of templates and views (jds-contract 4.2, 4.6).
import { aggregationModes, lookBackDurationTypes, metaDataTypes } from '../../protocol/index.ts';
import { listOf, record, type Schema, text, texts, time } from '../schema-parts.ts';

const id: Schema = { type: 'string', pattern: '^[0-9a-f]{24}$' };

/** Rules as they are shown: the grammar's members and the parsed ones beside them. */
export const shownRules: Schema = {
  oneOf: [
    { type: 'null' },
    record({ type: { const: 'single' }, logic: { const: 'SINGLE' }, condition: text, value: text }, { open: true }),
    record(
      {
        type: { const: 'nested' },
        logic: { enum: ['AND', 'OR'] },
        args: { type: 'array', minItems: 1 },
        childrenRules: { type: 'array', minItems: 1, items: { type: 'object' } },
      },
      { open: true },
    ),
  ],
};

const attribute = record(
  {
    version: text,
    event: text,
    metaData: text,
    metaDataType: { enum: [...metaDataTypes] },
    limit: { type: 'integer', minimum: 0 },
    displayName: text,
    lookBackDurationType: { enum: [...lookBackDurationTypes] },
    lookBackPeriod: { type: 'integer', minimum: 1 },
    aggregationMode: { enum: [...aggregationModes] },
    verbose: { type: 'boolean' },
    widgetAttributes: record({ type: text, tag: text }, { optional: ['tag'] }),
    rules: shownRules,
  },
  { optional: ['widgetAttributes'] },
);

export const profileComponents: Record<'Template' | 'NewTemplate' | 'View', Schema> = {
  Template: record({
    id,
    organizationId: text,
    workspaceId: text,
    name: text,
    attributes: listOf(attribute),
    createdAt: time,
    createdBy: text,
    updatedAt: time,
    updatedBy: text,
  }),
  /** Older spellings and rules as text are taken too: what is wrong is answered with its path. */
  NewTemplate: record({ name: text, attributes: { type: 'array', minItems: 1 } }, { open: true }),
  View: record({
    workspaceId: text,
    organizationId: text,
    personId: id,
    templateId: id,
    searchFilter: text,
    attributes: listOf(
      record({
        queryTemplate: attribute,
        result: text,
        error: { type: ['string', 'null'] },
        journeyEvents: { oneOf: [{ type: 'null' }, texts] },
      }),
    ),
    systemMetdata: record({
      journeyActionTriggerHistories: listOf(record({ actionId: id, triggeredAt: time, doNotDisturbPeriod: text })),
    }),
    timestamp: time,
  }),
};
