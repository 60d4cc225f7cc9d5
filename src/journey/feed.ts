// The live feed: follows the store and hands each new event to the open streams of the person it belongs to.
// A stream is opened for an identity, not for a person: when links change, streams are asked anew whom they follow,
// so that a stream on a temporaryId goes on under the customer it turns out to be.
import type { Store, StoredEvent } from '../store/index.ts';

export interface Feed {
  /** Calls back with each new event of the identity's person, in order. What is stored after it resolves is not missed. */
  subscribe(subscription: Subscription): Promise<Unsubscribe>;
  close(): void;
}

export interface Subscription {
  workspace: string;
  identity: string;
  onEvent: (event: StoredEvent) => void;
}

export type Unsubscribe = () => void;

interface Follower extends Subscription {
  /** Of the person followed now; undefined while the identity is unknown. */
  personId: string | undefined;
  /** Events up to this sequence are not for this follower. */
  after: number;
}

const pageSize = 500;

export async function createFeed(store: Store, onError: (error: unknown) => void): Promise<Feed> {
  const followers = new Set<Follower>();
  const start = await store.health();
  let sequence = start.sequence;
  let linksVersion = start.linksVersion;
  let wanted = sequence;
  let reading = false;

  const stop = store.onCommit((commit) => {
    wanted = Math.max(wanted, commit.sequence);
    const linksChanged = commit.linksVersion !== linksVersion;
    linksVersion = commit.linksVersion;
    if (linksChanged) for (const follower of followers) follower.personId = undefined;
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
      if (followers.size === 0) {
        sequence = wanted;
        return;
      }
      const before = linksVersion;
      const events = await store.follow({ after: sequence, limit: pageSize });
      await resolvePersons();
      // Links changed in between: the events and the followers may name a person differently, so both are read again.
      if (linksVersion !== before) continue;
      for (const event of events) hand(event);
      // The store tells of a commit only when it can be read, so an empty page means that all was read.
      sequence = events.at(-1)?.sequence ?? wanted;
    }
  }

  async function resolvePersons(): Promise<void> {
    const unresolved = [...followers].filter((follower) => follower.personId === undefined);
    await Promise.all(unresolved.map(resolve));
  }

  async function resolve(follower: Follower): Promise<void> {
    follower.personId = (await store.personOf(follower.workspace, follower.identity))?.id;
  }

  function hand(event: StoredEvent): void {
    for (const follower of followers) {
      const theirs = follower.workspace === event.workspace && follower.personId === event.personId;
      if (theirs && event.sequence > follower.after) follower.onEvent(event);
    }
  }

  return {
    async subscribe(subscription) {
      const follower: Follower = { ...subscription, personId: undefined, after: sequence };
      followers.add(follower);
      await resolve(follower);
      return () => followers.delete(follower);
    },
    close() {
      stop();
      followers.clear();
    },
  };
}
