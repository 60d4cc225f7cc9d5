// JSON Patch on a person (jds-contract 3.3): names and single aliases, by the paths that clients send. Pure: says what
// would change, so that nothing has changed when one operation of several is wrong.
import { type Identitytype, isIdentitytype, isObject, type Person } from '../protocol/index.ts';
import { JourneyError } from './jds-error.ts';
import { maxName, requireIdentity } from './person-body.ts';

export interface PersonChange {
  firstName?: string | null;
  lastName?: string | null;
  add: { value: string; identitytype: Identitytype }[];
  /** Alias values. */
  remove: string[];
}

interface Operation {
  op: 'add' | 'replace' | 'remove';
  path: string[];
  value: string | null;
  place: string;
}

/** Throws 400 that names the operation and what was expected. */
export function readPersonPatch(body: unknown, person: Person): PersonChange {
  if (!Array.isArray(body) || body.length === 0)
    throw new JourneyError(400, 'Expected a JSON Patch: a non-empty array of operations');
  const lists = listsOf(person);
  const change: PersonChange = { add: [], remove: [] };
  for (const [index, item] of body.entries()) apply(readOperation(item, index), lists, change);
  for (const type of Object.keys(lists) as Identitytype[]) {
    const before = listsOf(person)[type];
    const after = lists[type];
    for (const value of before) if (!after.includes(value)) change.remove.push(value);
    for (const value of after) if (!before.includes(value)) change.add.push({ value, identitytype: type });
  }
  return change;
}

type Lists = Record<Identitytype, string[]>;

function listsOf({ phone, email, customerId, temporaryId, socialId }: Person): Lists {
  return {
    phone: [...phone],
    email: [...email],
    customerId: [...customerId],
    temporaryId: [...temporaryId],
    socialId: [...socialId],
  };
}

function readOperation(item: unknown, index: number): Operation {
  const place = `operation ${index}`;
  if (!isObject(item)) throw new JourneyError(400, `${place}: expected an object with op and path`);
  const { op, path, value } = item;
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new JourneyError(400, `${place}: path: expected a JSON pointer`);
  // The contract's prose says replace, its schema says update (9.14).
  const known = op === 'update' ? 'replace' : op;
  if (known !== 'add' && known !== 'replace' && known !== 'remove') {
    throw new JourneyError(400, `${place}: op: expected add, replace or remove`);
  }
  if (known !== 'remove' && typeof value !== 'string' && value !== null)
    throw new JourneyError(400, `${place}: value: expected a text`);
  return { op: known, path: path.slice(1).split('/'), value: typeof value === 'string' ? value.trim() : null, place };
}

function apply(operation: Operation, lists: Lists, change: PersonChange): void {
  const { path, place } = operation;
  const [member = '', position, ...rest] = path;
  if (member === 'firstName' || member === 'lastName') {
    if (position !== undefined) throw new JourneyError(400, `${place}: path: ${member} has no members`);
    const name = operation.op === 'remove' ? null : operation.value;
    if (name !== null && name.length > maxName) {
      throw new JourneyError(400, `${place}: value: expected at most ${maxName} characters`);
    }
    change[member] = name;
  } else if (isIdentitytype(member) && position !== undefined && rest.length === 0) {
    applyToList(operation, lists[member], position);
  } else {
    throw new JourneyError(
      400,
      `${place}: path: expected /firstName, /lastName or /<identitytype>/<index>, got /${path.join('/').slice(0, 60)}`,
    );
  }
}

function applyToList({ op, value, place }: Operation, list: string[], position: string): void {
  const last = op === 'add' ? list.length : list.length - 1;
  const index = position === '-' && op === 'add' ? list.length : /^\d{1,4}$/.test(position) ? Number(position) : -1;
  if (index < 0 || index > last)
    throw new JourneyError(400, `${place}: path: index ${position.slice(0, 20)} is out of range`);
  if (op === 'remove') list.splice(index, 1);
  else {
    requireIdentity(value, `${place}: value`);
    list.splice(index, op === 'add' ? 0 : 1, value);
  }
}
