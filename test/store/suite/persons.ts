// Persons as agents and the API see and change them: linked, merged, taken apart again, named, explained.
import { describe, expect, it } from 'vitest';
import type { Identitytype } from '../../../src/protocol/index.ts';
import type { Store } from '../../../src/store/index.ts';
import {
  anEvent,
  aStore,
  identifyEvent,
  login,
  type OpenStore,
  pageEvent,
  send,
  trusted,
  valuesOf,
  workspace,
} from '../helpers.ts';

const byAgent = { cause: 'agent:bo', trust: 'agent' as const };
const byApi = { cause: 'api:key-1', trust: 'api' as const };

function alias(value: string, identitytype: Identitytype = 'email'): { value: string; identitytype: Identitytype } {
  return { value, identitytype };
}

async function idOf(store: Store, identity: string): Promise<string> {
  return (await store.personOf(workspace, identity))?.id ?? 'nobody';
}

export function describePersons(open: OpenStore): void {
  describe('persons', () => {
    it('finds a person by literal value, by phone digits, by lower-case e-mail', async () => {
      const store = await aStore({}, open);
      await store.createPerson(workspace, { aliases: [alias('+1 (555) 010-0', 'phone'), alias('Ann@X.com')] }, byApi);
      const id = await idOf(store, '+1 (555) 010-0');
      expect(id).toMatch(/^[0-9a-f]{24}$/);
      for (const spelling of ['15550100', '+15550100', 'Ann@X.com', 'ann@x.com', 'ANN@X.COM']) {
        expect(await idOf(store, spelling)).toBe(id);
      }
      expect(await store.personOf(workspace, '5550100')).toBeUndefined();
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['+1 (555) 010-0', 'Ann@X.com']);
    });

    it('finds a known identity in any spelling before a temporaryId that reads the same', async () => {
      const store = await aStore({}, open);
      for (const identity of ['+15550100', 'ANN@x.com']) await trusted(store, anEvent({ identity }));
      await store.createPerson(workspace, { aliases: [alias('15550100', 'phone'), alias('ann@x.com')] }, byApi);
      for (const identity of ['+15550100', 'ANN@x.com'])
        expect(await valuesOf(store, identity)).toEqual(['15550100', 'ann@x.com']);
      await trusted(store, anEvent({ identity: 'c-1', identitytype: 'customerId', previousidentity: 'ANN@x.com' }));
      expect(await valuesOf(store, 'c-1')).toEqual(['15550100', 'ann@x.com', 'c-1']);
    });

    it('creates a person with names and aliases, and refuses one that is taken', async () => {
      const store = await aStore({}, open);
      const person = await store.createPerson(
        workspace,
        { firstName: 'Ann', aliases: [alias('ann@x.com'), alias('c-1', 'customerId')] },
        byApi,
      );
      expect(person).toMatchObject({ firstName: 'Ann', lastName: null, createdBy: 'api:key-1' });
      const again = store.createPerson(workspace, { aliases: [alias('new@x.com'), alias('ANN@x.com')] }, byApi);
      await expect(again).rejects.toMatchObject({ code: 'identity-conflict' });
      expect(await store.personOf(workspace, 'new@x.com')).toBeUndefined();
      const named = await store.setName(workspace, person.id, { lastName: 'Lee' });
      expect(named).toMatchObject({ firstName: 'Ann', lastName: 'Lee' });
      await expect(store.setName(workspace, 'ffffffffffffffffffffffff', {})).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('un-merges exactly: ids, names and events go back to whom they belonged', async () => {
      const store = await aStore({}, open);
      const ann = await store.createPerson(workspace, { firstName: 'Ann', aliases: [alias('ann@x.com')] }, byApi);
      const bob = await store.createPerson(workspace, { firstName: 'Bob', aliases: [alias('bob@x.com')] }, byApi);
      const cid = await store.createPerson(workspace, { aliases: [alias('c-1', 'customerId')] }, byApi);
      const before = await store.persons(workspace, { limit: 10, offset: 0 });
      const merged = await store.merge(workspace, bob.id, [ann.id, cid.id, ann.id], byAgent);
      expect(merged).toMatchObject({ id: bob.id, firstName: 'Bob' });
      expect(merged.aliases).toHaveLength(3);
      for (const id of [ann.id, bob.id, cid.id]) expect((await store.person(workspace, id))?.id).toBe(bob.id);
      const links = await store.explain(workspace, ann.id);
      expect(links).toHaveLength(2);
      for (const { id } of links) expect(await store.unlink(workspace, id, byAgent)).toBe(true);
      const after = await store.persons(workspace, { limit: 10, offset: 0 });
      const plain = (people: typeof after) => people.map(({ id, firstName, aliases }) => ({ id, firstName, aliases }));
      expect(plain(after)).toEqual(plain(before));
      expect(await store.unlink(workspace, links[0]?.id ?? 0, byAgent)).toBe(false);
      expect(await store.explain(workspace, ann.id)).toMatchObject([{ removed: { cause: 'agent:bo' } }]);
    });

    it('names the merged person after the primary even where another is older, and merges again into a third', async () => {
      const store = await aStore({}, open);
      const ids = [];
      for (const name of ['a', 'b', 'c'])
        ids.push((await store.createPerson(workspace, { aliases: [alias(`${name}@x.com`)] }, byApi)).id);
      const [a = '', b = '', c = ''] = ids;
      expect((await store.merge(workspace, b, [a], byApi)).id).toBe(b);
      expect((await store.merge(workspace, c, [a], byApi)).id).toBe(c);
      for (const id of ids) expect((await store.person(workspace, id))?.id).toBe(c);
      await expect(store.merge(workspace, c, ['000000000000000000000000'], byApi)).rejects.toMatchObject({
        code: 'not-found',
      });
      const links = await store.explain(workspace, c);
      await store.unlink(workspace, links[1]?.id ?? 0, byApi);
      expect(await idOf(store, 'a@x.com')).toBe(b);
      expect(await idOf(store, 'c@x.com')).toBe(c);
    });

    it('keeps a person together while another link still joins it', async () => {
      const store = await aStore({}, open);
      const [a, b, c] = [alias('a@x.com'), alias('c-1', 'customerId'), alias('+15550100', 'phone')];
      expect(await store.link(workspace, { from: a, to: b, ...byApi })).toMatchObject({ result: 'joined' });
      expect(await store.link(workspace, { from: b, to: c, ...byApi })).toMatchObject({ result: 'joined' });
      const third = await store.link(workspace, { from: a, to: c, ...byApi });
      expect(third).toMatchObject({ result: 'already-joined' });
      expect(await store.link(workspace, { from: c, to: a, ...byApi })).toMatchObject({
        result: 'already-joined',
        linkId: third.linkId,
      });
      const links = await store.explain(workspace, await idOf(store, 'a@x.com'));
      await store.unlink(workspace, links[0]?.id ?? 0, byAgent);
      expect(await valuesOf(store, 'a@x.com')).toHaveLength(3);
      await store.unlink(workspace, links[1]?.id ?? 0, byAgent);
      expect(await valuesOf(store, 'a@x.com')).toEqual(['a@x.com', '+15550100']);
      expect(await valuesOf(store, 'c-1')).toEqual(['c-1']);
    });

    it('joins what was claimed once somebody confirms it, and tells where it came from', async () => {
      const store = await aStore({}, open);
      await send(store, [pageEvent('b1', { id: 'visit' }), identifyEvent('b1', 'ann@x.com', 'email', { id: 'claim' })]);
      const [claim] = (await store.personOf(workspace, 'b1'))?.provisional ?? [];
      const outcome = await store.confirm(workspace, claim?.id ?? 0, byAgent);
      expect(outcome).toMatchObject({ result: 'joined', linkId: claim?.id, personId: await idOf(store, 'b1') });
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['b1', 'ann@x.com']);
      const person = await store.personOf(workspace, 'b1');
      expect(person?.provisional).toEqual([]);
      expect(await store.explain(workspace, person?.id ?? '')).toMatchObject([
        { trust: 'agent', cause: 'agent:bo', claimed: { cause: 'event:claim' } },
      ]);
      expect(await store.confirm(workspace, claim?.id ?? 0, byAgent)).toMatchObject({ result: 'already-joined' });
      await expect(store.confirm(workspace, 999, byAgent)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('drops a claim that somebody dismisses', async () => {
      const store = await aStore({}, open);
      await send(store, identifyEvent('b1', 'ann@x.com'));
      const [claim] = (await store.personOf(workspace, 'b1'))?.provisional ?? [];
      expect(await store.unlink(workspace, claim?.id ?? 0, byAgent)).toBe(true);
      expect((await store.personOf(workspace, 'b1'))?.provisional).toEqual([]);
      await expect(store.confirm(workspace, claim?.id ?? 0, byAgent)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('takes an alias off its person: it stands alone, the person keeps its id, name and other aliases', async () => {
      const store = await aStore({}, open);
      const names = { firstName: 'Ann', lastName: 'Lee' };
      const aliases = [alias('ann@x.com'), alias('c-1', 'customerId'), alias('+15550100', 'phone')];
      const person = await store.createPerson(workspace, { ...names, aliases }, byApi);
      const rest = await store.removeAlias(workspace, person.id, 'ann@x.com', byAgent);
      expect(rest).toMatchObject({ id: person.id, ...names });
      expect(rest?.aliases.map(({ value }) => value)).toEqual(['c-1', '+15550100']);
      const alone = await store.personOf(workspace, 'ann@x.com');
      expect(alone).toMatchObject({ firstName: null });
      expect(alone?.id).not.toBe(person.id);
      expect(alone?.aliases).toHaveLength(1);
      expect((await store.merge(workspace, person.id, [alone?.id ?? ''], byApi)).id).toBe(person.id);
      expect((await store.person(workspace, alone?.id ?? ''))?.id).toBe(person.id);
      expect(await store.removeAlias(workspace, person.id, 'unknown@x.com', byAgent)).toBeUndefined();
    });

    it('counts a version of links, by which cached persons are known to be stale, also over restarts', async () => {
      const store = await aStore({}, open);
      const version = async () => (await store.health()).linksVersion;
      await send(store, pageEvent('b1'));
      const none = await version();
      const rest: number[] = [];
      await login(store, 'b1', 'ann@x.com');
      rest.push(await version());
      await store.setName(workspace, await idOf(store, 'b1'), { firstName: 'Ann' });
      rest.push(await version());
      expect(none).toBe(0);
      expect(rest).toEqual([1, 2]);
    });
  });
}
