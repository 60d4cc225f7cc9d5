// How often actions fired on a day (UTC): counted in the store once, then in memory.
import type { Store } from '../../store/index.ts';
import { firedKind } from '../profiles/view.ts';

export interface DayCounts {
  /** Of the action, and of the whole workspace, on the day of this moment. */
  of(workspace: string, actionId: string, at: number): Promise<[action: number, all: number]>;
  add(workspace: string, actionId: string, at: number): void;
}

const dayMs = 86_400_000;
/** No limit is higher. */
const most = 10_000_000;

export function createDayCounts(store: Pick<Store, 'countNotes'>): DayCounts {
  let day = -1;
  let counts = new Map<string, number>();

  const turn = (at: number): void => {
    const today = Math.floor(at / dayMs);
    if (today === day) return;
    day = today;
    counts = new Map();
  };
  const read = async (workspace: string, subject: string | undefined): Promise<number> => {
    const key = `${workspace} ${subject ?? ''}`;
    const known = counts.get(key);
    if (known !== undefined) return known;
    const by = subject === undefined ? {} : { subject };
    const found = await store.countNotes(workspace, { kind: firedKind, since: day * dayMs, most, ...by });
    counts.set(key, found);
    return found;
  };

  return {
    async of(workspace, actionId, at) {
      turn(at);
      return [await read(workspace, actionId), await read(workspace, undefined)];
    },
    add(workspace, actionId, at) {
      turn(at);
      for (const key of [`${workspace} ${actionId}`, `${workspace} `]) {
        const known = counts.get(key);
        if (known !== undefined) counts.set(key, known + 1);
      }
    },
  };
}
