// What the rules would have let go of the traffic that was, and whether the rate would carry it.
import type { Store, StoredEvent } from '../../store/index.ts';
import { isLinking } from './jds-event.ts';
import type { Rules } from './rules.ts';
import { sessionOf } from './segments.ts';

export interface DryRun {
  /** Events that were stored in the time asked for. */
  seen: number;
  /** Calls that they would have been; about so many where visits are gathered. */
  wouldSend: number;
  byType: Record<string, { seen: number; wouldSend: number }>;
  /** In the busiest hour. */
  busiestPerMinute: number;
  /** Over the whole time. */
  perMinute: number;
  /** How long sending all of them would take at the rate, milliseconds. */
  takesMs: number;
  /** False where more would come than the rate lets go, so that the backlog would grow for ever. */
  fits: boolean;
  /** True where there was more to read than is read. */
  isCut: boolean;
}

export interface DryRunOptions {
  store: Pick<Store, 'history' | 'person'>;
  rules: Rules;
  workspace: string;
  perMinute: number;
  /** By corrected time, milliseconds. */
  since: number;
  until: number;
  /** Default 200,000. */
  maxEvents?: number;
}

const pageSize = 500;
const hourMs = 3_600_000;
const maxRemembered = 100_000;

export async function dryRun(options: DryRunOptions): Promise<DryRun> {
  const { store, rules, workspace, since, until, maxEvents = 200_000 } = options;
  const known = createKnown(store, rules, workspace);
  const repeats = createGathering(rules);
  // A map, for types are words of strangers.
  const byType = new Map<string, { seen: number; wouldSend: number }>();
  const hours = new Map<number, number>();
  let [seen, wouldSend, isCut] = [0, 0, false];
  let last: StoredEvent | undefined;
  for (;;) {
    const page: StoredEvent[] = await store.history({
      workspace,
      limit: pageSize,
      ...(last && { before: { id: last.event.id, sequence: last.sequence } }),
    });
    last = page.at(-1);
    for (const event of page) if (event.correctedTime >= since && event.correctedTime < until) await take(event);
    isCut = seen >= maxEvents;
    if (!last || last.correctedTime < since || isCut) break;
  }

  async function take(event: StoredEvent): Promise<void> {
    const { type } = event.event;
    const row = byType.get(type) ?? { seen: 0, wouldSend: 0 };
    byType.set(type, row);
    row.seen += 1;
    seen += 1;
    if (!rules.wants(event.event) || !(await known(event)) || repeats(event)) return;
    row.wouldSend += 1;
    wouldSend += 1;
    const hour = Math.floor(event.correctedTime / hourMs);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }

  const from = isCut && last ? last.correctedTime : since;
  const perMinute = wouldSend / Math.max(1, (until - from) / 60_000);
  return {
    seen,
    wouldSend,
    byType: Object.fromEntries(byType),
    busiestPerMinute: Math.max(0, ...hours.values()) / 60,
    perMinute,
    takesMs: Math.ceil((wouldSend / options.perMinute) * 60_000),
    fits: perMinute <= options.perMinute,
    isCut,
  };
}

/** As of now: who has become known since would have been sent then. */
function createKnown(store: Pick<Store, 'person'>, rules: Rules, workspace: string) {
  const remembered = new Map<string, boolean>();
  return async ({ event, trust, personId }: StoredEvent): Promise<boolean> => {
    if (rules.send === 'all' || event.identitytype !== 'temporaryId' || trust !== 'anonymous') return true;
    const before = remembered.get(personId);
    if (before !== undefined) return before;
    const person = await store.person(workspace, personId);
    const is = person?.aliases.some(({ identitytype }) => identitytype !== 'temporaryId') === true;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(personId, is);
    return is;
  };
}

/** Whether a visit goes with others of its session that have been counted. Events come newest first. */
function createGathering(rules: Rules): (event: StoredEvent) => boolean {
  const newest = new Map<string, number>();
  return (event) => {
    const session = sessionOf(event);
    if (session === undefined) return false;
    if (isLinking(event.event)) newest.delete(session);
    if (!rules.coalesces(event.event)) return false;
    const counted = newest.get(session);
    if (counted !== undefined && event.correctedTime > counted - rules.gatherMs) return true;
    if (newest.size >= maxRemembered) newest.clear();
    newest.set(session, event.correctedTime);
    return false;
  };
}
