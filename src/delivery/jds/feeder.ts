// Follows the store and puts into the outbox what the rules let go. Held journeys wait in the store, where they are
// anyway: when somebody becomes known, theirs is read from there, so a million anonymous visits cost the outbox nothing.
import type { NewDelivery, Store, StoredEvent } from '../../store/index.ts';
import type { Clock } from './clock.ts';
import { isLinking } from './jds-event.ts';
import { createPlan } from './plan.ts';
import type { Rules } from './rules.ts';

export interface Feeder {
  /** Journeys that were too long to go as a whole, since the start. */
  cutJourneys(): number;
  stop(): Promise<void>;
}

export interface FeederOptions {
  store: Store;
  rules: Rules;
  lane: string;
  /** The workspace whose events go. */
  workspace: string;
  clock: Clock;
  /** Something is in the outbox. */
  onQueued: () => void;
  /** Of a journey that is too long only the newest part goes; told once of each. */
  onCut: (personId: string) => void;
  onError: (error: unknown) => void;
}

const pageSize = 500;
const chunkSize = 1_000;
const retryMs = 5_000;
const setBackMs = 60_000;
const maxRemembered = 50_000;
/** Of other workspaces: after so many the position is put on disk although there was nothing to do. */
const maxPassed = 10_000;

export function createFeeder(options: FeederOptions): Feeder {
  const { store, rules, lane, workspace, clock, onQueued, onCut, onError } = options;
  const consumers = { events: `forward:${lane}`, joined: `forward:${lane}:joined` };
  const plan = createPlan({ store, rules, lane, now: clock.now, onCut: noteCut });
  const stopping = new AbortController();
  const strangers = new Set<string>();
  /** Persons whose whole journey is in the outbox, up to a sequence. */
  const openedUpTo = new Map<string, number>();
  const cut = new Set<string>();
  let cutJourneys = 0;
  /** There is nothing of the workspace before. */
  let passed = 0;
  let wanted = true;
  let fedVersion = -1;
  let joinedLimit = chunkSize;
  let running: Promise<void> | undefined;

  const stopListening = store.onCommit(run);

  function run(): void {
    if (stopping.signal.aborted) return;
    wanted = true;
    running ??= work().finally(() => {
      running = undefined;
    });
  }

  async function work(): Promise<void> {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      try {
        const more = await feedEvents();
        const moreJoined = await feedJoined();
        wanted ||= more || moreJoined;
      } catch (error) {
        onError(error);
        await clock.wait(retryMs, stopping.signal);
        wanted = true;
      }
    }
  }

  /** True while there may be more. */
  async function feedEvents(): Promise<boolean> {
    const { sequence: stored } = await store.health();
    const position = await store.position(consumers.events);
    const events = await store.follow({ after: Math.max(position, passed), limit: pageSize, workspace });
    const isFull = events.length >= pageSize;
    const upTo = Math.max(events.at(-1)?.sequence ?? 0, isFull ? 0 : stored);
    if (events.length > 0) await feed(events, upTo);
    else if (upTo > position + maxPassed) await store.setPosition(consumers.events, upTo);
    // Or a quiet workspace beside a busy one would be looked for through ever more events.
    passed = upTo;
    return isFull;
  }

  async function feed(events: readonly StoredEvent[], upTo: number): Promise<void> {
    const deliveries: NewDelivery[] = [];
    const opened = new Set<string>();
    for (const event of events) {
      if (isLinking(event.event)) plan.linking(event);
      if (!rules.wants(event.event)) continue;
      if (rules.send === 'known' && isAnonymous(event)) {
        // It may have happened before a login that is stored by now: then it goes with that, and not before it.
        const isThere = event.sequence <= (openedUpTo.get(event.personId) ?? 0);
        if (!isThere && (await isKnown(event.personId))) opened.add(event.personId);
        continue;
      }
      deliveries.push(...(await plan.forEvent(event)));
      if (isLinking(event.event)) opened.add(event.personId);
    }
    for (const personId of opened) await open(personId);
    await put(deliveries, { consumer: consumers.events, sequence: upTo });
  }

  /** Agents and the API join persons without an event. */
  async function feedJoined(): Promise<boolean> {
    const { linksVersion } = await store.health();
    if (linksVersion === fedVersion) return false;
    const position = await store.position(consumers.joined);
    // A clock that was set back makes links that are older than the last one seen.
    const since = position > clock.now() ? clock.now() - setBackMs : position;
    const joined = await store.joinedSince(since, joinedLimit);
    for (const personId of new Set(joined.filter((one) => one.workspace === workspace).map((one) => one.personId))) {
      await open(personId);
    }
    const last = joined.at(-1)?.at ?? since;
    // The same millisecond again, for a link may have come in it since.
    await store.setPosition(consumers.joined, last);
    const isFull = joined.length === joinedLimit;
    // An import makes many in one.
    joinedLimit = isFull && last === since ? joinedLimit * 2 : chunkSize;
    if (!isFull) fedVersion = linksVersion;
    return isFull;
  }

  /** Two browsers may have been joined and still be nobody. */
  async function open(personId: string): Promise<void> {
    strangers.delete(personId);
    if (rules.send === 'known' && !(await isKnownPerson(personId))) return;
    const { sequence } = await store.health();
    await put(await plan.forPerson(workspace, personId));
    if (openedUpTo.size >= maxRemembered) openedUpTo.clear();
    openedUpTo.set(personId, sequence);
  }

  function noteCut(personId: string): void {
    if (cut.has(personId)) return;
    if (cut.size >= maxRemembered) cut.clear();
    cut.add(personId);
    cutJourneys += 1;
    onCut(personId);
  }

  /** Who was nobody stays so until a link is made, and then `feedJoined` comes by with all of their journey. */
  async function isKnown(personId: string): Promise<boolean> {
    if (strangers.has(personId)) return false;
    if (await isKnownPerson(personId)) return true;
    if (strangers.size >= maxRemembered) strangers.clear();
    strangers.add(personId);
    return false;
  }

  async function isKnownPerson(personId: string): Promise<boolean> {
    const person = await store.person(workspace, personId);
    return person?.aliases.some(({ identitytype }) => identitytype !== 'temporaryId') === true;
  }

  async function put(deliveries: NewDelivery[], advance?: { consumer: string; sequence: number }): Promise<void> {
    for (let from = 0; from + chunkSize < deliveries.length; from += chunkSize)
      await store.enqueue(deliveries.slice(from, from + chunkSize));
    const rest = deliveries.slice(Math.floor(Math.max(0, deliveries.length - 1) / chunkSize) * chunkSize);
    await store.enqueue(rest, advance);
    if (deliveries.length > 0) onQueued();
  }

  run();
  return {
    cutJourneys: () => cutJourneys,
    async stop() {
      stopping.abort();
      stopListening();
      await running;
    },
  };
}

function isAnonymous({ event, trust }: StoredEvent): boolean {
  return event.identitytype === 'temporaryId' && trust === 'anonymous';
}
