// Fires actions. Follows the store with a position of its own, and asks for each new event whether an action's rule holds
// for its person as things were when the event came. What fires and the position move in one transaction, so that after a
// crash nothing is lost and nothing fires twice.
import { setTimeout as rest } from 'node:timers/promises';
import type { NewDelivery, NewNote, Store, StoredEvent } from '../../store/index.ts';
import type { Templates } from '../profiles/templates.ts';
import type { Actions } from './actions.ts';
import { type ActionsByType, createActiveActions } from './active-actions.ts';
import { type CompiledAction, concerns, isTrusted, judge } from './compile.ts';
import { createDayCounts } from './day-counts.ts';
import { deliveriesOf, type Fire, hopsOf, noteOf } from './fire.ts';
import { createLastFired, isInCooldown } from './last-fired.ts';
import { type Candidate, type Past, readPast } from './past.ts';
import { createTally, type Tally } from './tally.ts';

/** Why an action did not fire although its event came; or that it did. */
export type FireOutcome = 'fired' | 'not-fulfilled' | 'quiet' | 'untrusted' | 'looping' | 'over-limit';

export interface ActionEngineOptions {
  store: Store;
  actions: Actions;
  templates: Templates;
  now: () => number;
  /** In a day (UTC). Default 100,000. */
  maxFiresPerDay?: number;
  /** Events behind so many actions fire nothing. Default 3. */
  maxHops?: number;
  /** Called with lanes to which something was added. */
  onFired?: (lanes: ReadonlySet<string>) => void;
  onOutcome?: (outcome: FireOutcome) => void;
  onError: (error: unknown) => void;
}

