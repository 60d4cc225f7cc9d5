// The rows of a profile: only attributes whose template says `table` are shown (7.4).
// A result is text whatever it is of; here it is read as what the template says, for the agent's eye: times as the agent's
// clock and language have them, numbers as they write them, addresses by their path.
import { isObject } from '../protocol/index.ts';
import type { Language } from './language.ts';
import type { Profile } from './profile.ts';
import { ago, fullTime } from './when.ts';

export interface ProfileRow {
  name: string;
  /** As the service gave it; empty where there is none. */
  result: string;
  kind: 'time' | 'number' | 'text';
}

/** What is read, and where that is less, the whole of it. */
export interface ProfileValue {
  short: string;
  whole: string;
}

const maxLength = 4000;

/** The rows that are for the agent; odd attributes are left out, each for itself. */
export function readRows({ attributes }: Profile): ProfileRow[] {
  return attributes.flatMap(readRow);
}

function readRow(attribute: unknown): ProfileRow[] {
  if (!isObject(attribute) || !isObject(attribute['queryTemplate'])) return [];
  const { displayName, widgetAttributes, metaDataType, aggregationMode } = attribute['queryTemplate'];
  if (typeof displayName !== 'string' || !isObject(widgetAttributes) || widgetAttributes['type'] !== 'table') return [];
  const { result, error } = attribute;
  const told = !error && (typeof result === 'string' || typeof result === 'number') ? String(result) : '';
  const counts = aggregationMode === 'Count' || metaDataType === 'integer' || metaDataType === 'double';
  const kind = counts ? 'number' : metaDataType === 'utc_datetime' ? 'time' : 'text';
  return [{ name: displayName.slice(0, 120), result: told.slice(0, maxLength), kind }];
}

/** Several values are divided by commas; one that is not what the template says is shown as it is. */
export function valuesOf({ result, kind }: ProfileRow, language: Language, now: number): ProfileValue[] {
  if (result === '') return [{ short: '–', whole: '–' }];
  if (kind === 'text') return result.split(/,(?=https?:\/\/)/).map((whole) => ({ short: shortAddress(whole), whole }));
  return result.split(',').map((text) => {
    const value = kind === 'time' ? Date.parse(text) : Number(text);
    if (Number.isNaN(value)) return { short: text, whole: text };
    if (kind === 'time') return { short: ago(value, now, language), whole: fullTime(value, language) };
    const short = new Intl.NumberFormat(language.locale).format(value);
    return { short, whole: short };
  });
}

const maxAddressLength = 32;

/** By its path, of which the end tells most; the host says nothing where all pages are those of one site. */
function shortAddress(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text)) return text;
  const { host, pathname, search } = new URL(text);
  const path = pathname === '/' ? host + search : pathname + search;
  return path.length > maxAddressLength ? `…${path.slice(-maxAddressLength)}` : path;
}
