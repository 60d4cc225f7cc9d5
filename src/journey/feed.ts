// The live feed: follows the store and hands each new event to the open streams of the person it belongs to.
// A stream is opened for an identity, not for a person. So an event is brought to whoever follows one of the aliases that
// its person has now: a stream on a temporaryId goes on under the customer it turns out to be, and one for somebody
// unknown begins when they come. The cost of an event does not grow with the number of open streams.
import { lowerEmail, phoneDigits } from '../protocol/index.ts';
import type { Store, StoredEvent } from '../store/index.ts';

export interface Feed {
  /** Calls back with each event stored from now on for the identity's person, in order. */
  subscribe(subscription: Subscription): Unsubscribe;
  /** The last sequence that was handed out. */
  sequence(): number;
  close(): void;
}

export interface Subscription {
  workspace: string;
  identity: string;
  onEvent: (event: StoredEvent) => void;
}

export type Unsubscribe = () => void;

type FeedStore = Pick<Store, 'follow' | 'health' | 'onCommit' | 'person' | 'personOf'>;

const pageSize = 500;
const maxRemembered = 10_000;

export async function createFeed(store: FeedStore, onError: (error: unknown) => void): Promise<Feed> {
  const followers = createFollowers();
  const start = await store.health();
  let { sequence, linksVersion } = start;
  let wanted = sequence;
  let reading = false;
  /** Aliases by person, good while no link changes. */
  let names = new Map<string, string[]>();

  const stop = store.onCommit((commit) => {
    wanted = Math.max(wanted, commit.sequence);
    if (commit.linksVersion !== linksVersion) names = new Map();
    linksVersion = commit.linksVersion;
    if (!reading) void read();
  });

  async function read(): Promise<void> {
    reading = true;
    try {
      await readOn();
    } catch (error) {
      // The events stay in the store: the next commit makes this try again.
      onError(error);
    } finally {
      reading = false;
    }
  }

  async function readOn(): Promise<void> {
    while (sequence < wanted) {
      if (followers.size() === 0) {
        sequence = wanted;
        return;
      }
      const asked = wanted;
      const events = await store.follow({ after: sequence, limit: pageSize });
      for (const event of events) {
        await hand(event);
        sequence = event.sequence;
      }
      // The store tells of a commit only when it can be read, so an empty page means that all up to there was read.
      if (events.length === 0) sequence = asked;
    }
  }

  async function hand(event: StoredEvent): Promise<void> {
    for (const [identity, audience] of await candidates(event)) {
      // The same value may name a temporaryId and somebody's customer number, in one spelling or another: the look-up
      // that answers everywhere else decides here too.
      const followed = await store.personOf(event.workspace, identity);
      if (!followed || !(await owns(followed.id, event))) continue;
      for (const follower of audience) tell(follower, event);
    }
  }

  /** A merge may have come between reading the event and asking who is followed: the former id leads to the survivor. */
  async function owns(personId: string, event: StoredEvent): Promise<boolean> {
    return event.personId === personId || (await store.person(event.workspace, event.personId))?.id === personId;
  }

  /** Whoever follows an identity that looks like one of the person's, by that identity. */
  async function candidates(event: StoredEvent): Promise<Map<string, Set<Subscription>>> {
    const found = new Map<string, Set<Subscription>>();
    for (const alias of await namesOf(event)) {
      for (const follower of followers.named(event.workspace, alias)) {
        found.set(follower.identity, (found.get(follower.identity) ?? new Set()).add(follower));
      }
    }
    return found;
  }

  /** One that fails is dropped and never costs the others an event. */
  function tell(follower: Subscription, event: StoredEvent): void {
    try {
      follower.onEvent(event);
    } catch (error) {
      followers.remove(follower);
      onError(error);
    }
  }

  async function namesOf({ workspace, personId, event }: StoredEvent): Promise<string[]> {
    const key = `${workspace} ${personId}`;
    const version = linksVersion;
    const known = names.get(key);
    if (known?.includes(event.identity)) return known;
    const aliases = (await store.person(workspace, personId))?.aliases.map(({ value }) => value) ?? [event.identity];
    if (names.size >= maxRemembered) names.clear();
    if (version === linksVersion) names.set(key, aliases);
    return aliases;
  }

  return {
    subscribe(subscription) {
      followers.add(subscription);
      return () => followers.remove(subscription);
    },
    sequence: () => sequence,
    close() {
      stop();
      followers.clear();
    },
  };
}

/** Open subscriptions by workspace and the spellings under which the settled look-up finds a person. */
function createFollowers() {
  const byKey = new Map<string, Set<Subscription>>();
  const all = new Set<Subscription>();
  const literal = (workspace: string, identity: string): string => `${workspace} =${identity}`;
  const spelled = (workspace: string, identity: string): string[] => {
    const canonical = phoneDigits(identity) ?? lowerEmail(identity);
    return canonical === undefined ? [] : [`${workspace} ~${canonical}`];
  };
  const keysOf = ({ workspace, identity }: Pick<Subscription, 'workspace' | 'identity'>): string[] => [
    literal(workspace, identity),
    ...spelled(workspace, identity),
  ];
  return {
    size: () => all.size,
    add(subscription: Subscription) {
      all.add(subscription);
      for (const key of keysOf(subscription)) {
        const set = byKey.get(key) ?? new Set();
        byKey.set(key, set.add(subscription));
      }
    },
    remove(subscription: Subscription) {
      all.delete(subscription);
      for (const key of keysOf(subscription)) {
        const set = byKey.get(key);
        set?.delete(subscription);
        if (set?.size === 0) byKey.delete(key);
      }
    },
    named: (workspace: string, alias: string): Subscription[] =>
      keysOf({ workspace, identity: alias }).flatMap((key) => [...(byKey.get(key) ?? [])]),
    clear() {
      all.clear();
      byKey.clear();
    },
  };
}
