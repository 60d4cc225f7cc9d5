// Rules as they are kept and as they are shown. Kept is what the contract's grammar needs; shown is a typed document that
// holds the same members too, so that what was read may be put back (jds-contract 4.3).
import { isObject, type RuleCondition, type RuleExpression } from '../../protocol/index.ts';
import { createFaults } from './fault.ts';
import { parseRules } from './rule.ts';

/** Of rules in which no fault was found: without what clients send along. */
export function plainRules(value: unknown): RuleExpression | null {
  if (typeof value === 'string') return { logic: 'SINGLE', condition: value };
  if (!isObject(value)) return null;
  const { logic, condition, args } = value;
  if (logic === 'SINGLE') return { logic, condition: String(condition) };
  const list = Array.isArray(args) ? args : [];
  return { logic: logic === 'OR' ? 'OR' : 'AND', args: list.flatMap((arg) => plainArg(arg) ?? []) };
}

function plainArg(arg: unknown): RuleCondition | RuleExpression | null {
  return typeof arg === 'string' ? arg : plainRules(arg);
}

export function describeRules(rules: RuleExpression | null): Record<string, unknown> | null {
  if (!rules) return null;
  if (rules.logic === 'SINGLE') return { type: 'single', ...rules, ...describeCondition(rules.condition) };
  const childrenRules = rules.args.map((arg) =>
    typeof arg === 'string' ? describeRules({ logic: 'SINGLE', condition: arg }) : describeRules(arg),
  );
  return { type: 'nested', ...rules, childrenRules };
}

function describeCondition(text: string): Record<string, unknown> {
  const rule = parseRules(text, 'rules', createFaults());
  if (!rule || !('condition' in rule)) return {};
  const { operand: _, mode, ...condition } = rule.condition;
  return { ...condition, aggregationMode: mode };
}
