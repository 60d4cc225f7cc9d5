// What attributes need of a person's events: one query for all of them, as small as will do.
import type { FactsQuery, WantedFacts } from '../../store/index.ts';
import type { CompiledAttribute } from './aggregate.ts';
import type { Condition, Rule } from './rule.ts';

export interface Need {
  attributes: readonly CompiledAttribute[];
  /** The earliest end of a window, milliseconds. */
  from: number;
  /** So many of the newest events may be too new for some end of a window. */
  spare?: number;
}

export function wantedFacts({ attributes, from, spare = 0 }: Need): FactsQuery['wanted'] {
  const byType = new Map<string, WantedFacts>();
  for (const compiled of attributes) {
    const { attribute, lookBackMs } = compiled;
    const known = byType.get(attribute.event);
    const own: WantedFacts = { type: attribute.event, after: from - lookBackMs, members: membersOf(compiled) };
    // Rules decide which events count, so the newest events are enough only where there are none.
    if (attribute.limit > 0 && !compiled.rule) own.limit = attribute.limit + spare;
    byType.set(attribute.event, known ? both(known, own) : own);
  }
  return [...byType.values()];
}

function both(a: WantedFacts, b: WantedFacts): WantedFacts {
  const whole = a.members === 'event' || b.members === 'event';
  return {
    type: a.type,
    after: Math.min(a.after, b.after),
    members: whole ? 'event' : [...new Set([...a.members, ...b.members])],
    ...(a.limit !== undefined && b.limit !== undefined && { limit: Math.max(a.limit, b.limit) }),
  };
}

/** A count without rules needs no member at all. */
function membersOf({ attribute, rule }: CompiledAttribute): WantedFacts['members'] {
  if (attribute.verbose) return 'event';
  const aggregated = attribute.aggregationMode === 'Count' ? [] : [attribute.metaData];
  return [...new Set([...aggregated, ...conditionsOf(rule).map(({ metaData }) => metaData)])];
}

export function conditionsOf(rule: Rule | undefined): Condition[] {
  if (!rule) return [];
  return 'condition' in rule ? [rule.condition] : rule.args.flatMap(conditionsOf);
}
