// Query parameters, read once at the border; what is wrong is answered with its name and what was expected.
import { isObject } from '../protocol/index.ts';
import { JourneyError } from './jds-error.ts';

const maxPageSize = 1000;

export function readText(query: unknown, name: string): string | undefined {
  const value = isObject(query) ? query[name] : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new JourneyError(400, `${name}: expected one value`);
  return value;
}

/** `page` counts from 0; `pageSize` is at most 1,000, and 1,000 when absent, as Cisco's widgets send none. */
export function readPage(query: unknown): { limit: number; offset: number } {
  const limit = readWhole(query, 'pageSize', maxPageSize, 1, maxPageSize);
  const page = readWhole(query, 'page', 0, 0, 1_000_000);
  return { limit, offset: page * limit };
}

function readWhole(query: unknown, name: string, absent: number, least: number, most: number): number {
  const text = readText(query, name);
  if (text === undefined) return absent;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new JourneyError(
      400,
      `${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text.slice(0, 20))}`,
    );
  }
  return value;
}
