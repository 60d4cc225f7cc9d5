// What is remembered of a destination beside its outbox: from where on its events go, and whether an operator paused it.
import type { Store } from '../../store/index.ts';

export interface LaneState {
  isPaused: boolean;
  setPaused(isPaused: boolean): Promise<void>;
}

const kind = 'forward-lane';

/** At the first start notes that events go from now on. */
export async function openLaneState(
  store: Pick<Store, 'documents' | 'putDocument' | 'setPosition' | 'health'>,
  lane: string,
  now: number,
): Promise<LaneState> {
  const setPaused = (isPaused: boolean): Promise<void> => store.putDocument('', kind, { id: lane, body: { isPaused } });
  const found = (await store.documents('', kind)).find(({ id }) => id === lane);
  if (found) return { isPaused: found.body['isPaused'] === true, setPaused };
  await store.setPosition(`forward:${lane}`, (await store.health()).sequence);
  await store.setPosition(`forward:${lane}:joined`, now);
  await setPaused(false);
  return { isPaused: false, setPaused };
}
