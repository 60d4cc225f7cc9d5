// One attribute of a profile over a person's events: window, rules, limit, aggregation, in that order (jds-contract 4.4).
// Exact and stateless: whatever was merged, came late or slid out of the window, the events of now decide.
import type { Json, TemplateAttribute } from '../../protocol/index.ts';
import type { Fact } from '../../store/index.ts';
import { type Condition, compare, type Rule, testOf } from './rule.ts';
import { type Comparable, comparable, formatResult } from './value.ts';

/** An attribute with its rules parsed. */
export interface CompiledAttribute {
  attribute: TemplateAttribute;
  rule: Rule | undefined;
  /** Whether an event of the attribute's type counts. */
  fulfils: Test;
  /** Length of the window in milliseconds. */
  lookBackMs: number;
}

/** An event, or of it what the attribute needs. */
export type TimedEvent = Pick<Fact, 'event' | 'correctedTime'>;

type Test = (timed: TimedEvent) => boolean;

export interface Aggregate {
  result: string;
  error: string | null;
  /** The events that were used, newest first. */
  used: TimedEvent[];
  /** When the oldest used event slides out of the window, milliseconds; the result may change then. */
  changesAt: number | undefined;
}

const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

export function compileAttribute(attribute: TemplateAttribute, rule: Rule | undefined): CompiledAttribute {
  const lookBackMs = attribute.lookBackPeriod * unitMs[attribute.lookBackDurationType];
  const ofCondition = (condition: Condition): Test => ofEvents(condition, attribute.event);
  return { attribute, rule, lookBackMs, fulfils: rule ? testOf(rule, ofCondition) : () => true };
}

/**
 * `events`: newest first, at least those of the attribute's type in its window. `until`: what is later is not there yet;
 * default `now`.
 */
export function aggregate(
  compiled: CompiledAttribute,
  events: Iterable<TimedEvent>,
  now: number,
  until: number = now,
): Aggregate {
  const { attribute, lookBackMs } = compiled;
  const { limit } = attribute;
  // The window is open at its old end: an event leaves it exactly lookBackMs after it happened.
  const leftAt = now - lookBackMs;
  const used: TimedEvent[] = [];
  for (const timed of events) {
    if (timed.correctedTime <= leftAt || (limit > 0 && used.length >= limit)) break;
    if (timed.correctedTime <= until && matches(compiled, timed)) used.push(timed);
  }
  const oldest = used.at(-1);
  return {
    result: resultOf(attribute, used),
    error: null,
    used,
    changesAt: oldest && oldest.correctedTime + lookBackMs,
  };
}

export function matches({ attribute, fulfils }: CompiledAttribute, timed: TimedEvent): boolean {
  return timed.event.type === attribute.event && fulfils(timed);
}

/** Asks a condition of events of one type. */
function ofEvents({ event, metaData, dataType, ...comparison }: Condition, type: string): Test {
  if (event !== type) return () => false;
  const read = readerOf(metaData);
  return (timed) => compare(comparable(read(timed), dataType), comparison);
}

/** `time` is the event's own where its data has none: first and last seen need no member. */
function readerOf(name: string): (timed: TimedEvent) => Json | undefined {
  if (name === 'time') return ({ event, correctedTime }) => event.data['time'] ?? correctedTime;
  // Asked of thousands of events for one view, so only names that objects inherit are looked up with care.
  if (!(name in Object.prototype)) return ({ event }) => event.data[name];
  return ({ event }) => (Object.hasOwn(event.data, name) ? event.data[name] : undefined);
}

function resultOf({ aggregationMode, metaData, metaDataType }: TemplateAttribute, used: readonly TimedEvent[]): string {
  if (aggregationMode === 'Count') return String(used.length);
  const values: Comparable[] = [];
  const read = readerOf(metaData);
  for (const timed of used) {
    const value = comparable(read(timed), metaDataType);
    if (value !== undefined) values.push(value);
  }
  const write = (value: Comparable): string => formatResult(value, metaDataType);
  if (aggregationMode === 'Value') return values.map(write).join(',');
  // Twice, because different times may be written the same.
  if (aggregationMode === 'Distinct') return [...new Set([...new Set(values)].map(write))].join(',');
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return '';
  return formatResult(combine(aggregationMode, numbers), metaDataType === 'utc_datetime' ? 'utc_datetime' : 'double');
}

function combine(mode: 'Sum' | 'Max' | 'Min' | 'Average', numbers: readonly number[]): Comparable {
  if (mode === 'Max') return numbers.reduce((a, b) => Math.max(a, b));
  if (mode === 'Min') return numbers.reduce((a, b) => Math.min(a, b));
  const sum = numbers.reduce((a, b) => a + b);
  return mode === 'Sum' ? sum : sum / numbers.length;
}
