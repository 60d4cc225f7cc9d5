// A walk over (alias, corrected time), newest first, that takes out of each event's body only the members that are wanted.
// What it finds is put together by SQLite too, as columns of JSON: a row for each event takes a third longer to make, and
// twice as long to parse on the main thread.
import type { FactsQuery, WantedFacts } from '../../facts.ts';
import { startOfTypes } from '../../type-pattern.ts';
import type { Db } from './open-file.ts';

/** What a query wants, as one walk finds it. */
export interface WalkPlan {
  members: WantedFacts['members'];
  limit?: number;
  /** Which of the wanted it finds. */
  places: number[];
  isAlone: boolean;
}

/** Types without a limit share a walk; one with a limit has its own, which ends early, and so has a name of several types. */
export function planWalks(wanted: FactsQuery['wanted']): WalkPlan[] {
  const plans: WalkPlan[] = [];
  for (const [place, { type, members, limit }] of wanted.entries()) {
    const whole = members === 'event';
    const isAlone = limit !== undefined || startOfTypes(type) !== undefined;
    const shared = plans.find((plan) => !isAlone && !plan.isAlone && (plan.members === 'event') === whole);
    if (!shared) {
      plans.push({ members, places: [place], isAlone, ...(limit !== undefined && { limit }) });
      continue;
    }
    shared.places.push(place);
    if (!whole && shared.members !== 'event') shared.members = [...new Set([...shared.members, ...members])];
  }
  return plans;
}

/** A walk that is ready for any alias. */
export interface Walk {
  /** The same for walks that differ in the ends of their windows alone. */
  key: string;
  /** The old ends of the windows of its types, milliseconds. */
  afters: readonly number[];
  limit: number | undefined;
  over(alias: number, range: WalkRange): Run | undefined;
}

export interface WalkRange {
  /** As those of the walk. */
  afters: readonly number[];
  /** Only events with a higher sequence; up to this one. */
  since: number;
  upTo: number;
}

/** What a walk found under an alias, as JSON text of a `SentRun`. */
export interface Run {
  text: string;
  count: number;
  /** Corrected time of the last, milliseconds. */
  oldest: number;
}

/** What a walk found under one alias as it arrives on the main thread: columns, newest first. */
export interface SentRun {
  sequence: number[];
  corrected: number[];
  /** Places of the events' types in the query; of a single type just the one. */
  place: number[];
  /** The values of the walk's members, or the whole events; empty where no member was asked for. */
  found: unknown[];
}

/** Undefined where no event has one of the types. */
export type Walks = (plan: WalkPlan, wanted: FactsQuery['wanted']) => Walk | undefined;

export function createWalks(db: Db): Walks {
  const statements = new Map<string, ReturnType<Db['prepare']>>();
  const typeId = db.prepare('SELECT id FROM name WHERE value = ?').pluck();
  const typesFrom = db.prepare('SELECT id FROM name WHERE value >= ? AND value < ? ORDER BY id').pluck();

  const idsOf = (type: string): number[] => {
    const start = startOfTypes(type);
    const found = start === undefined ? typeId.all(type) : typesFrom.all(start, `${start}\u{10ffff}`);
    return found.map(Number);
  };

  const prepare = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql).raw();
    // Templates differ in the types that they ask for: the memory of them is bounded.
    if (statements.size >= 200) statements.clear();
    statements.set(sql, known);
    return known;
  };

  return ({ members, limit, places }, wanted) => {
    const types = places.flatMap((place) => {
      const ids = idsOf(wanted[place]?.type ?? '');
      return ids.length === 0 ? [] : [{ ids, place, after: wanted[place]?.after ?? 0 }];
    });
    const [only, ...others] = types;
    if (!only) return undefined;
    const paths = pathsOf(members);
    const sql = walkSql(types, columnOf(paths));
    const statement = prepare(sql);
    return {
      key: JSON.stringify([sql, paths, limit, types.map((type) => type.place)]),
      afters: types.map((type) => type.after),
      limit,
      over(alias, { afters, since, upTo }) {
        const windows = others.length === 0 ? [] : afters;
        const values = [...(paths ?? []), alias, Math.min(...afters), ...windows, since, upTo, limit ?? -1];
        const [count, oldest, ...columns] = statement.get(values) as [number, number, ...(string | null)[]];
        if (count === 0) return undefined;
        const [sequence, corrected, place, found] = columns;
        const each = others.length === 0 ? only.place : place;
        const text = `{"sequence":[${sequence}],"corrected":[${corrected}],"place":[${each}],"found":[${found ?? ''}]}`;
        return { text, count, oldest };
      },
    };
  };
}

/** One row of texts. The limit inside keeps SQLite from leaving out the order there. */
function walkSql(types: readonly { ids: number[]; place: number }[], found: string | undefined): string {
  const ids = types.flatMap((type) => type.ids);
  const several = types.length > 1;
  const place = `CASE e.type ${types.map((type) => `WHEN ${type.ids[0]} THEN ${type.place}`).join(' ')} END`;
  const inWindow = `AND e.corrected > CASE e.type ${ids.map((id) => `WHEN ${id} THEN ?`).join(' ')} END`;
  return `SELECT count(*), min(corrected), group_concat(sequence), group_concat(corrected),
      ${several ? 'group_concat(place)' : 'NULL'}, ${found ? 'group_concat(found)' : 'NULL'}
    FROM (
      SELECT e.sequence, e.corrected, ${several ? place : 'NULL'} AS place, ${found ?? 'NULL'} AS found FROM event e
      WHERE e.alias = ? AND e.corrected > ? AND e.type IN (${ids.join(', ')}) ${several ? inWindow : ''}
        AND e.sequence > ? AND e.sequence <= ?
      ORDER BY e.corrected DESC, e.sequence DESC LIMIT ?
    )`;
}

/**
 * Paths into the body; undefined where the whole of it is needed, also for a name that a path cannot write. With two
 * paths or more SQLite answers with a list, which keeps the JSON types apart.
 */
function pathsOf(members: WantedFacts['members']): string[] | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what cannot stand in a path.
  if (members === 'event' || members.some((member) => /["\\\u0000-\u001f]/.test(member))) return undefined;
  const paths = members.map((member) => `$.data."${member}"`);
  return paths.length === 1 ? [...paths, ...paths] : paths;
}

/** Without a member no body is read. */
function columnOf(paths: string[] | undefined): string | undefined {
  if (!paths) return 'e.body';
  return paths.length === 0 ? undefined : `json_extract(e.body, ${paths.map(() => '?').join(', ')})`;
}
