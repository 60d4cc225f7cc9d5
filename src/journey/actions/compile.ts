// An action made ready to be asked for every event: its conditions with the attributes of the template that they speak of.
import type { TrustLevel } from '../../protocol/index.ts';
import { isOfType } from '../../store/index.ts';
import { type Aggregate, aggregate, type CompiledAttribute, matches, type TimedEvent } from '../profiles/aggregate.ts';
import { createFaults } from '../profiles/fault.ts';
import { conditionsOf } from '../profiles/need.ts';
import { type Condition, compare, holds, parseRules, type Rule } from '../profiles/rule.ts';
import type { CompiledTemplate } from '../profiles/templates.ts';
import { type Comparable, comparable } from '../profiles/value.ts';
import { speaksOf } from './action.ts';
import type { KeptAction } from './actions.ts';

export interface CompiledAction extends KeptAction {
  rule: Rule;
  /** All that its conditions speak of. */
  attributes: CompiledAttribute[];
  byCondition: ReadonlyMap<Condition, CompiledAttribute[]>;
  cooldownMs: number;
}

/** Undefined where the template has changed so that a condition speaks of nothing in it: then it cannot be judged. */
export function compileAction(kept: KeptAction, template: CompiledTemplate): CompiledAction | undefined {
  const rule = ruleOf(kept);
  if (!rule || errorOf(kept, template) !== undefined) return undefined;
  const { attributes } = template;
  const byCondition = new Map(
    conditionsOf(rule).map((condition) => [condition, attributes.filter((one) => speaksOf(condition, one))]),
  );
  const spoken = [...byCondition.values()];
  const cooldownMs = kept.action.cooldownPeriodInMinutes * 60_000;
  return { ...kept, rule, attributes: [...new Set(spoken.flat())], byCondition, cooldownMs };
}

const ruleOf = ({ action }: KeptAction): Rule | undefined => parseRules(action.rules, 'rules', createFaults());

/** Why an action cannot be judged, for people; undefined where it can. */
export function errorOf(kept: KeptAction, template: CompiledTemplate | undefined): string | undefined {
  if (!template) return 'The template was removed';
  const missing = conditionsOf(ruleOf(kept)).find(
    (condition) => !template.attributes.some((one) => speaksOf(condition, one)),
  );
  if (!missing) return undefined;
  const { event, metaData, mode } = missing;
  return `The template has no attribute with event ${event}, metaData ${metaData} and aggregationMode ${mode} any more`;
}

/** Whether the event changes what the action looks at: only such an event fires it. */
export function concerns({ attributes }: CompiledAction, event: TimedEvent): boolean {
  return attributes.some((compiled) => {
    const { event: type } = compiled.attribute;
    // As in a person's facts, where events of several types go under their common name.
    const named = { ...event, event: { ...event.event, type } };
    return isOfType(event.event.type, type) && matches(compiled, named);
  });
}

/** The result that made the rule hold; undefined where it does not. `facts`: up to the event in question, newest first. */
export function judge(
  { rule, byCondition }: CompiledAction,
  facts: readonly TimedEvent[],
  at: number,
): { result: string } | undefined {
  const known = new Map<CompiledAttribute, Aggregate>();
  const aggregateOf = (attribute: CompiledAttribute): Aggregate => {
    // What was stored before the event counts, also where it was received a moment later: requests overtake each other.
    const found = known.get(attribute) ?? aggregate(attribute, facts, at, Number.POSITIVE_INFINITY);
    known.set(attribute, found);
    return found;
  };
  let result: string | undefined;
  const fulfilled = holds(rule, (condition) => {
    // Several attributes may fit, such as the same count over a day and over a week: one is enough.
    const fitting = (byCondition.get(condition) ?? [])
      .map((attribute) => aggregateOf(attribute).result)
      .find((one) => compare(resultOf(one, condition), condition));
    result ??= fitting;
    return fitting !== undefined;
  });
  return fulfilled ? { result: result ?? '' } : undefined;
}

/** A result as the condition's type has it. Of several numbers or times the newest is meant: a list of them is none. */
function resultOf(result: string, { mode, dataType }: Condition): Comparable | undefined {
  if (mode === 'Count') return Number(result);
  if (dataType === 'string') return result;
  const [newest = ''] = mode === 'Value' || mode === 'Distinct' ? result.split(',') : [result];
  return comparable(newest, dataType === 'utc_datetime' ? dataType : 'double');
}

const ranks: Record<TrustLevel, number> = { anonymous: 0, recognised: 1, verified: 2 };

export function isTrusted(trust: TrustLevel, least: TrustLevel): boolean {
  return ranks[trust] >= ranks[least];
}
