// What has fired in a page of events so far, before it is kept. Counted as it grows: a page may fire a hundred thousand times.
import type { StoredEvent } from '../../store/index.ts';
import type { Fire } from './fire.ts';

export interface Tally {
  add(fire: Fire): void;
  /** How often the action fired for the event's person, for anybody, and all actions of the event's workspace. */
  of(actionId: string, event: StoredEvent): { person: number; action: number; workspace: number };
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  const keysOf = (actionId: string, { workspace, personId }: StoredEvent) => ({
    person: `${workspace} ${actionId} ${personId}`,
    action: `${workspace} ${actionId}`,
    workspace,
  });
  const count = (key: string): number => counts.get(key) ?? 0;
  return {
    add({ action, event }) {
      for (const key of Object.values(keysOf(action.id, event))) counts.set(key, count(key) + 1);
    },
    of(actionId, event) {
      const { person, action, workspace } = keysOf(actionId, event);
      return { person: count(person), action: count(action), workspace: count(workspace) };
    },
  };
}
