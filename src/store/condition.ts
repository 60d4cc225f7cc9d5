// What a Condition means, in one place: drivers narrow a search down by their indexes and open streams see events one by
// one, but this function has the last word in both, so that a history and a stream with one filter never disagree.
import { type CloudEvent, isObject, isTimestamp, type JsonObject, Problem } from '../protocol/index.ts';
import type { Comparison, Condition, StoredEvent } from './store.ts';

/** Attributes of an event that a condition may name; members of `data` are free. */
export const eventFields = [
  'id',
  'specversion',
  'type',
  'source',
  'time',
  'identity',
  'identitytype',
  'previousidentity',
  'datacontenttype',
] as const;

/** More than this no person writes, and a filter runs on everybody's time. */
const limits = { parts: 200, depth: 12, textLength: 1_000, wildcards: 10 };

/** Throws a Problem that says what is wrong with a filter that cannot be run. */
export function requireSane(condition: Condition): void {
  checkPart(condition, { parts: 0 }, 0);
}

function checkPart(condition: Condition, count: { parts: number }, depth: number): void {
  count.parts += 1;
  if (count.parts > limits.parts || depth > limits.depth) {
    refuse(`expected at most ${limits.parts} parts, ${limits.depth} levels deep`);
  }
  if ('field' in condition) checkLeaf(condition);
  else for (const part of partsOf(condition)) checkPart(part, count, depth + 1);
}

function partsOf(condition: Exclude<Condition, Leaf>): Condition[] {
  if ('all' in condition) return condition.all;
  return 'any' in condition ? condition.any : [condition.not];
}

type Leaf = Extract<Condition, { field: string }>;

function checkLeaf({ in: where, field, is, value }: Leaf): void {
  if (where === 'event' && !(eventFields as readonly string[]).includes(field.toLowerCase())) {
    refuse(`expected one of ${eventFields.join(', ')}, got ${field.slice(0, 40)}`);
  }
  for (const text of [field, ...[value].flat()]) {
    if (text.length > limits.textLength) refuse(`expected texts of at most ${limits.textLength} characters`);
    if (text.includes('\0')) refuse('expected texts without NUL');
    if (is.startsWith('like') && text.split('*').length - 1 > limits.wildcards) {
      refuse(`expected at most ${limits.wildcards} wildcards`);
    }
  }
}

function refuse(expected: string): never {
  throw new Problem('invalid-filter', `filter: ${expected}`);
}

export type Candidate = Pick<StoredEvent, 'event' | 'correctedTime'>;

export function fitsCondition(condition: Condition, candidate: Candidate): boolean {
  if ('all' in condition) return condition.all.every((part) => fitsCondition(part, candidate));
  if ('any' in condition) return condition.any.some((part) => fitsCondition(part, candidate));
  if ('not' in condition) return !fitsCondition(condition.not, candidate);
  const { is, value, field } = condition;
  if (condition.in === 'event' && field.toLowerCase() === 'time') {
    return fitsTime(is, value, candidate.correctedTime);
  }
  const found = condition.in === 'event' ? attributeOf(candidate, field) : memberAt(candidate.event.data, field);
  // A list fits when one of its items does: `uiData.filterTags=='VIP'`.
  return Array.isArray(found) && is !== 'null'
    ? found.some((item) => compare(is, item, value))
    : compare(is, found, value);
}

/** The same for any JSON object: its members stand where those of `data` do. */
export function fitsMembers(condition: Condition, data: JsonObject): boolean {
  return fitsCondition(condition, { event: { ...noEvent, data }, correctedTime: 0 });
}

const noEvent: CloudEvent = {
  specversion: '1.0',
  id: '',
  type: '',
  source: '',
  identity: '',
  identitytype: 'customerId',
  datacontenttype: 'application/json',
  data: {},
};

function attributeOf({ event }: Candidate, field: string): unknown {
  const name = eventFields.find((known) => known === field.toLowerCase());
  return name && event[name];
}

/** A member by its whole name, else along the dots; each name literally first, then whatever its case. */
function memberAt(value: unknown, path: string): unknown {
  const whole = ownMember(value, path);
  if (whole !== undefined) return whole;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = ownMember(value, path.slice(0, dot));
    if (isObject(inner)) return memberAt(inner, path.slice(dot + 1));
  }
  return undefined;
}

function ownMember(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const lower = name.toLowerCase();
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : value[key];
}

/** Times compare as moments, whatever their zones; order and windows use the corrected time. */
function fitsTime(is: Comparison, value: string | string[], actual: number): boolean {
  if (is === 'null') return false;
  const moments = [value].flat().map((text) => (isTimestamp(text) ? Date.parse(text) : Number.NaN));
  if (is === 'one-of') return moments.includes(actual);
  const [moment = Number.NaN] = moments;
  if (!Number.isNaN(moment)) return compareOrdered(is, actual - moment);
  return compare(is, new Date(actual).toISOString(), value);
}

function compare(is: Comparison, actual: unknown, value: string | string[]): boolean {
  if (actual === undefined || actual === null) return is === 'null';
  if (is === 'null' || typeof actual === 'object') return false;
  if (is === 'one-of') return [value].flat().some((one) => compare('equal', actual, one));
  const [wanted = ''] = [value].flat();
  const text = String(actual);
  if (is === 'like') return fitsPattern(text, wanted);
  if (is === 'like-ignoring-case') return fitsPattern(text.toLowerCase(), wanted.toLowerCase());
  if (is === 'equal') return text === wanted || (typeof actual === 'number' && actual === toNumber(wanted));
  const difference = toNumber(text) - toNumber(wanted);
  return compareOrdered(is, Number.isNaN(difference) ? (text < wanted ? -1 : text > wanted ? 1 : 0) : difference);
}

function compareOrdered(is: Comparison, difference: number): boolean {
  if (is === 'greater') return difference > 0;
  if (is === 'greater-or-equal') return difference >= 0;
  if (is === 'less') return difference < 0;
  if (is === 'less-or-equal') return difference <= 0;
  return is === 'equal' && difference === 0;
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** `*` stands for any characters. Never backtracks, so that no pattern is slow. */
function fitsPattern(text: string, pattern: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  const tail = rest.pop() ?? '';
  if (!text.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - tail.length >= from && text.endsWith(tail);
}
