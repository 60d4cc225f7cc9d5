// When an action last fired for a person. The store knows, under the aliases that the person has now; what was asked
// lately is remembered while no link changes.
import type { StoredEvent } from '../../store/index.ts';
import type { CompiledAction } from './compile.ts';

export interface LastFired {
  set(actionId: string, personId: string, at: number): void;
  /** Links have changed. */
  forget(): void;
  /** Whether the action is in its cool-down; undefined where the store has to be asked. */
  isQuiet(compiled: CompiledAction, event: StoredEvent): boolean | undefined;
  /** Called before the store is asked, what it answers is set by the result: unless links have changed in between. */
  asking(): LastFired['set'];
}

const maxKnown = 50_000;

export function createLastFired(): LastFired {
  const known = new Map<string, number>();
  let linksSeen = 0;
  const keyOf = (actionId: string, personId: string) => `${actionId} ${personId}`;
  const set: LastFired['set'] = (actionId, personId, at) => {
    if (known.size >= maxKnown) known.clear();
    known.set(keyOf(actionId, personId), at);
  };
  return {
    set,
    forget() {
      linksSeen += 1;
      known.clear();
    },
    isQuiet(compiled, event) {
      if (compiled.cooldownMs === 0) return false;
      const last = known.get(keyOf(compiled.action.id, event.personId));
      return last === undefined ? undefined : isInCooldown(last, compiled, event);
    },
    asking() {
      const asked = linksSeen;
      return (...fired) => {
        if (asked === linksSeen) set(...fired);
      };
    },
  };
}

/** By the time at which the event came: judged again after a crash, it is judged the same. */
export function isInCooldown(last: number, { cooldownMs }: CompiledAction, { receivedAt }: StoredEvent): boolean {
  return receivedAt < last + cooldownMs;
}
