// Events of a person or a workspace in the order of their corrected times, in two steps: which ones, from the index
// alone, then their rows. A person's aliases are asked in the order of their newest event, and asking stops where no
// further one can matter: a page of 50 costs about the same for 1 alias and for 500.
import type { HistoryQuery } from '../../store.ts';
import { type CompiledCondition, compileCondition } from './condition.ts';
import { type EventRow, eventColumns } from './hydrate.ts';
import type { Db } from './open-file.ts';
import { inTime } from './time-limit.ts';

/** Place of an event in the order. */
export interface Place {
  corrected: number;
  sequence: number;
}

export interface Scope {
  workspace: number;
  /** Aliases of the person; undefined for the whole workspace. */
  aliases?: number[];
}

export interface History {
  read(scope: Scope, query: HistoryQuery): EventRow[];
  /** Oldest first, from behind a place: for long reads in many short ones. */
  page(scope: Scope, behind: Place | undefined, limit: number): EventRow[];
}

const defaultLimit = 1_000;

/** Events of an erased person go in steps (erasure.ts): nobody sees those that are still there. */
const notErased = 'AND EXISTS (SELECT 1 FROM alias a WHERE a.id = e.alias AND a.value IS NOT NULL)';

export function createHistory(db: Db): History {
  const statements = new Map<string, ReturnType<Db['prepare']>>();
  const prepare = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    // Filters make ever new statements: the memory of them is bounded.
    if (statements.size >= 200) statements.clear();
    statements.set(sql, known);
    return known;
  };
  const rows = db.prepare(
    `SELECT ${eventColumns} FROM json_each(?) place CROSS JOIN event e ON e.sequence = place.value ORDER BY place.rowid`,
  );
  const places = createPlaceFinder(prepare);

  const rowsOf = (found: Place[]) => rows.all(JSON.stringify(found.map(({ sequence }) => sequence))) as EventRow[];

  return {
    read(scope, query) {
      const [limit, offset] = [countOf(query.limit, defaultLimit), countOf(query.offset, 0)];
      const older = query.before && places.of(scope, query.before);
      if (query.before && !older) return [];
      const search: Search = { wanted: offset + limit, newestFirst: query.order !== 'oldest-first' };
      if (query.after !== undefined) search.after = query.after;
      if (query.sortBy) search.sortBy = query.sortBy;
      if (older) search.bound = { place: older, side: '<' };
      if (query.where) search.where = compileCondition(query.where);
      return rowsOf(places.find(scope, search).slice(offset, search.wanted));
    },
    page(scope, behind, limit) {
      const bound = behind && ({ place: behind, side: '>' } as const);
      return rowsOf(places.find(scope, { wanted: limit, newestFirst: false, ...(bound && { bound }) }));
    },
  };
}

interface Search {
  bound?: { place: Place; side: '<' | '>' };
  wanted: number;
  newestFirst: boolean;
  where?: CompiledCondition;
  /** Only events with a higher sequence. */
  after?: number;
  sortBy?: NonNullable<HistoryQuery['sortBy']>;
}

interface PlaceFinder {
  find(scope: Scope, search: Search): Place[];
  /** Where an event stands; undefined where it is not in the scope. */
  of(scope: Scope, event: { id: string; sequence?: number }): Place | undefined;
}

function createPlaceFinder(prepare: (sql: string) => ReturnType<Db['prepare']>): PlaceFinder {
  const ordered = (column: 'alias' | 'workspace', value: number, search: Search): Place[] => {
    const { bound, wanted, newestFirst, where, after } = search;
    const direction = newestFirst ? 'DESC' : 'ASC';
    const statement = prepare(
      `SELECT e.corrected, e.sequence FROM event e WHERE e.${column} = @value
       ${bound ? `AND (e.corrected, e.sequence) ${bound.side} (@corrected, @sequence)` : ''}
       ${column === 'workspace' ? notErased : ''}
       ${after === undefined ? '' : 'AND e.sequence > @after'}
       ${where ? `AND ${inTime} AND ${where.sql}` : ''}
       ORDER BY e.corrected ${direction}, e.sequence ${direction} LIMIT @wanted`,
    );
    const values = { value, wanted, ...(after !== undefined && { after }), ...bound?.place, ...where?.values };
    return statement.all(values) as Place[];
  };

  /** By another attribute than the time there is no index: all that is in the scope is read. */
  const sorted = (scope: Scope, search: Search): Place[] => {
    const { bound, wanted, newestFirst, where, sortBy = 'id' } = search;
    const direction = newestFirst ? 'DESC' : 'ASC';
    const statement = prepare(
      `SELECT e.corrected, e.sequence FROM event e
       WHERE ${scope.aliases ? 'e.alias IN (SELECT value FROM json_each(@scope))' : 'e.workspace = @scope'} AND ${inTime}
       ${bound ? `AND (e.corrected, e.sequence) ${bound.side} (@corrected, @sequence)` : ''}
       ${where ? `AND ${where.sql}` : ''}
       ORDER BY json_extract(e.body, @path) ${direction}, e.corrected DESC, e.sequence DESC LIMIT @wanted`,
    );
    const of = scope.aliases ? JSON.stringify(scope.aliases) : scope.workspace;
    return statement.all({ scope: of, path: `$.${sortBy}`, wanted, ...bound?.place, ...where?.values }) as Place[];
  };

  const merged = (aliases: readonly number[], search: Search): Place[] => {
    const { wanted, newestFirst } = search;
    const compare = newestFirst ? (a: Place, b: Place) => later(b, a) : later;
    const { where: _, ...unfiltered } = search;
    const heads = aliases
      .flatMap((alias) => ordered('alias', alias, { ...unfiltered, wanted: 1 }).map((place) => ({ alias, place })))
      .sort((a, b) => compare(a.place, b.place));
    let best: Place[] = [];
    for (const { alias, place } of heads) {
      const last = best.at(wanted - 1);
      if (last && compare(place, last) > 0) break;
      const more = ordered('alias', alias, search);
      best = best.length === 0 ? more : [...best, ...more].sort(compare).slice(0, wanted);
    }
    return best;
  };

  return {
    find: (scope, search) =>
      search.sortBy
        ? sorted(scope, search)
        : scope.aliases
          ? merged(scope.aliases, search)
          : ordered('workspace', scope.workspace, search),
    of(scope, { id, sequence }) {
      const [column, values] = scope.aliases ? ['alias', scope.aliases] : ['workspace', [scope.workspace]];
      // Ids are not indexed on their own (random keys cost more than all else): without the sequence the scope is searched.
      const statement = prepare(
        `SELECT e.corrected, e.sequence FROM event e WHERE e.${column} = @value AND ${inTime}
           ${sequence === undefined ? '' : 'AND e.sequence = @sequence'}
           AND instr(e.body, @text) > 0 AND json_extract(e.body, '$.id') = @id
         ORDER BY e.corrected DESC, e.sequence DESC LIMIT 1`,
      );
      for (const value of values) {
        const found = statement.get({
          value,
          id,
          text: JSON.stringify(id),
          ...(sequence !== undefined && { sequence }),
        });
        if (found) return found as Place;
      }
      return undefined;
    },
  };
}

/** A negative limit would mean none to SQLite. */
export function countOf(value: number | undefined, fallback: number): number {
  return value === undefined ? fallback : Math.max(0, Math.floor(value) || 0);
}

function later(a: Place, b: Place): number {
  return a.corrected - b.corrected || a.sequence - b.sequence;
}
