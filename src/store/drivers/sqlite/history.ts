// Events of a person or a workspace in the order of their corrected times, in two steps: which ones, from the index
// alone, then their rows. A person's aliases are asked in the order of their newest event, and asking stops where no
// further one can matter: a page of 50 costs about the same for 1 alias and for 500.
import type { HistoryQuery } from '../../store.ts';
import type { EventRow } from './hydrate.ts';
import type { Db } from './open-file.ts';

/** Place of an event in the order. */
interface Place {
  corrected: number;
  sequence: number;
}

export interface Scope {
  workspace: number;
  /** Aliases of the person; undefined for the whole workspace. */
  aliases?: number[];
}

export type History = (scope: Scope, query: HistoryQuery) => EventRow[];

const defaultLimit = 1_000;

export function createHistory(db: Db): History {
  const statements = new Map<string, ReturnType<Db['prepare']>>();
  const prepare = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const row = db.prepare(
    `SELECT e.sequence, w.name AS workspace, e.alias, e.corrected, e.received, e.grounds, e.body
     FROM event e JOIN workspace w ON w.id = e.workspace WHERE e.sequence = ?`,
  );
  const places = createPlaceFinder(prepare);

  return (scope, query) => {
    const { limit = defaultLimit, offset = 0 } = query;
    const newestFirst = query.order !== 'oldest-first';
    const bound = query.before && places.of(scope, query.before.id);
    if (query.before && !bound) return [];
    const wanted = offset + limit;
    const found = scope.aliases
      ? places.merged(scope.aliases, { bound, wanted, newestFirst })
      : places.ordered('workspace', scope.workspace, { bound, wanted, newestFirst });
    return found.slice(offset, wanted).map(({ sequence }) => row.get(sequence) as EventRow);
  };
}

interface Search {
  /** Only events older than this one. */
  bound: Place | undefined;
  wanted: number;
  newestFirst: boolean;
}

function createPlaceFinder(prepare: (sql: string) => ReturnType<Db['prepare']>) {
  const ordered = (column: 'alias' | 'workspace', value: number, { bound, wanted, newestFirst }: Search): Place[] => {
    const direction = newestFirst ? 'DESC' : 'ASC';
    const statement = prepare(
      `SELECT corrected, sequence FROM event
       WHERE ${column} = @value ${bound ? 'AND (corrected, sequence) < (@corrected, @sequence)' : ''}
       ORDER BY corrected ${direction}, sequence ${direction} LIMIT @wanted`,
    );
    return statement.all({ value, wanted, ...bound }) as Place[];
  };

  const merged = (aliases: readonly number[], search: Search): Place[] => {
    const { wanted, newestFirst } = search;
    const compare = newestFirst ? (a: Place, b: Place) => later(b, a) : later;
    const heads = aliases
      .flatMap((alias) => ordered('alias', alias, { ...search, wanted: 1 }).map((place) => ({ alias, place })))
      .sort((a, b) => compare(a.place, b.place));
    let best: Place[] = [];
    for (const { alias, place } of heads) {
      const last = best.at(wanted - 1);
      if (last && compare(place, last) > 0) break;
      best = [...best, ...ordered('alias', alias, search)].sort(compare).slice(0, wanted);
    }
    return best;
  };

  /** Ids are not indexed on their own (random keys cost more than everything else): the scope is searched, newest first. */
  const of = (scope: Scope, id: string): Place | undefined => {
    const column = scope.aliases ? 'alias' : 'workspace';
    const statement = prepare(
      `SELECT corrected, sequence FROM event WHERE ${column} = @value
         AND instr(body, @text) > 0 AND json_extract(body, '$.id') = @id ORDER BY corrected DESC, sequence DESC LIMIT 1`,
    );
    for (const value of scope.aliases ?? [scope.workspace]) {
      const found = statement.get({ value, id, text: JSON.stringify(id) }) as Place | undefined;
      if (found) return found;
    }
    return undefined;
  };

  return { ordered, merged, of };
}

function later(a: Place, b: Place): number {
  return a.corrected - b.corrected || a.sequence - b.sequence;
}
