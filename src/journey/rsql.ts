// RSQL as the Journey Data Service takes it in `filter` and `data` (jds-contract 2.2), compiled to the store's Condition.
// Nothing of the expression reaches SQL but bound values: fields are allow-listed, operators come from this table.
import { type ComparisonNode, type ExpressionNode, isComparisonNode } from '@rsql/ast';
import { parse } from '@rsql/parser';
import { type Comparison, type Condition, eventFields, fitsMembers, requireSane } from '../store/index.ts';
import { JourneyError } from './jds-error.ts';

/** Longest expression, in characters, most comparisons in one, deepest nesting of parentheses. */
export const rsqlLimits = { maxLength: 8192, maxComparisons: 50, maxDepth: 8 };

interface Context {
  /** The query parameter, for messages. */
  parameter: string;
  text: string;
  where: 'event' | 'data';
}

/** Compiles the `filter` (over event attributes) or `data` (over members of data) parameter. Throws 400 that points at the place. */
export function compileRsql(parameter: 'filter' | 'data', text: string): Condition {
  return compileText({ parameter, text, where: parameter === 'data' ? 'data' : 'event' });
}

/** Over members of a person: a person is a JSON object like the data of an event. */
export function compilePersonRsql(text: string): Condition {
  return compileText({ parameter: 'filter', text, where: 'data' });
}

/** Over the name of workspaces, under the field name of jds-contract 6.2. */
export function readNameFilter(text: string): (name: string) => boolean {
  const condition = compilePersonRsql(text);
  return (name) => fitsMembers(condition, { name, workspaces: { name } });
}

function compileText(context: Context): Condition {
  const { text } = context;
  if (text.length > rsqlLimits.maxLength) throw fault(context, `longer than ${rsqlLimits.maxLength} characters`);
  const condition = compile(parseText(context), context, { comparisons: 0, depth: 0 });
  requireSane(condition);
  return condition;
}

function parseText(context: Context): ExpressionNode {
  try {
    return parse(context.text);
  } catch (error) {
    throw fault(context, error instanceof Error ? placeOf(error.message, context.text) : 'not an expression');
  }
}

/** The parser names character and position, and repeats the whole expression, which is left out. */
function placeOf(message: string, text: string): string {
  const plain = message.replace(` in "${text}"`, '');
  return plain.replace(/^Unexpected end/, `Unexpected end at position ${text.length + 1}`);
}

interface Count {
  comparisons: number;
  depth: number;
}

function compile(node: ExpressionNode, context: Context, count: Count): Condition {
  if (isComparisonNode(node)) {
    count.comparisons += 1;
    if (count.comparisons > rsqlLimits.maxComparisons) {
      throw fault(context, `more than ${rsqlLimits.maxComparisons} comparisons`);
    }
    return compileComparison(node, context);
  }
  const and = isAnd(node.operator);
  // `a;b;c` is parsed as pairs of pairs: as one list it is as deep as it was written.
  const parts = [...chainOf(node.left, and), ...chainOf(node.right, and)];
  if (count.depth >= rsqlLimits.maxDepth) throw fault(context, `nested deeper than ${rsqlLimits.maxDepth} levels`);
  const inner: Count = { comparisons: count.comparisons, depth: count.depth + 1 };
  const conditions = parts.map((part) => compile(part, context, inner));
  count.comparisons = inner.comparisons;
  return and ? { all: conditions } : { any: conditions };
}

function isAnd(operator: string): boolean {
  return operator === ';' || operator === 'and';
}

/** The members of a chain of one operator, without recursion: a chain may be as long as the expression. */
function chainOf(node: ExpressionNode, and: boolean): ExpressionNode[] {
  const chain: ExpressionNode[] = [];
  const open = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (isComparisonNode(next) || isAnd(next.operator) !== and) chain.push(next);
    else open.push(next.right, next.left);
  }
  return chain;
}

type Build = (compare: (is: Comparison, value: string | string[]) => Condition, values: string[]) => Condition;

const not = (condition: Condition): Condition => ({ not: condition });

const equal: Build = (compare, [value = '']) => {
  if (value.startsWith('^')) return compare('like-ignoring-case', value.slice(1));
  return value.includes('*') ? compare('like', value) : compare('equal', value);
};
const contains = (is: 'like' | 'like-ignoring-case'): Build => {
  return (compare, [value = '']) => compare(is, value.includes('*') ? value : `*${value}*`);
};
const one = (is: Comparison): Build => {
  return (compare, [value = '']) => compare(is, value);
};
const between: Build = (compare, [low = '', high = '']) => ({
  all: [compare('greater-or-equal', low), compare('less-or-equal', high)],
});
const within: Build = (compare, values) => compare('one-of', values);
const isNull: Build = (compare) => compare('null', '');
const negated = (build: Build): Build => {
  return (compare, values) => not(build(compare, values));
};

const operators: Record<string, Build> = {
  '==': equal,
  '!=': negated(equal),
  '=gt=': one('greater'),
  '>': one('greater'),
  '=ge=': one('greater-or-equal'),
  '>=': one('greater-or-equal'),
  '=lt=': one('less'),
  '<': one('less'),
  '=le=': one('less-or-equal'),
  '<=': one('less-or-equal'),
  '=in=': within,
  '=out=': negated(within),
  '=bt=': between,
  '=between=': between,
  '=nb=': negated(between),
  '=notbetween=': negated(between),
  '=like=': contains('like'),
  '=ke=': contains('like'),
  '=notlike=': negated(contains('like')),
  '=nk=': negated(contains('like')),
  '=ilike=': contains('like-ignoring-case'),
  '=ik=': contains('like-ignoring-case'),
  '=inotlike=': negated(contains('like-ignoring-case')),
  '=ni=': negated(contains('like-ignoring-case')),
  '=icase=': one('like-ignoring-case'),
  '=ic=': one('like-ignoring-case'),
  '=isnull=': isNull,
  '=null=': isNull,
  '=na=': isNull,
  '=notnull=': negated(isNull),
  '=isnotnull=': negated(isNull),
  '=nn=': negated(isNull),
};

const multiple = /^=(in|out|bt|between|nb|notbetween)=$/;

function compileComparison(node: ComparisonNode, context: Context): Condition {
  const { selector } = node.left;
  const { operator } = node;
  const place = context.text.indexOf(selector) + 1;
  const build = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (!build) throw fault(context, `unknown operator ${operator} at position ${place + selector.length}`);
  const values = [node.right.value].flat().map(String);
  if (values.length > 1 && !multiple.test(operator))
    throw fault(context, `one value expected after ${operator} at position ${place}`);
  if (/^=(bt|between|nb|notbetween)=$/.test(operator) && values.length !== 2) {
    throw fault(context, `two values expected after ${operator} at position ${place}`);
  }
  const { scope, field } = readField(selector, place, context);
  return build((is, value) => ({ in: scope, field, is, value }), values);
}

function readField(selector: string, place: number, context: Context): { scope: 'event' | 'data'; field: string } {
  if (context.where === 'data') return { scope: 'data', field: selector };
  if (/^data\./i.test(selector)) return { scope: 'data', field: selector.slice('data.'.length) };
  const field = selector.toLowerCase();
  if (!(eventFields as readonly string[]).includes(field)) {
    throw fault(
      context,
      `unknown field ${selector.slice(0, 60)} at position ${place}; known are ${eventFields.join(', ')}`,
    );
  }
  return { scope: 'event', field };
}

function fault({ parameter }: Context, detail: string): JourneyError {
  return new JourneyError(400, `${parameter}: ${detail}`);
}
