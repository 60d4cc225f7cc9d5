// Rules of templates and actions (jds-contract 4.3): conditions joined by AND and OR, parsed once, evaluated often.
// Within a template a condition is asked of each event's data; within an action, of an attribute's result.
import {
  type AggregationMode,
  aggregationModes,
  isObject,
  type MetaDataType,
  metaDataTypes,
  type RuleOperator,
  ruleOperators,
} from '../../protocol/index.ts';
import type { Faults } from './fault.ts';
import { type Comparable, comparable } from './value.ts';

export interface Condition {
  event: string;
  metaData: string;
  dataType: MetaDataType;
  mode: AggregationMode;
  operator: RuleOperator;
  /** As written. */
  value: string;
  /** The value as the data type has it. */
  operand: Comparable;
}

export type Rule = { condition: Condition } | { logic: 'AND' | 'OR'; args: Rule[] };

const maxDepth = 8;
const maxConditions = 100;

/** Undefined for no rules, and for rules in which faults were found. */
export function parseRules(value: unknown, path: string, faults: Faults): Rule | undefined {
  if (value === undefined || value === null) return undefined;
  const budget = { conditions: maxConditions };
  return parseRule(value, path, faults, budget, 0);
}

function parseRule(
  value: unknown,
  path: string,
  faults: Faults,
  budget: { conditions: number },
  depth: number,
): Rule | undefined {
  if (typeof value === 'string') return parseCondition(value, path, faults, budget);
  if (!isObject(value)) return wrong(faults, path, 'rules or a condition', value);
  if (depth > maxDepth) return wrong(faults, path, `at most ${maxDepth} levels`, value);
  const { logic, condition, args } = value;
  if (logic === 'SINGLE') {
    if (typeof condition !== 'string') return wrong(faults, `${path}.condition`, 'a condition', condition);
    return parseCondition(condition, `${path}.condition`, faults, budget);
  }
  if (logic !== 'AND' && logic !== 'OR') return wrong(faults, `${path}.logic`, 'SINGLE, AND or OR', logic);
  if (!Array.isArray(args) || args.length === 0) return wrong(faults, `${path}.args`, 'a list of conditions', args);
  const parsed = args.map((arg, index) => parseRule(arg, `${path}.args[${index}]`, faults, budget, depth + 1));
  const rules = parsed.filter((rule) => rule !== undefined);
  return rules.length === parsed.length ? { logic, args: rules } : undefined;
}

/** Event names and values may hold spaces, values commas too: only the first three commas divide. */
function parseCondition(text: string, path: string, faults: Faults, budget: { conditions: number }): Rule | undefined {
  budget.conditions -= 1;
  if (budget.conditions < 0) return wrong(faults, path, `at most ${maxConditions} conditions`, text);
  const parts = /^([^,]+),([^,]+),([^,]+),\s*(\w+)\s+(\w+)\s+([\s\S]+)$/.exec(text);
  if (!parts) return wrong(faults, path, '<event>,<metaData>,<dataType>,<Mode> <OP> <value>', text);
  const [event = '', metaData = '', dataType = '', mode = '', written = '', value = ''] = parts
    .slice(1)
    .map((part) => part.trim());
  if (!isOneOf(metaDataTypes, dataType))
    return wrong(faults, path, `a data type of ${metaDataTypes.join(', ')}`, dataType);
  if (!isOneOf(aggregationModes, mode)) return wrong(faults, path, `a mode of ${aggregationModes.join(', ')}`, mode);
  // A misprint of the vendor's own slides that people have copied (9.20).
  const operator = written === 'LET' ? 'LTE' : written;
  if (!isOneOf(ruleOperators, operator))
    return wrong(faults, path, `an operator of ${ruleOperators.join(', ')}`, written);
  const type = mode === 'Count' ? 'integer' : dataType;
  if (!fits(operator, type)) return wrong(faults, path, `an operator that ${type} values have`, operator);
  const operand = comparable(value, type);
  if (operand === undefined) return wrong(faults, path, `a value of type ${type}`, value);
  return { condition: { event, metaData, dataType, mode, operator, value, operand } };
}

/** Texts are equal or contain; numbers and times compare. */
function fits(operator: RuleOperator, type: MetaDataType): boolean {
  return type === 'string' ? operator === 'EQ' || operator === 'NEQ' || operator === 'HAS' : operator !== 'HAS';
}

function wrong(faults: Faults, path: string, what: string, got: unknown): undefined {
  faults.expected(path, what, got);
  return undefined;
}

function isOneOf<Word extends string>(words: readonly Word[], value: string): value is Word {
  return (words as readonly string[]).includes(value);
}

/** A rule made ready to be asked of many subjects, given how a single condition is asked. */
export function testOf<Subject>(
  rule: Rule,
  ofCondition: (condition: Condition) => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  if ('condition' in rule) return ofCondition(rule.condition);
  const tests = rule.args.map((arg) => testOf(arg, ofCondition));
  return rule.logic === 'AND'
    ? (subject) => tests.every((test) => test(subject))
    : (subject) => tests.some((test) => test(subject));
}

/** Whether the rule holds, given what holds for a single condition. */
export function holds(rule: Rule, test: (condition: Condition) => boolean): boolean {
  return testOf(rule, (condition) => () => test(condition))(undefined);
}

/** A value that is missing or of another type fulfils no condition, NEQ neither: there is nothing to compare. */
export function compare(
  value: Comparable | undefined,
  { operator, operand }: Pick<Condition, 'operator' | 'operand'>,
): boolean {
  if (value === undefined || typeof value !== typeof operand) return false;
  switch (operator) {
    case 'EQ':
      return value === operand;
    case 'NEQ':
      return value !== operand;
    case 'GT':
      return value > operand;
    case 'GTE':
      return value >= operand;
    case 'LT':
      return value < operand;
    case 'LTE':
      return value <= operand;
    case 'HAS':
      return String(value).includes(String(operand));
  }
}
