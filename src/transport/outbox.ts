// The events that the relay has not answered for yet, in memory, in the order they were made.
// Keeps an event once, picks what the next batch carries (by lane, then age), and when it is over its bounds drops
// measurements, then visits, oldest first. Never drops an identify event, and never drops in silence.

/** What goes first when there is a choice: identify and opt-in, then visits, then measurements. */
export const lanes = ['identify', 'visit', 'measurement'] as const;

export type Lane = (typeof lanes)[number];

export interface Entry {
  readonly id: string;
  /** The event as it goes on the wire, serialised once. */
  readonly text: string;
  readonly lane: Lane;
  /** The page's clock, in milliseconds, when the event was made. */
  readonly madeAt: number;
  /** Length on the wire in UTF-8. */
  readonly bytes: number;
  /** Not sent before this time, because the relay said so. */
  notBefore: number;
  /** How it is under way: a `safe` request survives the page, a `plain` one dies with it. */
  flight?: 'safe' | 'plain' | undefined;
  /** The chunk of the deep journal that holds a copy. */
  chunk?: number | undefined;
}

export interface OutboxLimits {
  maxEvents: number;
  maxBytes: number;
  maxAgeMs: number;
}

export interface Outbox {
  /** False when the event is there already. */
  add(entry: Entry): boolean;
  remove(id: string): void;
  clear(): void;
  all(): Entry[];
  size(): number;
  bytes(): number;
  /** The entries that pass `allow`, best first, as many as fit into one batch but at least one. */
  pick(maxBytes: number, maxEvents: number, allow: (entry: Entry) => boolean): Entry[];
  /** Removes what is over the limits and returns it. */
  trim(now: number): Entry[];
}

export function createOutbox(limits: OutboxLimits): Outbox {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function remove(id: string): void {
    bytes -= entries.get(id)?.bytes ?? 0;
    entries.delete(id);
  }

  function oldest(lane: Lane): Entry | undefined {
    for (const entry of entries.values()) if (entry.lane === lane) return entry;
    return undefined;
  }

  return {
    add(entry) {
      if (entries.has(entry.id)) return false;
      entries.set(entry.id, entry);
      bytes += entry.bytes;
      return true;
    },
    remove,
    clear() {
      entries.clear();
      bytes = 0;
    },
    all: () => [...entries.values()],
    size: () => entries.size,
    bytes: () => bytes,
    pick(maxBytes, maxEvents, allow) {
      const picked: Entry[] = [];
      let size = 2;
      for (const lane of lanes) {
        for (const entry of entries.values()) {
          if (entry.lane !== lane || !allow(entry)) continue;
          size += entry.bytes + 1;
          if (picked.length && (size > maxBytes || picked.length >= maxEvents)) return picked;
          picked.push(entry);
        }
      }
      return picked;
    },
    trim(now) {
      const dropped: Entry[] = [];
      for (const entry of entries.values()) {
        if (now - entry.madeAt <= limits.maxAgeMs) break;
        if (entry.lane !== 'identify') dropped.push(entry);
      }
      for (const entry of dropped) remove(entry.id);
      while (entries.size > limits.maxEvents || bytes > limits.maxBytes) {
        const entry = oldest('measurement') ?? oldest('visit');
        if (!entry) break;
        remove(entry.id);
        dropped.push(entry);
      }
      return dropped;
    },
  };
}
