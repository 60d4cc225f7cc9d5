// When an action last fired for a person. The store knows, under the aliases that the person has now; what was asked
// lately is remembered while no link changes.
import type { Store, StoredEvent } from '../../store/index.ts';
import { firedKind } from '../profiles/view.ts';
import type { CompiledAction } from './compile.ts';

export interface LastFired {
  set(actionId: string, personId: string, at: number): void;
  forget(): void;
  /** True where it is known without asking that the action is in its cool-down. */
  isQuiet(compiled: CompiledAction, event: StoredEvent): boolean;
  /** Whether it is in its cool-down. */
  wasLately(compiled: CompiledAction, event: StoredEvent): Promise<boolean>;
}

export function createLastFired(store: Pick<Store, 'notes'>): LastFired {
  const known = new Map<string, number>();
  let linksSeen = 0;
  const maxKnown = 50_000;
  const keyOf = (actionId: string, personId: string) => `${actionId} ${personId}`;
  const set = (actionId: string, personId: string, at: number): void => {
    if (known.size >= maxKnown) known.clear();
    known.set(keyOf(actionId, personId), at);
  };
  // By the time at which the event came: judged again after a crash, it is judged the same.
  const isIn = (last: number | undefined, { cooldownMs }: CompiledAction, { receivedAt }: StoredEvent): boolean =>
    last !== undefined && receivedAt < last + cooldownMs;
  return {
    set,
    forget() {
      linksSeen += 1;
      known.clear();
    },
    isQuiet: (compiled: CompiledAction, event: StoredEvent): boolean =>
      compiled.cooldownMs > 0 && isIn(known.get(keyOf(compiled.action.id, event.personId)), compiled, event),
    async wasLately(compiled: CompiledAction, event: StoredEvent): Promise<boolean> {
      const { workspace, personId } = event;
      const { id } = compiled.action;
      const remembered = known.get(keyOf(id, personId));
      if (remembered !== undefined) return isIn(remembered, compiled, event);
      const asked = linksSeen;
      const [last] = await store.notes(workspace, { kind: firedKind, subject: id, personId, limit: 1 });
      // What was read before a link changed is good for this event, and for none after it.
      if (asked === linksSeen) set(id, personId, last?.at ?? 0);
      return isIn(last?.at, compiled, event);
    },
  };
}
