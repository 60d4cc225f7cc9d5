// Query parameters, read once at the border; what is wrong is answered with its name and what was expected.
import { isObject } from '../protocol/index.ts';
import type { Condition } from '../store/index.ts';
import { JourneyError } from './jds-error.ts';
import { compileRsql } from './rsql.ts';

const maxPageSize = 1000;

export function readText(query: unknown, name: string): string | undefined {
  const value = isObject(query) ? query[name] : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new JourneyError(400, `${name}: expected one value`);
  return value;
}

/** `page` counts from 0; `pageSize` is at most 1,000, and 1,000 when absent, as Cisco's widgets send none. */
export function readPage(query: unknown): { limit: number; offset: number } {
  // Some clients say `limit` (jds-contract 2.1).
  const size = readText(query, 'pageSize') === undefined ? 'limit' : 'pageSize';
  const limit = readWhole(query, size, { absent: maxPageSize, least: 1, most: maxPageSize });
  const page = readWhole(query, 'page', { absent: 0, least: 0, most: 1_000_000 });
  return { limit, offset: page * limit };
}

export function readWhole(
  query: unknown,
  name: string,
  { absent, least, most }: { absent: number; least: number; most: number },
): number {
  const text = readText(query, name);
  if (text === undefined) return absent;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new JourneyError(
      400,
      `${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text.slice(0, 20))}`,
    );
  }
  return value;
}

/** One of the known names, whatever its case. */
export function readChoice<Name extends string>(
  query: unknown,
  name: string,
  known: readonly Name[],
): Name | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  const found = known.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw new JourneyError(400, `${name}: expected one of ${known.join(', ')}`);
  return found;
}

/** `filter` and `data`, joined with AND (jds-contract 2.1). */
export function readCondition(query: unknown): Condition | undefined {
  const [filter, data] = [readText(query, 'filter'), readText(query, 'data')];
  const all = [
    ...(filter === undefined ? [] : [compileRsql('filter', filter)]),
    ...(data === undefined ? [] : [compileRsql('data', data)]),
  ];
  return all.length > 1 ? { all } : all[0];
}
