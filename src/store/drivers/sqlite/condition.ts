// Filters as SQL: fields from a closed list or as quoted JSON paths, every value bound. Nothing that a caller wrote ever
// becomes part of the statement. A field that an event lacks is null: it equals nothing, and `not` of that is true.
import { Problem } from '../../../protocol/index.ts';
import type { Condition } from '../../store.ts';

export interface CompiledCondition {
  sql: string;
  values: Record<string, string | number>;
}

type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>;

/** More than this no person writes; a filter is compiled and run on the reader's time. */
const limits = { nodes: 100, depth: 12, textLength: 1_000, wildcards: 10 };

const eventFields = [
  'id',
  'type',
  'source',
  'time',
  'identity',
  'identitytype',
  'previousidentity',
  'specversion',
  'datacontenttype',
] as const;

/** Compiles for a statement in which the events are `e`. Throws a Problem that says what is wrong with the filter. */
export function compileCondition(condition: Condition): CompiledCondition {
  const values: CompiledCondition['values'] = {};
  let nodes = 0;
  const bind = (value: string | number): string => {
    const name = `c${Object.keys(values).length}`;
    if (typeof value === 'string' && value.length > limits.textLength) fault(`a text of ${value.length} characters`);
    values[name] = value;
    return `@${name}`;
  };
  const compile = (part: Condition, depth: number): string => {
    nodes += 1;
    if (nodes > limits.nodes || depth > limits.depth) fault('too many parts');
    if ('all' in part) return group(part.all, 'AND', '1', depth);
    if ('any' in part) return group(part.any, 'OR', '0', depth);
    if ('not' in part) return `NOT ${compile(part.not, depth + 1)}`;
    return `coalesce((${leaf(part, bind)}), 0)`;
  };
  const group = (parts: Condition[], word: string, empty: string, depth: number): string =>
    parts.length === 0 ? empty : `(${parts.map((part) => compile(part, depth + 1)).join(` ${word} `)})`;
  return { sql: compile(condition, 0), values };
}

/** A value in an event as SQL: its plain value, its JSON type, and how it reads as text. */
interface Operand {
  plain: string;
  kind: string;
  text: string;
}

function leaf(part: Leaf, bind: (value: string | number) => string): string {
  if (part.in === 'event') {
    const field = eventFields.find((name) => name === part.field.toLowerCase());
    if (!field) fault(`the event attribute ${part.field.slice(0, 40)}`);
    if (field === 'time' && part.is !== 'null') return timeLeaf(part, bind);
    return compare(part, jsonOperand([`$.${field}`], bind), bind);
  }
  if (part.field.includes('\0')) fault('a name with NUL');
  const paths = [`$.data.${JSON.stringify(part.field)}`];
  if (part.field.includes('.'))
    paths.push(
      `$.data.${part.field
        .split('.')
        .map((name) => JSON.stringify(name))
        .join('.')}`,
    );
  return compare(part, jsonOperand(paths, bind), bind);
}

/** The first of the paths that is there: a name with dots is tried as it is, then as a way into nested members. */
function jsonOperand(paths: string[], bind: (value: string | number) => string): Operand {
  const bound = paths.map(bind);
  const first = (call: string): string => {
    const calls = bound.map((path) => `${call}(e.body, ${path})`);
    return calls.length === 1 ? (calls[0] ?? '') : `coalesce(${calls.join(', ')})`;
  };
  const [plain, kind] = [first('json_extract'), first('json_type')];
  return {
    plain,
    kind,
    text: `CASE ${kind} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(${plain} AS TEXT) END`,
  };
}

function compare(
  { is, value }: Leaf,
  { plain, kind, text }: Operand,
  bind: (value: string | number) => string,
): string {
  const one = Array.isArray(value) ? (value[0] ?? '') : value;
  switch (is) {
    case 'null':
      return `${kind} IS NULL OR ${kind} = 'null'`;
    case 'equal':
      return equal(one);
    case 'one-of':
      return (Array.isArray(value) ? value : [value]).map(equal).join(' OR ') || '0';
    case 'like':
      return `${text} GLOB ${bind(globOf(one))}`;
    case 'like-ignoring-case':
      return `fold(${text}) GLOB ${bind(globOf(one.toLowerCase()))}`;
    default:
      return ordered(operators[is], one);
  }

  function equal(wanted: string): string {
    const same = `${text} = ${bind(wanted)}`;
    return isNumber(wanted)
      ? `${same} OR (${kind} IN ('integer', 'real') AND ${plain} = ${bind(Number(wanted))})`
      : same;
  }

  function ordered(operator: string, than: string): string {
    const texts = `(${kind} = 'text' AND ${plain} ${operator} ${bind(than)})`;
    if (!isNumber(than)) return texts;
    return `${texts} OR (${kind} IN ('integer', 'real') AND ${plain} ${operator} ${bind(Number(than))})`;
  }
}

const operators = { greater: '>', 'greater-or-equal': '>=', less: '<', 'less-or-equal': '<=' } as const;

/** Times are compared as moments, in whatever zone they are written. */
function timeLeaf(part: Leaf, bind: (value: string | number) => string): string {
  const moment = 'CASE e.time WHEN 0 THEN e.received ELSE e.time END';
  const wanted = (Array.isArray(part.value) ? part.value : [part.value]).map((text) => Date.parse(text));
  if (part.is in operators && !Number.isNaN(wanted[0])) {
    return `${moment} ${operators[part.is as keyof typeof operators]} ${bind(wanted[0] ?? 0)}`;
  }
  if ((part.is === 'equal' || part.is === 'one-of') && !wanted.some(Number.isNaN)) {
    return wanted.map((ms) => `${moment} = ${bind(ms)}`).join(' OR ') || '0';
  }
  return compare(part, jsonOperand(['$.time'], bind), bind);
}

/** `*` stays the wildcard; whatever else GLOB understands is quoted. */
function globOf(pattern: string): string {
  const glob = pattern.replace(/\*+/g, '*').replace(/[?[]/g, '[$&]');
  if (glob.split('*').length - 1 > limits.wildcards) fault('too many wildcards');
  return glob;
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

function fault(got: string): never {
  throw new Problem('invalid-event', `filter: got ${got}, which no filter can have`);
}
