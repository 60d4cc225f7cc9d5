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

function narrowLeaf({ in: where, field, is, value }: Leaf, bind: Bind): string | undefined {
  if (is !== 'equal' && is !== 'one-of') return undefined;
  const wanted = [value].flat();
  const name = field.toLowerCase();
  if (where === 'event' && (name === 'type' || name === 'source')) {
    return `e.${name} IN (SELECT id FROM name WHERE value IN (${wanted.map(bind).join(', ')}))`;
  }
  if (where === 'event' || wanted.length === 0 || !wanted.every(standsAsWritten)) return undefined;
  return `(${wanted.map((text) => `instr(e.body, ${bind(text)}) > 0`).join(' OR ')})`;
}

/** Whether an event that has this value shows the same characters in its JSON, which escapes some and rewrites numbers. */
function standsAsWritten(text: string): boolean {
  return /^[\w .:@+-]{2,100}$/.test(text) && (Number.isNaN(Number(text)) || String(Number(text)) === text);
}
