// What any driver promises about changes of persons: whole or not at all, ids and names stay with the person.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LinkCause, PersonDetails, Store } from '../../../src/store/index.ts';
import { aFolder, anEvent, aStore, type OpenStore, otherWorkspace, trusted, valuesOf, workspace } from '../helpers.ts';

const by: LinkCause = { cause: 'api:test', trust: 'api' };
const email = (value: string) => ({ value, identitytype: 'email' }) as const;
const phone = (value: string) => ({ value, identitytype: 'phone' }) as const;

export function describePersonChanges(open: OpenStore): void {
  const create = (store: Store, ...aliases: PersonDetails['aliases']) => store.createPerson(workspace, { aliases }, by);

  describe('changing persons', () => {
    it('adds, removes and names in one step, and the id stays', async () => {
      const store = await aStore({}, open);
      const { id } = await create(store, email('rue@bank.test'), phone('+15550100199'));
      const change = { firstName: 'Rue', add: [email('ruth@bank.test')], remove: ['rue@bank.test', '+15550100199'] };
      const changed = await store.changePerson(workspace, id, change, by);
      expect(changed).toMatchObject({ id, firstName: 'Rue', aliases: [{ value: 'ruth@bank.test' }] });
    });

    it('changes nothing where one part cannot be done', async () => {
      const store = await aStore({}, open);
      const { id } = await create(store, email('rue@bank.test'));
      await create(store, email('ann@bank.test'));
      const attempt = (change: Parameters<Store['changePerson']>[2]) => store.changePerson(workspace, id, change, by);
      const add = [email('new@bank.test')];
      await expect(attempt({ add: [...add, email('ann@bank.test')] })).rejects.toMatchObject({
        code: 'identity-conflict',
      });
      await expect(attempt({ add, remove: ['nobody'] })).rejects.toMatchObject({ code: 'not-found' });
      await expect(attempt({ add: [...add, email('null')] })).rejects.toMatchObject({ code: 'identity-blocked' });
      await expect(attempt({ remove: ['rue@bank.test'] })).rejects.toMatchObject({ code: 'invalid-event' });
      expect(await valuesOf(store, 'rue@bank.test')).toEqual(['rue@bank.test']);
      expect(await valuesOf(store, 'new@bank.test')).toBeUndefined();
    });

    it('takes back an alias that it had, and refuses one that became somebody else', async () => {
      const store = await aStore({}, open);
      const { id } = await create(store, email('rue@bank.test'), phone('+15550100199'));
      await trusted(store, anEvent({ identity: '+15550100199', identitytype: 'phone' }));
      const other = await create(store, email('ann@bank.test'));
      await store.changePerson(workspace, id, { remove: ['+15550100199'] }, by);
      const add = [phone('+15550100199')];
      await expect(store.changePerson(workspace, other.id, { add }, by)).rejects.toMatchObject({
        code: 'identity-conflict',
      });
      expect(await store.changePerson(workspace, id, { add }, by)).toMatchObject({ id, aliases: [{}, {}] });
    });

    it('creates, completes or joins by any of the aliases; the oldest id and names survive', async () => {
      const store = await aStore({}, open);
      const merge = (aliases: PersonDetails['aliases'], options = {}, names = {}) =>
        store.mergeIdentities(workspace, { aliases, ...names }, options, by);
      const first = await merge([email('rue@bank.test')], {}, { firstName: 'Rue' });
      expect(first).toMatchObject({ created: true, person: { firstName: 'Rue' } });
      const second = await merge([phone('+15550100199'), email('RUE@bank.test')]);
      expect(second).toMatchObject({ created: false, person: { id: first.person.id } });
      const other = await create(store, email('ann@bank.test'));
      const both = [email('ann@bank.test'), phone('15550100199')];
      await expect(merge(both, { refuse: 'several' })).rejects.toMatchObject({ code: 'identity-conflict' });
      const joined = await merge(both);
      expect(joined.person).toMatchObject({ id: first.person.id, firstName: 'Rue' });
      expect((await store.person(workspace, other.id))?.id).toBe(first.person.id);
      const replaced = await merge([email('ann@bank.test')], { override: true });
      expect(replaced.person).toMatchObject({ id: first.person.id, aliases: [{ value: 'ann@bank.test' }] });
    });

    it('only creates where it may join nobody, from aliases that are nobody’s', async () => {
      const store = await aStore({}, open);
      const { id } = await create(store, email('rue@bank.test'), phone('+15550100199'));
      const only = (...aliases: PersonDetails['aliases']) =>
        store.mergeIdentities(workspace, { aliases, firstName: 'Ann' }, { refuse: 'any' }, by);
      await expect(only(email('ann@bank.test'), phone('15550100199'))).rejects.toMatchObject({
        code: 'identity-conflict',
      });
      await store.changePerson(workspace, id, { remove: ['+15550100199'] }, by);
      const { person } = await only(email('ann@bank.test'), phone('+15550100199'));
      expect(person.id).not.toBe(id);
      expect(person.aliases.map(({ value }) => value).toSorted()).toEqual(['+15550100199', 'ann@bank.test']);
    });

    it('lists persons in the order of their creation, or the other way', async () => {
      const store = await aStore({}, open);
      for (const name of ['a', 'b', 'c']) await create(store, email(`${name}@bank.test`));
      const names = async (order: 'newest-first' | 'oldest-first') =>
        (await store.persons(workspace, { limit: 2, offset: 0, order })).map(({ aliases }) => aliases[0]?.value[0]);
      expect([await names('oldest-first'), await names('newest-first')]).toEqual([
        ['a', 'b'],
        ['c', 'b'],
      ]);
    });
  });

  describe('documents and the audit', () => {
    it('keep documents by workspace and kind, in order, over a restart', async () => {
      const folder = aFolder();
      const store = await aStore({}, open, join(folder, 'store.sqlite'));
      await store.putDocument(workspace, 'note', { id: 'b', body: { text: 'first' } });
      await store.putDocument(workspace, 'note', { id: 'a', body: { text: 'second' } });
      await store.putDocument(workspace, 'note', { id: 'b', body: { text: 'changed' } });
      await store.putDocument(otherWorkspace, 'note', { id: 'c', body: {} });
      await store.close();
      const again = await aStore({}, open, join(folder, 'store.sqlite'));
      expect(await again.documents(workspace, 'note')).toEqual([
        { id: 'b', body: { text: 'changed' } },
        { id: 'a', body: { text: 'second' } },
      ]);
      expect(await again.documents(workspace, 'other')).toEqual([]);
      expect(await again.deleteDocument(workspace, 'note', 'b')).toBe(true);
      expect(await again.deleteDocument(workspace, 'note', 'b')).toBe(false);
    });

    it('tell who read whom, newest first, for all or for one person', async () => {
      const store = await aStore({}, open);
      const entry = (call: string, persons: string[], of = workspace) => ({
        workspace: of,
        at: 1,
        caller: 'desk',
        call,
        persons,
        trackingId: 't',
      });
      await store.recordAccess([entry('one', ['p1', 'p2']), entry('two', []), entry('other', ['p1'], otherWorkspace)]);
      await store.recordAccess([entry('three', ['p1', 'p1'])]);
      const calls = async (query: { personId?: string; limit?: number; offset?: number }) =>
        (await store.accesses(workspace, { limit: 10, offset: 0, ...query })).map(({ call }) => call);
      expect(await calls({})).toEqual(['three', 'two', 'one']);
      expect(await calls({ personId: 'p1' })).toEqual(['three', 'one']);
      expect(await calls({ personId: 'p1', limit: 1, offset: 1 })).toEqual(['one']);
    });
  });
}
