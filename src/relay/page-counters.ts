// What pages tell of their own losses: each batch carries the tab's counters since it opened. Several tabs share a
// temporaryId and none has a name, so a report belongs to the tab that it can have grown from, and only the growth counts.

export const counterNames = ['made', 'dropped', 'retried', 'adopted'] as const;

export type Counters = [made: number, dropped: number, retried: number, adopted: number];

export interface PageCounters {
  /** Returns what a report adds, or undefined where it is none. */
  grow(visitor: string, report: unknown): Counters | undefined;
}

const tabsAVisitor = 4;
/** No tab makes as many events; whoever claims to only wants to spoil the sum. */
const most = 100_000;

export function createPageCounters({ maxVisitors = 20_000 }: { maxVisitors?: number } = {}): PageCounters {
  let young = new Map<string, Counters[]>();
  let old = new Map<string, Counters[]>();

  return {
    grow(visitor, report) {
      const next = parseCounters(report);
      if (!next) return undefined;
      const tabs = young.get(visitor) ?? old.get(visitor) ?? [];
      const before = tabs
        .filter((tab) => tab.every((count, index) => count <= (next[index] ?? 0)))
        .sort((left, right) => right[0] - left[0])[0];
      if (young.size >= maxVisitors / 2 && !young.has(visitor)) {
        old = young;
        young = new Map();
      }
      young.set(visitor, [next, ...tabs.filter((tab) => tab !== before)].slice(0, tabsAVisitor));
      return before ? (next.map((count, index) => count - (before[index] ?? 0)) as Counters) : next;
    },
  };
}

function parseCounters(report: unknown): Counters | undefined {
  const match = typeof report === 'string' ? /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/.exec(report) : null;
  const counters = match?.slice(1).map(Number) as Counters | undefined;
  return counters?.every((count) => count <= most) ? counters : undefined;
}
