// Whose result may change next: the earliest first. An item that is put again counts at its new time only.

export interface ExpiryHeap<Item> {
  /** Milliseconds; undefined takes the item out. */
  put(item: Item, at: number | undefined): void;
  /** The earliest time there is. */
  next(): number | undefined;
  /** Takes out all that are due. */
  due(now: number): Item[];
}

interface Entry<Item> {
  item: Item;
  at: number;
}

export function createExpiryHeap<Item>(): ExpiryHeap<Item> {
  const entries: Entry<Item>[] = [];
  /** When an item really is due; entries that say otherwise are left over. */
  const times = new Map<Item, number>();
  const isLive = ({ item, at }: Entry<Item>): boolean => times.get(item) === at;
  const earlier = (a: number, b: number): boolean => (entries[a]?.at ?? 0) < (entries[b]?.at ?? 0);

  const swap = (a: number, b: number): void => {
    const [first, second] = [entries[a], entries[b]];
    if (first && second) [entries[a], entries[b]] = [second, first];
  };

  const push = (entry: Entry<Item>): void => {
    let at = entries.push(entry) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && earlier(at, parent); parent = (at - 1) >> 1) {
      swap(at, parent);
      at = parent;
    }
  };

  const pop = (): void => {
    const last = entries.pop();
    if (!last || entries.length === 0) return;
    entries[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < entries.length && earlier(left, least)) least = left;
      if (right < entries.length && earlier(right, least)) least = right;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };

  const head = (): Entry<Item> | undefined => {
    while (entries[0] && !isLive(entries[0])) pop();
    return entries[0];
  };

  return {
    put(item, at) {
      if (times.get(item) === at) return;
      if (at === undefined) times.delete(item);
      else {
        times.set(item, at);
        push({ item, at });
      }
    },
    next: () => head()?.at,
    due(now) {
      const items: Item[] = [];
      for (let first = head(); first && first.at <= now; first = head()) {
        times.delete(first.item);
        items.push(first.item);
      }
      return items;
    },
  };
}
