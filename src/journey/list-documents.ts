// `filter`, `sortBy`, `sort` and pages over lists that are small enough to be in memory: templates, actions.
import type { JsonObject } from '../protocol/index.ts';
import { fitsMembers } from '../store/index.ts';
import { readChoice, readPage, readText } from './query.ts';
import { compilePersonRsql } from './rsql.ts';

export function listDocuments<Item extends object, Name extends keyof Item & string>(
  items: readonly Item[],
  query: unknown,
  sortable: readonly Name[],
): Item[] {
  const { limit, offset } = readPage(query);
  const filter = readText(query, 'filter');
  const condition = filter === undefined ? undefined : compilePersonRsql(filter);
  const sortBy = readChoice(query, 'sortBy', sortable);
  const direction = readChoice(query, 'sort', ['asc', 'desc']) === 'desc' ? -1 : 1;
  const found = items.filter((item) => !condition || fitsMembers(condition, item as unknown as JsonObject));
  if (sortBy) found.sort((a, b) => direction * String(a[sortBy]).localeCompare(String(b[sortBy])));
  else if (direction < 0) found.reverse();
  return found.slice(offset, offset + limit);
}
