// A template as somebody posts it: checked whole, each fault named with its path, old spellings taken (jds-contract 4.2).

import {
  aggregationModes,
  isObject,
  lookBackDurationTypes,
  metaDataTypes,
  type TemplateAttribute,
} from '../../protocol/index.ts';
import { startOfTypes } from '../../store/index.ts';
import { createFaults, type Faults } from './fault.ts';
import { parseRules } from './rule.ts';
import { plainRules } from './rule-document.ts';

export interface NewTemplate {
  name: string;
  attributes: TemplateAttribute[];
}

const maxAttributes = 100;
const maxTextLength = 200;
/** Ten years: beyond any retention. */
const maxLookBack = { days: 3660, hours: 87_840, minutes: 5_270_400 } as const;

/** Throws 400 with the path of every fault. */
export function parseTemplate(value: unknown): NewTemplate {
  const faults = createFaults();
  const body = isObject(value) ? value : {};
  if (!isObject(value)) faults.expected('body', 'a template', value);
  const name = text(body['name'], 'name', faults);
  const list = body['attributes'];
  if (!Array.isArray(list) || list.length === 0 || list.length > maxAttributes) {
    faults.expected('attributes', `a list of 1 to ${maxAttributes} attributes`, list);
  }
  const attributes = Array.isArray(list)
    ? list.map((item, index) => parseAttribute(item, `attributes[${index}]`, faults))
    : [];
  faults.throwAny('template');
  return { name, attributes };
}

function parseAttribute(value: unknown, path: string, faults: Faults): TemplateAttribute {
  if (!isObject(value)) faults.expected(path, 'an attribute', value);
  const given = isObject(value) ? value : {};
  const read = (member: string, ...older: string[]) =>
    [member, ...older].map((key) => given[key]).find((one) => one !== undefined);
  const metaDataType = oneOf(metaDataTypes, read('metaDataType', 'metadataType'), `${path}.metaDataType`, faults);
  const aggregationMode = oneOf(aggregationModes, read('aggregationMode'), `${path}.aggregationMode`, faults);
  if (!combines(aggregationMode, metaDataType)) {
    faults.expected(`${path}.metaDataType`, `integer or double for ${aggregationMode}`, metaDataType);
  }
  const rules = read('rules') ?? null;
  const parsed = parseRules(rules, `${path}.rules`, faults);
  const event = text(read('event'), `${path}.event`, faults);
  const verbose = flag(read('verbose') ?? false, `${path}.verbose`, faults);
  if (verbose && startOfTypes(event) !== undefined)
    faults.expected(`${path}.verbose`, 'false where the event stands for several types', verbose);
  const widgetAttributes = parseWidgetAttributes(read('widgetAttributes'), `${path}.widgetAttributes`, faults);
  return {
    version: text(read('version') ?? '0.1', `${path}.version`, faults),
    event,
    metaData: text(read('metaData', 'metadata'), `${path}.metaData`, faults),
    metaDataType,
    limit: whole(read('limit'), `${path}.limit`, 0, 1_000_000, faults),
    displayName: text(read('displayName'), `${path}.displayName`, faults),
    ...parseLookBack(read, path, faults),
    aggregationMode,
    verbose,
    ...(widgetAttributes && { widgetAttributes }),
    rules: parsed ? plainRules(rules) : null,
  };
}

type LookBack = Pick<TemplateAttribute, 'lookBackDurationType' | 'lookBackPeriod'>;

function parseLookBack(read: (...names: string[]) => unknown, path: string, faults: Faults): LookBack {
  const written = read('lookBackDurationType', 'lookbackDurationType', 'durationType');
  // An older spelling for a window without an end (jds-contract 4.2).
  if (written === 'none') return { lookBackDurationType: 'days', lookBackPeriod: maxLookBack.days };
  const lookBackDurationType = oneOf(lookBackDurationTypes, written, `${path}.lookBackDurationType`, faults);
  const period = read('lookBackPeriod', 'lookbackPeriod');
  const most = maxLookBack[lookBackDurationType];
  return { lookBackDurationType, lookBackPeriod: whole(period, `${path}.lookBackPeriod`, 1, most, faults) };
}

/** Texts are neither added nor compared; times are compared, a sum of times is none. */
function combines(mode: string, type: string): boolean {
  if (mode === 'Sum' || mode === 'Average') return type === 'integer' || type === 'double';
  return type !== 'string' || !(mode === 'Max' || mode === 'Min');
}

function parseWidgetAttributes(value: unknown, path: string, faults: Faults): TemplateAttribute['widgetAttributes'] {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) faults.expected(path, 'an object with a type', value);
  const { type, tag } = isObject(value) ? value : {};
  const kind = text(type, `${path}.type`, faults);
  return tag === undefined || tag === null ? { type: kind } : { type: kind, tag: text(tag, `${path}.tag`, faults) };
}

function text(value: unknown, path: string, faults: Faults): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= maxTextLength) return value.trim();
  faults.expected(path, `a text of 1 to ${maxTextLength} characters`, value);
  return '';
}

function whole(value: unknown, path: string, least: number, most: number, faults: Faults): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most) return Number(number);
  faults.expected(path, `a whole number from ${least} to ${most}`, value);
  return least;
}

/** Seen as a text in real templates (9.19). */
function flag(value: unknown, path: string, faults: Faults): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  faults.expected(path, 'true or false', value);
  return false;
}

function oneOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  value: unknown,
  path: string,
  faults: Faults,
): Word {
  const word = words.find((one) => one === value);
  if (word === undefined) faults.expected(path, `one of ${words.join(', ')}`, value);
  return word ?? words[0];
}
