// Filters in SQL. What a condition means is said once, in ../../condition.ts, and that function decides about each row; the
// SQL around it only leaves out rows that cannot fit, by the columns and by a search for the wanted value in the body.
// Every value is bound: nothing that a caller wrote becomes part of the statement.
import type { CloudEvent } from '../../../protocol/index.ts';
import { fitsCondition, requireSane } from '../../condition.ts';
import type { Condition } from '../../store.ts';
import type { Db } from './open-file.ts';

export interface CompiledCondition {
  sql: string;
  values: Record<string, string | number>;
}

type Leaf = Extract<Condition, { field: string }>;
type Bind = (value: string | number) => string;

/** Compiles for a statement in which the events are `e`. Throws a Problem that says what is wrong with the filter. */
export function compileCondition(condition: Condition): CompiledCondition {
  requireSane(condition);
  const values: CompiledCondition['values'] = {};
  const bind: Bind = (value) => {
    const name = `c${Object.keys(values).length}`;
    values[name] = value;
    return `@${name}`;
  };
  const first = narrow(condition, bind);
  const last = `fits(${bind(JSON.stringify(condition))}, e.body, e.corrected)`;
  return { sql: first === undefined ? last : `${first} AND ${last}`, values };
}

/** The function that has the last word, for a connection that reads. */
export function registerFits(db: Db): void {
  let text: unknown;
  let condition: Condition = { all: [] };
  db.function('fits', { deterministic: true }, (wanted, body, correctedTime) => {
    // One statement asks for thousands of rows with one condition.
    if (wanted !== text) condition = JSON.parse(String(wanted)) as Condition;
    text = wanted;
    const candidate = { event: JSON.parse(String(body)) as CloudEvent, correctedTime: Number(correctedTime) };
    return fitsCondition(condition, candidate) ? 1 : 0;
  });
}

/** SQL that holds for every row that fits, and for others perhaps; undefined where there is none. */
function narrow(condition: Condition, bind: Bind): string | undefined {
  if ('not' in condition) return undefined;
  if ('all' in condition) {
    const parts = condition.all.flatMap((part) => narrow(part, bind) ?? []);
    return parts.length === 0 ? undefined : `(${parts.join(' AND ')})`;
  }
  if ('any' in condition) {
    const parts = condition.any.map((part) => narrow(part, bind));
    return parts.length === 0 || parts.includes(undefined) ? undefined : `(${parts.join(' OR ')})`;
  }
  return narrowLeaf(condition, bind);
}

function narrowLeaf(leaf: Leaf, bind: Bind): string | undefined {
  const wanted = [leaf.value].flat();
  const name = leaf.in === 'event' ? leaf.field.toLowerCase() : undefined;
  // Compared with the corrected time, which is not in the body.
  if (name === 'time' || wanted.length === 0) return undefined;
  if (leaf.is === 'like' || leaf.is === 'like-ignoring-case') return narrowPattern(leaf.is, wanted[0] ?? '', bind);
  if (leaf.is !== 'equal' && leaf.is !== 'one-of') return undefined;
  if (name === 'type' || name === 'source') {
    const ids = wanted.map((text) => `e.${name} = (SELECT id FROM name WHERE value = ${bind(text)})`);
    return `(${ids.join(' OR ')})`;
  }
  if (!wanted.every(standsAsWritten)) return undefined;
  return `(${wanted.map((text) => `instr(e.body, ${bind(text)}) > 0`).join(' OR ')})`;
}

/** Whether an event that has this value shows the same characters in its JSON, which escapes some and rewrites numbers. */
function standsAsWritten(text: string): boolean {
  return /^[\w .:@+-]{2,100}$/.test(text) && (Number.isNaN(Number(text)) || String(Number(text)) === text);
}

/** By the longest part between the wildcards that every text which fits shows in its JSON, where it is long enough. */
function narrowPattern(is: 'like' | 'like-ignoring-case', pattern: string, bind: Bind): string | undefined {
  if (is === 'like') {
    const part = longest(pattern.split(/[^\w .:@+-]+/));
    return part.length < 2 ? undefined : `instr(e.body, ${bind(part)}) > 0`;
  }
  // LIKE takes ASCII in either case. The Kelvin sign and the dotted capital I are a k and an i in lower case, but not to it.
  const part = longest(pattern.toLowerCase().split(/[^a-hjl-z0-9 .:@+-]+/));
  return part.length < 2 ? undefined : `e.body LIKE ${bind(`%${part}%`)}`;
}

function longest(parts: readonly string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), '').slice(0, 100);
}
