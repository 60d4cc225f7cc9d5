// How many calls run at once, over all addresses. Sockets are finite; and a workspace whose receivers are slow leaves half of
// them to the others.

export interface CallSlots {
  /** Waits until one is free and takes up to so many; 0 once closed. */
  take(workspace: string, wanted: number): Promise<number>;
  give(workspace: string, count: number): void;
  /** Whoever waits gets none. */
  close(): void;
}

interface Waiting {
  workspace: string;
  go: (granted: number) => void;
}

export function createCallSlots(most: number): CallSlots {
  const mostOfOne = Math.ceil(most / 2);
  const held = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let free = most;
  let closed = false;

  const grant = (workspace: string, wanted: number): number => {
    const own = held.get(workspace) ?? 0;
    const granted = Math.max(0, Math.min(wanted, free, mostOfOne - own));
    if (granted > 0) held.set(workspace, own + granted);
    free -= granted;
    return granted;
  };

  return {
    async take(workspace, wanted) {
      const granted = closed ? 0 : grant(workspace, wanted);
      if (closed || granted > 0) return granted;
      return new Promise((go) => waiting.add({ workspace, go }));
    },
    give(workspace, count) {
      const left = (held.get(workspace) ?? 0) - count;
      if (left > 0) held.set(workspace, left);
      else held.delete(workspace);
      free += count;
      // In the order in which they came, one each: so many addresses share what there is.
      for (const one of waiting) {
        if (free === 0) return;
        if (grant(one.workspace, 1) === 0) continue;
        waiting.delete(one);
        one.go(1);
      }
    },
    close() {
      closed = true;
      for (const { go } of waiting) go(0);
      waiting.clear();
    },
  };
}
