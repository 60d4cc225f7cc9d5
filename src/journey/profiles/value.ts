// Values in `data` as a template's type sees them, and results as text (jds-contract 4.4).
import type { Json, MetaDataType } from '../../protocol/index.ts';

/** Times are milliseconds here. */
export type Comparable = string | number;

/** The value as the type has it; undefined where it is missing or of another kind. */
export function comparable(value: Json | undefined, type: MetaDataType): Comparable | undefined {
  if (value === undefined || value === null) return undefined;
  if (type === 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (type === 'utc_datetime') return timeOf(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return type === 'integer' && !Number.isInteger(number) ? undefined : number;
}

/** What a Date can hold (ECMA-262, 21.4.1.1). Beyond it nothing can be written as a time: strangers send such numbers too. */
const maxTimeMs = 8.64e15;

function timeOf(value: Json): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Math.abs(ms) <= maxTimeMs ? ms : undefined;
}

/** Numbers in the shortest form without an exponent where one can do without; times as RFC 3339. */
export function formatResult(value: Comparable, type: MetaDataType): string {
  if (type === 'utc_datetime' && typeof value === 'number' && Math.abs(value) <= maxTimeMs)
    return new Date(value).toISOString();
  return String(value);
}
