import {
  type Aggregate,
  aggregate,
  compileAttribute,
  type TimedEvent,
} from '../../../src/journey/profiles/aggregate.ts';
import { createFaults } from '../../../src/journey/profiles/fault.ts';
import { parseRules } from '../../../src/journey/profiles/rule.ts';
import type { JsonObject, TemplateAttribute } from '../../../src/protocol/index.ts';
import { anEvent } from '../../helpers.ts';

export const now = Date.parse('2026-11-22T12:00:00Z');

export function anAttribute(overrides: Partial<TemplateAttribute> = {}): TemplateAttribute {
  return {
    version: '0.1',
    event: 'webvisit',
    metaData: 'origin',
    metaDataType: 'string',
    limit: 100,
    displayName: 'Visits',
    lookBackDurationType: 'minutes',
    lookBackPeriod: 30,
    aggregationMode: 'Count',
    verbose: false,
    rules: null,
    ...overrides,
  };
}

/** An event so many milliseconds ago. */
export function ago(ms: number, data: JsonObject = {}, type = 'webvisit'): TimedEvent {
  return { event: anEvent({ type, data }), correctedTime: now - ms };
}

export function evaluate(attribute: TemplateAttribute, events: TimedEvent[], at: number = now): Aggregate {
  const faults = createFaults();
  const rule = parseRules(attribute.rules, 'rules', faults);
  faults.throwAny('template');
  return aggregate(
    compileAttribute(attribute, rule),
    [...events].sort((a, b) => b.correctedTime - a.correctedTime),
    at,
  );
}