export interface ActionEngine {
  /** The last sequence that was judged. */
  sequence(): number;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

const consumer = 'journey-actions';
const pageSize = 500;
/** Taking events in goes first: with more to do, it rests for twice as long as it has worked, but no longer than this. */
const maxRestMs = 50;
/** The position is written with what fires; where nothing does, after so many events or so long. */
const maxUnwritten = 5_000;
const writeAfterMs = 1_000;

export async function startActionEngine(options: ActionEngineOptions): Promise<ActionEngine> {
  const { store, actions, now, onOutcome = () => undefined, onFired, onError } = options;
  const { maxHops = 3, maxFiresPerDay = 100_000 } = options;
  const byWorkspace = createActiveActions(options);
  const counts = createDayCounts(store);
  const lastFired = createLastFired();
  let awake = await actions.any();
  const start = await store.health();
  let sequence = awake ? await store.position(consumer) : start.sequence;
  let [written, wanted, linksVersion] = [sequence, start.sequence, start.linksVersion];
  let working: Promise<void> | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  // Before there is any action events are passed by, and the position is not kept.
  actions.onFirst(async () => {
    sequence = Math.max(sequence, (await store.health()).sequence);
    await writePosition();
    awake = true;
  });

  const stopListening = store.onCommit((commit) => {
    wanted = Math.max(wanted, commit.sequence);
    if (commit.linksVersion !== linksVersion) lastFired.forget();
    linksVersion = commit.linksVersion;
    wake();
  });

  function wake(): void {
    if (!awake) sequence = Math.max(sequence, wanted);
    else if (!stopped) working ??= work().catch(onError).finally(pause);
  }

  function pause(): void {
    working = undefined;
    if (stopped || timer) return;
    // Also tries again what failed.
    timer = setTimeout(() => {
      timer = undefined;
      if (sequence < wanted) wake();
      else if (sequence > written) void writePosition().catch(onError);
    }, writeAfterMs);
    timer.unref();
  }

  async function writePosition(): Promise<void> {
    const reached = sequence;
    await store.setPosition(consumer, reached);
    written = Math.max(written, reached);
  }

  async function work(): Promise<void> {
    while (sequence < wanted && !stopped) {
      const began = performance.now();
      // What is committed while the store is asked is not in the answer: an empty one says nothing of it.
      const asked = wanted;
      const page = await store.follow({ after: sequence, limit: pageSize });
      const last = page.at(-1)?.sequence ?? asked;
      const fires = await judgePage(page);
      if (fires.length > 0) await keep(fires, last);
      sequence = last;
      if (sequence - written > maxUnwritten) await writePosition();
      if (sequence < wanted) await rest(Math.min(maxRestMs, 2 * (performance.now() - began)));
    }
  }

  async function keep(fires: readonly Fire[], last: number): Promise<void> {
    const deliveries: NewDelivery[] = fires.flatMap(deliveriesOf);
    const notes: NewNote[] = fires.map(noteOf);
    await store.enqueue(deliveries, { consumer, sequence: last }, notes);
    written = last;
    for (const { action, event, at } of fires) {
      lastFired.set(action.id, event.personId, at);
      counts.add(event.workspace, action.id, at);
    }
    onFired?.(new Set(deliveries.map(({ lane }) => lane)));
  }

  async function judgePage(page: readonly StoredEvent[]): Promise<Fire[]> {
    const open = await openCandidates(page);
    const learn = lastFired.asking();
    const pastOf = await readPast(store, open, page);
    const tally = createTally();
    const fires: Fire[] = [];
    for (const { event, compiled, asksLastFire } of open) {
      const past = pastOf(event);
      const { id } = compiled.action;
      if (asksLastFire) learn(id, event.personId, past.fires.get(id) ?? 0);
      const fire = await fireOf(event, compiled, past, tally);
      if (!fire) continue;
      fires.push(fire);
      tally.add(fire);
    }
    return fires;
  }

  async function openCandidates(page: readonly StoredEvent[]): Promise<Candidate[]> {
    const byType = new Map<string, ActionsByType>();
    for (const { workspace } of page) if (!byType.has(workspace)) byType.set(workspace, await byWorkspace(workspace));
    return page.flatMap((event) =>
      (byType.get(event.workspace)?.of(event.event.type) ?? []).flatMap((compiled) => {
        if (event.sequence <= compiled.since || !concerns(compiled, event)) return [];
        const isQuiet = lastFired.isQuiet(compiled, event);
        return isOpen(compiled, event, isQuiet) ? [{ event, compiled, asksLastFire: isQuiet === undefined }] : [];
      }),
    );
  }

  function isOpen(compiled: CompiledAction, event: StoredEvent, isQuiet: boolean | undefined): boolean {
    if (!isTrusted(event.trust, compiled.action.minTrust)) onOutcome('untrusted');
    else if (hopsOf(event) >= maxHops) onOutcome('looping');
    else if (isQuiet) onOutcome('quiet');
    else return true;
    return false;
  }

  async function fireOf(
    event: StoredEvent,
    compiled: CompiledAction,
    past: Past,
    tally: Tally,
  ): Promise<Fire | undefined> {
    const { action } = compiled;
    const judged = judge(compiled, past.facts, event.receivedAt);
    if (!judged) return report('not-fulfilled');
    const before = tally.of(action.id, event);
    if (compiled.cooldownMs > 0 && before.person > 0) return report('quiet');
    const isQuiet = lastFired.isQuiet(compiled, event);
    if (isQuiet ?? isInCooldown(past.fires.get(action.id) ?? 0, compiled, event)) return report('quiet');
    const at = now();
    const [ofAction, ofAll] = await counts.of(event.workspace, action.id, at);
    if (ofAction + before.action >= (action.maxPerDay ?? Number.POSITIVE_INFINITY)) return report('over-limit');
    if (ofAll + before.workspace >= maxFiresPerDay) return report('over-limit');
    onOutcome('fired');
    return { action, event, result: judged.result, at };
  }

  function report(outcome: FireOutcome): undefined {
    onOutcome(outcome);
    return undefined;
  }

  wake();
  return {
    sequence: () => sequence,
    async stop() {
      stopped = true;
      stopListening();
      clearTimeout(timer);
      await working;
      // On a full disk those events are judged again at the next start, and fire nothing twice.
      if (awake && sequence > written) await writePosition().catch(onError);
    },
  };
}
