// The bodies that name a person: names and aliases by type (jds-contract 3.2). Values are trimmed and each counts once.
import { type Identitytype, identitytypes, maxLengths } from '../protocol/index.ts';
import type { PersonDetails } from '../store/index.ts';
import { JourneyError } from './jds-error.ts';

export const maxName = 200;
/** More in one call is a mistake; the store has its own limits for each type. */
const maxAliases = 500;

/** Throws 400 where there is no alias at all. */
export function readDetails(body: Record<string, unknown>): PersonDetails {
  const aliases = readIdentities(body);
  if (aliases.length === 0) throw new JourneyError(400, `body: expected at least one of ${identitytypes.join(', ')}`);
  return { ...readName(body, 'firstName'), ...readName(body, 'lastName'), aliases };
}

export function readIdentities(body: Record<string, unknown>): PersonDetails['aliases'] {
  const aliases = identitytypes.flatMap((type) =>
    readList(body[type], type).map((value) => ({ value, identitytype: type })),
  );
  if (aliases.length > maxAliases) throw new JourneyError(400, `body: expected at most ${maxAliases} aliases`);
  return aliases;
}

function readList(value: unknown, type: Identitytype): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new JourneyError(400, `${type}: expected an array of texts`);
  const values = value.map((item: unknown, index) => {
    requireIdentity(item, `${type}[${index}]`);
    return item.trim();
  });
  return [...new Set(values)];
}

/** NUL and half surrogates would make two values of one in other programs. */
export function requireIdentity(value: unknown, place: string): asserts value is string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= maxLengths.identity) {
    if (!/\0|\p{Cs}/u.test(value)) return;
  }
  throw new JourneyError(400, `${place}: expected a text of 1 to ${maxLengths.identity} characters without NUL`);
}

/** Absent and empty leave the name as it is; null takes it away. */
function readName(body: Record<string, unknown>, member: 'firstName' | 'lastName') {
  const value = body[member];
  if (value === undefined || value === '') return {};
  if (value !== null && (typeof value !== 'string' || value.length > maxName)) {
    throw new JourneyError(400, `${member}: expected a text of at most ${maxName} characters`);
  }
  return { [member]: typeof value === 'string' ? value.trim() : null };
}
