import { describe, expect, it } from 'vitest';
import { createFeed } from '../../src/journey/feed.ts';
import type { Commit, Store, StoredEvent } from '../../src/store/index.ts';

describe('the feed', () => {
  it('goes on for the others when one follower fails, and drops that one', async () => {
    const { store, commit } = aStore();
    const errors: unknown[] = [];
    const feed = await createFeed(store, (error) => errors.push(error));
    const seen: number[] = [];
    const onEvent = (event: StoredEvent): void => void seen.push(event.sequence);
    const fail = (): never => {
      throw new Error('broken follower');
    };
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent: fail });
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent });
    await commit();
    await commit();
    expect([seen, errors.length]).toEqual([[1, 2], 1]);
    feed.close();
  });

  it('reads on while links change with every commit', async () => {
    const { store, commit } = aStore({ linksChange: true });
    const feed = await createFeed(store, () => undefined);
    const seen: number[] = [];
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent: ({ sequence }) => void seen.push(sequence) });
    for (let i = 0; i < 20; i += 1) await commit();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    feed.close();
  });

  it('brings an event that was read just before its person was merged into another', async () => {
    const { store, commit } = aStore({ formerId: 'p0' });
    const feed = await createFeed(store, () => undefined);
    const seen: number[] = [];
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent: ({ sequence }) => void seen.push(sequence) });
    await commit();
    expect(seen).toEqual([1]);
    feed.close();
  });

  it('passes by what was erased, and nothing that came while it asked', async () => {
    const { store, commit } = aStore();
    let asked = 0;
    const follow: Store['follow'] = async (query) => {
      asked += 1;
      if (asked > 1) return store.follow(query);
      await commit();
      return [];
    };
    const feed = await createFeed({ ...store, follow }, () => undefined);
    const seen: number[] = [];
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent: ({ sequence }) => void seen.push(sequence) });
    await commit();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([2]);
    feed.close();
  });

  it('tries again with the next commit after the store failed', async () => {
    const { store, commit, failOnce } = aStore();
    const errors: unknown[] = [];
    const feed = await createFeed(store, (error) => errors.push(error));
    const seen: number[] = [];
    feed.subscribe({ workspace: 'w', identity: 'rue@bank.test', onEvent: ({ sequence }) => void seen.push(sequence) });
    failOnce();
    await commit();
    await commit();
    expect([seen, errors.length]).toEqual([[1, 2], 1]);
    feed.close();
  });
});

/** One person whose events come with each commit; `formerId`: the id that the events were read under. */
function aStore({ linksChange = false, formerId = 'p1' } = {}) {
  const person = { id: 'p1', aliases: [{ value: 'rue@bank.test' }] };
  const events: StoredEvent[] = [];
  let listener: (commit: Commit) => void = () => undefined;
  let fails = false;
  const store = {
    health: async () => ({ sequence: 0, linksVersion: 0 }),
    onCommit: (next: typeof listener) => {
      listener = next;
      return () => undefined;
    },
    follow: async ({ after }: { after: number }) => {
      if (fails) {
        fails = false;
        throw new Error('the disk is busy');
      }
      return events.filter(({ sequence }) => sequence > after);
    },
    person: async () => person,
    personOf: async () => person,
  };
  return {
    store: store as unknown as Store,
    failOnce: () => {
      fails = true;
    },
    async commit() {
      const sequence = events.length + 1;
      events.push({
        sequence,
        workspace: 'w',
        personId: formerId,
        event: { identity: 'rue@bank.test' },
      } as StoredEvent);
      listener({ sequence, linksVersion: linksChange ? sequence : 0 });
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
