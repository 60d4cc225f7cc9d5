// One attribute of a profile over a person's events: window, rules, limit, aggregation, in that order (jds-contract 4.4).
// Exact and stateless: whatever was merged, came late or slid out of the window, the events of now decide.
import type { Json, TemplateAttribute } from '../../protocol/index.ts';
import type { Fact } from '../../store/index.ts';
import { compare, holds, type Rule } from './rule.ts';
import { type Comparable, comparable, formatResult } from './value.ts';

/** An attribute with its rules parsed. */
export interface CompiledAttribute {
  attribute: TemplateAttribute;
  rule: Rule | undefined;
  /** Length of the window in milliseconds. */
  lookBackMs: number;
}

/** An event, or of it what the attribute needs. */
export type TimedEvent = Pick<Fact, 'event' | 'correctedTime'>;

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
  return { attribute, rule, lookBackMs: attribute.lookBackPeriod * unitMs[attribute.lookBackDurationType] };
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

export function matches({ attribute, rule }: CompiledAttribute, timed: TimedEvent): boolean {
  const { event } = timed;
  if (event.type !== attribute.event) return false;
  if (!rule) return true;
  return holds(rule, (condition) => {
    if (condition.event !== event.type) return false;
    return compare(comparable(member(timed, condition.metaData), condition.dataType), condition);
  });
}

/** `time` is the event's own where its data has none: first and last seen need no member. */
function member({ event, correctedTime }: TimedEvent, name: string): Json | undefined {
  const value = Object.hasOwn(event.data, name) ? event.data[name] : undefined;
  return name === 'time' && (value === undefined || value === null) ? correctedTime : value;
}

function resultOf({ aggregationMode, metaData, metaDataType }: TemplateAttribute, used: readonly TimedEvent[]): string {
  if (aggregationMode === 'Count') return String(used.length);
  const values: Comparable[] = [];
  for (const timed of used) {
    const value = comparable(member(timed, metaData), metaDataType);
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
