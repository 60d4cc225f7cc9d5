// The rows of a progressive profile view (jds-contract 4.6): only attributes whose template says `table` are shown (7.4).
import { isObject } from '../protocol/index.ts';

export interface Profile {
  templateId: string;
  rows: { name: string; result: string }[];
}

/** Undefined where the value is no view; odd attributes are left out, each for itself. */
export function readProfile(view: unknown, templateId: string): Profile | undefined {
  if (!isObject(view) || !Array.isArray(view['attributes'])) return undefined;
  return { templateId, rows: view['attributes'].flatMap(readRow) };
}

function readRow(attribute: unknown): Profile['rows'] {
  if (!isObject(attribute) || !isObject(attribute['queryTemplate'])) return [];
  const { displayName, widgetAttributes } = attribute['queryTemplate'];
  if (typeof displayName !== 'string' || !isObject(widgetAttributes) || widgetAttributes['type'] !== 'table') return [];
  const { result, error } = attribute;
  const text = typeof result === 'string' || typeof result === 'number' ? String(result) : '';
  return [{ name: displayName.slice(0, 120), result: error || text === '' ? '–' : text.slice(0, 300) }];
}
