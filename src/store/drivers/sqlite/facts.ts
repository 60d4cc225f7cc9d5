// Facts in a reader: a walk over (alias, corrected time), newest first, and of each event's body only the members that are
// wanted, taken out by SQLite. They cross to the main thread as rows of JSON.
import type { CloudEvent, Json, JsonObject } from '../../../protocol/index.ts';
import type { Fact, FactsQuery, PersonFacts, WantedFacts } from '../../facts.ts';
import { Encoded } from './encoded.ts';
import type { Scope } from './history.ts';
import type { Db } from './open-file.ts';

/** As it arrives on the main thread. */
export interface SentFacts {
  personId: string | null;
  /** `wanted` is the place in the query; found: the values of the walk's members, or the whole event. */
  rows: [sequence: number, corrected: number, wanted: number, found: Json[] | CloudEvent][];
}

export type FactReader = (queries: readonly FactsQuery[]) => Encoded<SentFacts[]>;

export interface FactParts {
  scopeOf(query: Pick<FactsQuery, 'workspace' | 'identity' | 'personId'>): Scope | undefined;
  personIdOf(alias: number): string | undefined;
}

type Row = [sequence: number, corrected: number, type: number, found: string];

export function createFactReader(db: Db, { scopeOf, personIdOf }: FactParts): FactReader {
  const statements = new Map<string, ReturnType<Db['prepare']>>();
  const typeId = db.prepare('SELECT id FROM name WHERE value = ?').pluck();

  const prepare = (types: number[], found: string) => {
    const key = `${types.join(', ')} ${found}`;
    const known = statements.get(key);
    if (known) return known;
    const statement = db
      .prepare(
        `SELECT e.sequence, e.corrected, e.type, ${found} FROM event e
         WHERE e.alias = ? AND e.corrected > ? AND e.type IN (${types.join(', ')}) AND e.sequence <= ?
         ORDER BY e.corrected DESC, e.sequence DESC LIMIT ?`,
      )
      .raw();
    // Templates differ in the types that they ask for: the memory of them is bounded.
    if (statements.size >= 200) statements.clear();
    statements.set(key, statement);
    return statement;
  };

  /** Rows of one alias as JSON texts, each with its place in the order. */
  const walkOver = (alias: number, { after, members, limit, places }: Walk, wanted: WantedFacts[], upTo: number) => {
    const placeOf = new Map<number, number>();
    for (const place of places) {
      const id = typeId.get(wanted[place]?.type);
      if (id !== undefined) placeOf.set(Number(id), place);
    }
    if (placeOf.size === 0) return [];
    const paths = pathsOf(members);
    const statement = prepare([...placeOf.keys()], columnOf(paths));
    const rows = statement.all([...(paths ?? []), alias, after, upTo, limit ?? -1]) as Row[];
    return rows.flatMap(([sequence, corrected, type, found]) => {
      const place = placeOf.get(type) ?? 0;
      if (corrected <= (wanted[place]?.after ?? 0)) return [];
      return [{ sequence, corrected, text: `[${sequence},${corrected},${place},${found}]` }];
    });
  };

  return (queries) => {
    const answers = queries.map((query) => {
      const { wanted, upTo = Number.MAX_SAFE_INTEGER } = query;
      const aliases = scopeOf(query)?.aliases ?? [];
      const [first] = aliases;
      const personId = first === undefined ? null : (personIdOf(first) ?? null);
      const walks = planWalks(wanted);
      const rows = aliases.flatMap((alias) => walks.flatMap((walk) => walkOver(alias, walk, wanted, upTo)));
      if (aliases.length * walks.length > 1) rows.sort((a, b) => b.corrected - a.corrected || b.sequence - a.sequence);
      return `{"personId":${JSON.stringify(personId)},"rows":[${rows.map(({ text }) => text).join(',')}]}`;
    });
    return new Encoded(`[${answers.join(',')}]`);
  };
}

interface Walk {
  after: number;
  members: WantedFacts['members'];
  limit?: number;
  /** Which of the wanted it finds. */
  places: number[];
}

/** Types without a limit share a walk; one with a limit has its own, which ends early. */
function planWalks(wanted: readonly WantedFacts[]): Walk[] {
  const walks: Walk[] = [];
  for (const [place, { after, members, limit }] of wanted.entries()) {
    const whole = members === 'event';
    const shared = walks.find(
      (walk) => limit === undefined && walk.limit === undefined && (walk.members === 'event') === whole,
    );
    if (!shared) {
      walks.push({ after, members, places: [place], ...(limit !== undefined && { limit }) });
      continue;
    }
    shared.places.push(place);
    shared.after = Math.min(shared.after, after);
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
function columnOf(paths: string[] | undefined): string {
  if (!paths) return 'e.body';
  return paths.length === 0 ? "'[]'" : `json_extract(e.body, ${paths.map(() => '?').join(', ')})`;
}

export function hydrateFacts(queries: readonly FactsQuery[], sent: readonly SentFacts[]): PersonFacts[] {
  return sent.map(({ personId, rows }, index) => {
    const wanted = queries[index]?.wanted ?? [];
    const membersAt: WantedFacts['members'][] = [];
    for (const { places, members } of planWalks(wanted)) for (const place of places) membersAt[place] = members;
    const facts = rows.map(([sequence, correctedTime, place, found]): Fact => {
      if (!Array.isArray(found)) return { sequence, correctedTime, event: found };
      const members = membersAt[place] ?? [];
      const data: JsonObject = {};
      for (let at = 0; at < members.length; at += 1) data[String(members[at])] = found[at] ?? null;
      return { sequence, correctedTime, event: { type: wanted[place]?.type ?? '', data } };
    });
    return { ...(personId !== null && { personId }), facts };
  });
}
