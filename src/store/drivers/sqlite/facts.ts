// Facts in a reader: for each query the person's aliases, under each of them the walks that the query needs, and the notes
// that it asks for. They cross to the main thread as JSON.
import type { FactsQuery } from '../../facts.ts';
import type { Note } from '../../notes.ts';
import { Encoded } from './encoded.ts';
import { createFactMemory } from './fact-memory.ts';
import { createWalks, planWalks, type SentRun } from './fact-walk.ts';
import type { Scope } from './history.ts';
import type { NoteReads } from './notes.ts';
import type { Db } from './open-file.ts';

/** As it arrives on the main thread. */
export interface SentFacts {
  personId: string | null;
  /** May hold events that have left the windows. */
  runs: SentRun[];
  notes?: Note[];
}

export type FactReader = (queries: readonly FactsQuery[]) => Encoded<SentFacts[]>;

export interface FactParts {
  scopeOf(query: Pick<FactsQuery, 'workspace' | 'identity' | 'personId'>): Scope | undefined;
  personIdOf(alias: number): string | undefined;
  notesUnder: NoteReads['notesUnder'];
}

export function createFactReader(db: Db, { scopeOf, personIdOf, notesUnder }: FactParts): FactReader {
  const walksOf = createWalks(db);
  const runsOf = createFactMemory(db);

  const answer = (query: FactsQuery): string => {
    const { wanted, upTo = Number.MAX_SAFE_INTEGER } = query;
    const aliases = scopeOf(query)?.aliases ?? [];
    const [first] = aliases;
    const personId = first === undefined ? null : (personIdOf(first) ?? null);
    const walks = planWalks(wanted).flatMap((plan) => walksOf(plan, wanted) ?? []);
    const runs = aliases.flatMap((alias) => walks.flatMap((walk) => runsOf(alias, walk, upTo)));
    const notes = query.notes && notesUnder(query.workspace, query.notes, aliases);
    return `{"personId":${JSON.stringify(personId)},"runs":[${runs.join(',')}]${notes ? `,"notes":${JSON.stringify(notes)}` : ''}}`;
  };

  return (queries) => new Encoded(`[${queries.map(answer).join(',')}]`);
}
