// What persons had done until an event came, for all events of a page: one query for a person and page.
import type { Fact, Store, StoredEvent } from '../../store/index.ts';
import { groupBy } from '../profiles/group.ts';
import { wantedFacts } from '../profiles/need.ts';
import type { CompiledAction } from './compile.ts';

/** An action that an event may fire. */
export interface Candidate {
  event: StoredEvent;
  compiled: CompiledAction;
}

/** Of the event's person, newest first. */
export type PastOf = (event: StoredEvent) => readonly Fact[];

/** `candidates` in the order of their events, which are among those of `page`. */
export async function readPast(
  store: Pick<Store, 'facts'>,
  candidates: readonly Candidate[],
  page: readonly StoredEvent[],
): Promise<PastOf> {
  const inPage = groupBy(page, keyOf);
  const persons = [...groupBy(candidates, ({ event }) => keyOf(event))];
  const queries = persons.map(([key, group]) => {
    const actions = new Set(group.map(({ compiled }) => compiled));
    const last = group.at(-1)?.event;
    return {
      workspace: last?.workspace ?? '',
      personId: last?.personId ?? '',
      upTo: last?.sequence ?? 0,
      wanted: wantedFacts({
        attributes: [...new Set([...actions].flatMap(({ attributes }) => attributes))],
        from: group.reduce((least, { event }) => Math.min(least, event.receivedAt), Number.POSITIVE_INFINITY),
        spare: inPage.get(key)?.length ?? 0,
      }),
    };
  });
  const found = queries.length === 0 ? [] : await store.facts(queries);
  const facts = new Map(persons.map(([key], index) => [key, found[index]?.facts ?? []]));
  let last: { event: StoredEvent; past: Fact[] } | undefined;
  return (event) => {
    // An event is asked about once for each of its actions, one after the other.
    if (last?.event !== event) {
      last = { event, past: (facts.get(keyOf(event)) ?? []).filter(({ sequence }) => sequence <= event.sequence) };
    }
    return last.past;
  };
}

function keyOf({ workspace, personId }: StoredEvent): string {
  return `${workspace} ${personId}`;
}
