// The list of persons with `filter`, `sortBy` and pages. The store keeps persons in the order of their creation; a filter
// reads through them, and a look-up by an alias goes straight to its person.
import type { Workspace } from '../access/index.ts';
import { isIdentitytype } from '../protocol/index.ts';
import { type Condition, fitsMembers, type PersonRecord, type Store } from '../store/index.ts';
import { JourneyError } from './jds-error.ts';
import { viewPerson } from './person-view.ts';
import { readChoice, readPage, readText } from './query.ts';
import { compilePersonRsql } from './rsql.ts';

/** So many persons can be put in another order than that of their creation; more is a job for an export. */
const maxSorted = 20_000;
const readAtOnce = 500;

const sortable = ['createdAt', 'updatedAt', 'firstName', 'lastName', 'id'] as const;

export async function searchPersons(store: Store, workspace: Workspace, query: unknown): Promise<PersonRecord[]> {
  const { limit, offset } = readPage(query);
  const filter = readText(query, 'filter');
  const condition = filter === undefined ? undefined : compilePersonRsql(filter);
  const sortBy = readChoice(query, 'sortBy', sortable);
  const sort = readChoice(query, 'sort', ['asc', 'desc']);
  const order = sort === 'desc' ? 'newest-first' : 'oldest-first';
  if (!condition && (sortBy === undefined || sortBy === 'createdAt')) {
    return store.persons(workspace.id, { limit, offset, order });
  }

  const fits = (person: PersonRecord): boolean => !condition || fitsPerson(condition, person, workspace);
  const alias = condition && aliasIn(condition);
  if (alias !== undefined) {
    const person = await store.personOf(workspace.id, alias);
    if (person && fits(person)) return offset === 0 ? [person] : [];
    // Another person may have the same value in another spelling: the slow way finds out.
  }
  const sorted = sortBy !== undefined && sortBy !== 'createdAt';
  const found = await collect(store, workspace.id, { order, fits, most: sorted ? maxSorted + 1 : offset + limit });
  if (sorted && found.length > maxSorted) {
    throw new JourneyError(400, `sortBy: expected a filter that at most ${maxSorted} persons fit`);
  }
  if (sorted) sortPersons(found, sortBy, sort === 'desc' ? -1 : 1);
  return found.slice(offset, offset + limit);
}

/** As the query says; without `sortBy` and `sort` they stay in the order in which they were found. */
export function inOrder(persons: readonly PersonRecord[], query: unknown): PersonRecord[] {
  const sortBy = readChoice(query, 'sortBy', sortable);
  const sort = readChoice(query, 'sort', ['asc', 'desc']);
  const ordered = [...persons];
  if (sortBy !== undefined || sort !== undefined) {
    sortPersons(ordered, sortBy ?? 'createdAt', sort === 'desc' ? -1 : 1);
  }
  return ordered;
}

interface Collecting {
  order: 'newest-first' | 'oldest-first';
  fits: (person: PersonRecord) => boolean;
  most: number;
}

async function collect(store: Store, workspace: string, { order, fits, most }: Collecting): Promise<PersonRecord[]> {
  const found: PersonRecord[] = [];
  for (let offset = 0; found.length < most; offset += readAtOnce) {
    const page = await store.persons(workspace, { limit: readAtOnce, offset, order });
    for (const person of page) if (found.length < most && fits(person)) found.push(person);
    if (page.length < readAtOnce) break;
  }
  return found;
}

function fitsPerson(condition: Condition, person: PersonRecord, workspace: Workspace): boolean {
  return fitsMembers(condition, { ...viewPerson(person, workspace) });
}

/** The value in `email=='x'`, alone or as one of several that must all hold. */
function aliasIn(condition: Condition): string | undefined {
  if ('all' in condition) return condition.all.map(aliasIn).find((alias) => alias !== undefined);
  if (!('is' in condition) || condition.is !== 'equal' || typeof condition.value !== 'string') return undefined;
  return isIdentitytype(condition.field) || condition.field === 'aliases' ? condition.value : undefined;
}

function sortPersons(persons: PersonRecord[], by: (typeof sortable)[number], direction: 1 | -1): void {
  const key = (person: PersonRecord): string | number => person[by] ?? '';
  persons.sort((a, b) => direction * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
