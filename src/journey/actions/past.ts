// What persons had done until an event came, and when actions last fired for them, for all events of a page: one query for
// a person and page.
import type { Fact, FactsQuery, Store, StoredEvent } from '../../store/index.ts';
import { groupBy } from '../profiles/group.ts';
import { wantedFacts } from '../profiles/need.ts';
import { firedKind } from '../profiles/view.ts';
import type { CompiledAction } from './compile.ts';

/** An action that an event may fire. */
export interface Candidate {
  event: StoredEvent;
  compiled: CompiledAction;
  /** The store is asked when it last fired. */
  asksLastFire: boolean;
}

export interface Past {
  /** Of the event's person, newest first. */
  facts: readonly Fact[];
  /** When actions last fired for the person, by their ids, milliseconds: of those that were asked about. */
  fires: ReadonlyMap<string, number>;
}

export type PastOf = (event: StoredEvent) => Past;

/** `candidates` in the order of their events, which are among those of `page`. */
export async function readPast(
  store: Pick<Store, 'facts'>,
  candidates: readonly Candidate[],
  page: readonly StoredEvent[],
): Promise<PastOf> {
  const inPage = groupBy(page, keyOf);
  const persons = [...groupBy(candidates, ({ event }) => keyOf(event))];
  const queries = persons.map(([key, group]) => queryOf(group, inPage.get(key)?.length ?? 0));
  const found = queries.length === 0 ? [] : await store.facts(queries);
  const known = new Map<string, Past>();
  for (const [index, [key]] of persons.entries()) {
    const { facts = [], notes = [] } = found[index] ?? {};
    known.set(key, { facts, fires: new Map(notes.map(({ subject, at }) => [subject, at])) });
  }
  let last: { event: StoredEvent; past: Past } | undefined;
  return (event) => {
    // An event is asked about once for each of its actions, one after the other.
    if (last?.event !== event) last = { event, past: until(known.get(keyOf(event)), event) };
    return last.past;
  };
}

/** `spare`: so many events of the page are the person's. */
function queryOf(group: readonly Candidate[], spare: number): FactsQuery {
  const last = group.at(-1)?.event;
  const actions = new Set(group.map(({ compiled }) => compiled));
  const asked = new Set(group.flatMap(({ asksLastFire, compiled }) => (asksLastFire ? compiled.action.id : [])));
  return {
    workspace: last?.workspace ?? '',
    personId: last?.personId ?? '',
    upTo: last?.sequence ?? 0,
    wanted: wantedFacts({
      attributes: [...new Set([...actions].flatMap(({ attributes }) => attributes))],
      from: group.reduce((least, { event }) => Math.min(least, event.receivedAt), Number.POSITIVE_INFINITY),
      spare,
    }),
    ...(asked.size > 0 && { notes: { kind: firedKind, latestOf: [...asked] } }),
  };
}

function until(past: Past | undefined, { sequence: upTo }: StoredEvent): Past {
  if (!past) return { facts: [], fires: new Map() };
  return { ...past, facts: past.facts.filter(({ sequence }) => sequence <= upTo) };
}

function keyOf({ workspace, personId }: StoredEvent): string {
  return `${workspace} ${personId}`;
}
