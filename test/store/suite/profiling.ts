// What profiles and actions ask of a store: facts of events, notes about persons, and what lies in the outbox.
import { describe, expect, it } from 'vitest';
import type { NewNote, Store } from '../../../src/store/index.ts';
import {
  anEvent,
  aStore,
  login,
  noon,
  type OpenStore,
  otherWorkspace,
  pageEvent,
  send,
  trusted,
  workspace,
} from '../helpers.ts';

const at = (seconds: number) => new Date(noon + seconds * 1_000).toISOString();
const later = { receivedAt: noon + 3_600_000 };

export function describeProfiling(open: OpenStore): void {
  describe('facts', () => {
    const seconds = async (store: Store, identity: string, wanted: object, more: object = {}) => {
      const query = { workspace, identity, wanted: [{ type: 'visit', after: noon, members: [], ...wanted }], ...more };
      const [found] = await store.facts([query]);
      return found?.facts.map(({ correctedTime }) => (correctedTime - noon) / 1_000);
    };

    it('are the events of a type inside the window, newest first, over all aliases of the person', async () => {
      const store = await aStore({}, open);
      const visits = [30, 10, 20, 0].map((second, index) =>
        pageEvent(`b${index % 2}`, { id: `v${second}`, type: 'visit', time: at(second) }),
      );
      for (const visit of visits) await send(store, visit, later);
      await send(store, pageEvent('b0', { id: 'other', type: 'other', time: at(5) }), later);
      expect(await seconds(store, 'b0', {})).toEqual([30, 20]);
      await login(store, 'b0', 'ann@x.com', 'email', { id: 'l0', time: at(50) });
      await login(store, 'b1', 'ann@x.com', 'email', { id: 'l1', time: at(51) });
      // Exactly at the end of the window is outside.
      expect(await seconds(store, 'ann@x.com', {})).toEqual([30, 20, 10]);
      expect(await seconds(store, 'ann@x.com', { after: noon - 1 })).toEqual([30, 20, 10, 0]);
      expect(await seconds(store, 'ann@x.com', { limit: 1 })).toEqual(expect.arrayContaining([30]));
      expect(await seconds(store, 'ann@x.com', {}, { upTo: 2 })).toEqual([30, 10]);
      const [known, unknown] = await store.facts([
        { workspace, identity: 'b1', wanted: [] },
        { workspace, identity: 'nobody', wanted: [{ type: 'visit', after: 0, members: 'event' }] },
      ]);
      expect(known).toEqual({ personId: (await store.personOf(workspace, 'ann@x.com'))?.id, facts: [] });
      expect(unknown).toEqual({ facts: [] });
      expect(await seconds(store, 'ann@x.com', {}, { workspace: otherWorkspace })).toEqual([]);
    });

    it('carry the members that are wanted with their JSON types, or the whole event', async () => {
      const store = await aStore({}, open);
      const data = { a: true, b: '1', 'c d': [1, { e: null }], 'say "x"': 0 };
      await trusted(
        store,
        anEvent({ identity: 'ann', identitytype: 'customerId', type: 'visit', time: at(1), data }),
        later,
      );
      const facts = async (members: string[] | 'event') => {
        const [found] = await store.facts([
          { workspace, identity: 'ann', wanted: [{ type: 'visit', after: 0, members }] },
        ]);
        return found?.facts[0]?.event;
      };
      expect(await facts(['a'])).toEqual({ type: 'visit', data: { a: true } });
      expect((await facts(['c d', 'b', 'none']))?.data).toEqual({ 'c d': [1, { e: null }], b: '1', none: null });
      expect((await facts(['say "x"']))?.data['say "x"']).toBe(0);
      expect(await facts('event')).toMatchObject({ identity: 'ann', specversion: '1.0', data });
    });
  });

  describe('notes', () => {
    const aNote = (key: string, sequence: number, members: Partial<NewNote> = {}): NewNote => ({
      workspace,
      kind: 'fired',
      subject: 'action-1',
      key,
      sequence,
      at: noon + sequence,
      body: { key },
      ...members,
    });
    const keys = async (store: Store, query: object) =>
      (await store.notes(workspace, { kind: 'fired', limit: 10, ...query })).map(({ key }) => key);

    it('are kept once per key, under the person whose event caused them, through merges and un-merges', async () => {
      const store = await aStore({}, open);
      await trusted(store, anEvent({ id: 'e1', identity: 'b1', time: at(1) }), later);
      await trusted(store, anEvent({ id: 'e2', identity: 'ann@x.com', identitytype: 'email', time: at(2) }), later);
      await store.enqueue([], { consumer: 'c', sequence: 2 }, [aNote('n1', 1), aNote('n2', 2), aNote('n1', 2)]);
      expect(await store.position('c')).toBe(2);
      expect(await keys(store, {})).toEqual(['n2', 'n1']);
      expect(await keys(store, { identity: 'b1' })).toEqual(['n1']);
      const end = (value: string, identitytype: 'temporaryId' | 'email') => ({ value, identitytype });
      const edge = {
        from: end('b1', 'temporaryId'),
        to: end('ann@x.com', 'email'),
        cause: 'api:x',
        trust: 'api' as const,
      };
      const { linkId = 0 } = await store.link(workspace, edge);
      expect(await keys(store, { identity: 'b1' })).toEqual(['n2', 'n1']);
      await store.unlink(workspace, linkId, { cause: 'api:x', trust: 'api' });
      expect(await keys(store, { identity: 'b1' })).toEqual(['n1']);
    });

    it('are found by subject, counted since a time, and go when the person is erased or they are old', async () => {
      let clock = noon;
      const store = await aStore({ now: () => clock }, open);
      await trusted(store, anEvent({ id: 'e1', identity: 'b1', time: at(1) }), later);
      await trusted(store, anEvent({ id: 'e2', identity: 'b2', time: at(2) }), later);
      await store.enqueue([], undefined, [aNote('n1', 1), aNote('n2', 2, { subject: 'action-2' }), aNote('none', 99)]);
      expect(await keys(store, { subject: 'action-2' })).toEqual(['n2']);
      expect(await keys(store, { subjects: ['action-1', 'x'], identity: 'b1' })).toEqual(['n1']);
      expect(await keys(store, { identity: 'nobody' })).toEqual([]);
      const count = (query: object) => store.countNotes(workspace, { kind: 'fired', since: noon, most: 10, ...query });
      expect([await count({}), await count({ subject: 'action-1' }), await count({ since: noon + 2 })]).toEqual([
        2, 1, 1,
      ]);
      expect(await count({ most: 1 })).toBe(1);
      await store.erase(workspace, (await store.personOf(workspace, 'b1'))?.id ?? '');
      expect(await keys(store, {})).toEqual(['n2']);
      clock += 367 * 86_400_000;
      await store.retain(workspace, []);
      expect(await keys(store, {})).toEqual([]);
    });
  });

  describe('what an event caused', () => {
    it('is not kept where the person was erased meanwhile, also while the events are still going', async () => {
      const store = await aStore({}, open);
      await trusted(store, anEvent({ id: 'e1', identity: 'b1', time: at(1) }), later);
      await trusted(store, anEvent({ id: 'e2', identity: 'b2', time: at(2) }), later);
      const fire = (sequence: number, key: string) => {
        const delivery = { lane: 'hooks:a', workspace, key, dueAt: noon, payload: '{}', sequence };
        const note = { workspace, kind: 'fired', subject: 'a', key, sequence, at: noon, body: {} };
        return store.enqueue([delivery], undefined, [note]);
      };
      const kept = async () => {
        const deliveries = await store.deliveries(workspace, { lane: 'hooks:', limit: 10 });
        const notes = await store.notes(workspace, { kind: 'fired', limit: 10 });
        return { deliveries: deliveries.map(({ key }) => key), notes: notes.map(({ key }) => key) };
      };
      const erasing = store.erase(workspace, (await store.personOf(workspace, 'b1'))?.id ?? '');
      await Promise.all([erasing, fire(1, 'at once'), fire(2, 'other')]);
      await fire(1, 'later');
      expect(await kept()).toEqual({ deliveries: ['other'], notes: ['other'] });
      // It belongs to the event's person, so it goes with them.
      await store.erase(workspace, (await store.personOf(workspace, 'b2'))?.id ?? '');
      expect(await kept()).toEqual({ deliveries: [], notes: [] });
    });
  });

  describe('the outbox', () => {
    it('tells its lanes and what became of each delivery, in one workspace', async () => {
      const store = await aStore({ now: () => noon }, open);
      const delivery = (lane: string, key: string, members: object = {}) => ({
        lane,
        workspace,
        key,
        dueAt: noon,
        payload: '{}',
        ...members,
      });
      await store.enqueue([
        delivery('hooks:a', 'k1'),
        delivery('hooks:a', 'k2', { dueAt: noon + 5 }),
        delivery('hooks:b', 'k3'),
        delivery('hooks:b', 'k4', { workspace: otherWorkspace }),
        delivery('jds', 'k5'),
      ]);
      const [first] = await store.claim('hooks:a', { limit: 1, leaseUntil: noon + 9 });
      await store.bury(first?.id ?? 0, 'HTTP 500');
      expect(await store.lanes('hooks:')).toEqual([
        { lane: 'hooks:a', waiting: 1, buried: 1, nextDueAt: noon + 5 },
        { lane: 'hooks:b', waiting: 2, buried: 0, nextDueAt: noon },
      ]);
      const list = async (query: object) =>
        (await store.deliveries(workspace, { lane: 'hooks:', limit: 10, ...query })).map(({ key, state }) => [
          key,
          state,
        ]);
      expect(await list({})).toEqual([
        ['k3', 'waiting'],
        ['k2', 'waiting'],
        ['k1', 'buried'],
      ]);
      expect(await list({ state: 'buried', keys: ['k1', 'k2'] })).toEqual([['k1', 'buried']]);
      expect(await list({ lane: 'hooks:b', keys: ['k3', 'k4'] })).toEqual([['k3', 'waiting']]);
      expect(await list({ limit: 1, offset: 1 })).toEqual([['k2', 'waiting']]);
    });
  });
}
