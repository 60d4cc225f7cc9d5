// Facts in a reader: a walk over (alias, corrected time), newest first, and of each event's body only the members that are
// wanted, taken out by SQLite. What a walk finds is put together by SQLite too, as columns of JSON: a row for each event
// takes a third longer to make, and twice as long to parse on the main thread.
import type { CloudEvent, Json, JsonObject } from '../../../protocol/index.ts';
import type { Fact, FactsQuery, PersonFacts, WantedFacts } from '../../facts.ts';
import { Encoded } from './encoded.ts';
import type { Scope } from './history.ts';
import type { Db } from './open-file.ts';

/** As it arrives on the main thread. */
export interface SentFacts {
  personId: string | null;
  runs: SentRun[];
}

/** What a walk found under one alias, newest first. */
interface SentRun {
  sequence: number[];
  corrected: number[];
  /** Places of the events' types in the query; of a single type just the one. */
  place: number[];
  /** The values of the walk's members, or the whole events; empty where no member was asked for. */
  found: (Json[] | CloudEvent)[];
}

export type FactReader = (queries: readonly FactsQuery[]) => Encoded<SentFacts[]>;

export interface FactParts {
  scopeOf(query: Pick<FactsQuery, 'workspace' | 'identity' | 'personId'>): Scope | undefined;
  personIdOf(alias: number): string | undefined;
}

export function createFactReader(db: Db, { scopeOf, personIdOf }: FactParts): FactReader {
  const statements = new Map<string, ReturnType<Db['prepare']>>();
  const typeId = db.prepare('SELECT id FROM name WHERE value = ?').pluck();

  const prepare = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql).raw();
    // Templates differ in the types that they ask for: the memory of them is bounded.
    if (statements.size >= 200) statements.clear();
    statements.set(sql, known);
    return known;
  };

  /** The walk made ready for any alias; undefined where no event has one of its types. */
  const ready = ({ members, limit, places }: Walk, wanted: readonly WantedFacts[], upTo: number) => {
    const types = places.flatMap((place) => {
      const id = typeId.get(wanted[place]?.type);
      return id === undefined ? [] : [{ id: Number(id), place, after: wanted[place]?.after ?? 0 }];
    });
    const [only, ...others] = types;
    if (!only) return undefined;
    const paths = pathsOf(members);
    const statement = prepare(walkSql(types, columnOf(paths)));
    const after = Math.min(...types.map((type) => type.after));
    const afters = others.length === 0 ? [] : types.map((type) => type.after);
    return (alias: number): string | undefined => {
      const values = [...(paths ?? []), alias, after, ...afters, upTo, limit ?? -1];
      const [sequence, corrected, place, found] = statement.get(values) as (string | null)[];
      if (sequence === null) return undefined;
      const each = others.length === 0 ? only.place : place;
      return `{"sequence":[${sequence}],"corrected":[${corrected}],"place":[${each}],"found":[${found ?? ''}]}`;
    };
  };

  return (queries) => {
    const answers = queries.map((query) => {
      const { wanted, upTo = Number.MAX_SAFE_INTEGER } = query;
      const aliases = scopeOf(query)?.aliases ?? [];
      const [first] = aliases;
      const personId = first === undefined ? null : (personIdOf(first) ?? null);
      const walks = planWalks(wanted).flatMap((walk) => ready(walk, wanted, upTo) ?? []);
      const runs = aliases.flatMap((alias) => walks.flatMap((walk) => walk(alias) ?? []));
      return `{"personId":${JSON.stringify(personId)},"runs":[${runs.join(',')}]}`;
    });
    return new Encoded(`[${answers.join(',')}]`);
  };
}

/** One row of four texts. The limit inside keeps SQLite from leaving out the order there. */
function walkSql(types: readonly { id: number; place: number }[], found: string | undefined): string {
  const ids = types.map(({ id }) => id);
  const several = types.length > 1;
  const place = `CASE e.type ${types.map((type) => `WHEN ${type.id} THEN ${type.place}`).join(' ')} END`;
  const inWindow = `AND e.corrected > CASE e.type ${ids.map((id) => `WHEN ${id} THEN ?`).join(' ')} END`;
  return `SELECT group_concat(sequence), group_concat(corrected), ${several ? 'group_concat(place)' : 'NULL'},
      ${found ? 'group_concat(found)' : 'NULL'}
    FROM (
      SELECT e.sequence, e.corrected, ${several ? place : 'NULL'} AS place, ${found ?? 'NULL'} AS found FROM event e
      WHERE e.alias = ? AND e.corrected > ? AND e.type IN (${ids.join(', ')}) ${several ? inWindow : ''}
        AND e.sequence <= ?
      ORDER BY e.corrected DESC, e.sequence DESC LIMIT ?
    )`;
}

interface Walk {
  members: WantedFacts['members'];
  limit?: number;
  /** Which of the wanted it finds. */
  places: number[];
}

/** Types without a limit share a walk; one with a limit has its own, which ends early. */
function planWalks(wanted: readonly WantedFacts[]): Walk[] {
  const walks: Walk[] = [];
  for (const [place, { members, limit }] of wanted.entries()) {
    const whole = members === 'event';
    const shared = walks.find(
      (walk) => limit === undefined && walk.limit === undefined && (walk.members === 'event') === whole,
    );
    if (!shared) {
      walks.push({ members, places: [place], ...(limit !== undefined && { limit }) });
      continue;
    }
    shared.places.push(place);
    if (!whole && shared.members !== 'event') shared.members = [...new Set([...shared.members, ...members])];
  }
  return walks;
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

export function hydrateFacts(queries: readonly FactsQuery[], sent: readonly SentFacts[]): PersonFacts[] {
  return sent.map(({ personId, runs }, index) => {
    const wanted = queries[index]?.wanted ?? [];
    const membersAt: WantedFacts['members'][] = [];
    for (const { places, members } of planWalks(wanted)) for (const place of places) membersAt[place] = members;
    const facts = runs.flatMap((run) => hydrateRun(run, wanted, membersAt));
    if (runs.length > 1) facts.sort((a, b) => b.correctedTime - a.correctedTime || b.sequence - a.sequence);
    return { ...(personId !== null && { personId }), facts };
  });
}

function hydrateRun(
  run: SentRun,
  wanted: readonly WantedFacts[],
  membersAt: readonly WantedFacts['members'][],
): Fact[] {
  const { corrected, place, found } = run;
  return run.sequence.map((sequence, at): Fact => {
    const correctedTime = corrected[at] ?? 0;
    const here = place[place.length === 1 ? 0 : at] ?? 0;
    const values = found[at] ?? [];
    if (!Array.isArray(values)) return { sequence, correctedTime, event: values };
    const members = membersAt[here] ?? [];
    const data: JsonObject = {};
    for (let one = 0; one < members.length; one += 1) data[String(members[one])] = values[one] ?? null;
    return { sequence, correctedTime, event: { type: wanted[here]?.type ?? '', data } };
  });
}
