// Retention, export, erasure, backup: what the law and decency ask of the store.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../../src/protocol/index.ts';
import type { Store } from '../../../src/store/index.ts';
import {
  aFolder,
  anEvent,
  aStore,
  identifyEvent,
  idsOf,
  login,
  noon,
  type OpenStore,
  outcomes,
  pageEvent,
  send,
  trusted,
  valuesOf,
  workspace,
} from '../helpers.ts';

const day = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

async function idOf(store: Store, identity: string): Promise<string> {
  return (await store.personOf(workspace, identity))?.id ?? 'nobody';
}

export function describeKeeping(open: OpenStore): void {
  describe('keeping', () => {
    it('deletes events past the age of their type, others past the age of all, and never gives a sequence again', async () => {
      const store = await aStore({}, open);
      const events = [
        pageEvent('b1', { id: 'old', time: at(noon - 31 * day) }),
        pageEvent('b1', { id: 'kept long', type: 'contract', time: at(noon - 300 * day) }),
        pageEvent('b1', { id: 'old click', type: 'click', time: at(noon - 8 * day) }),
        pageEvent('b1', { id: 'new', time: at(noon - 29 * day) }),
        pageEvent('b1', { id: 'new click', type: 'click', time: at(noon - 6 * day) }),
        pageEvent('b1', { id: 'last', type: 'click', time: at(noon - 9 * day) }),
      ];
      await send(store, events);
      const rules = [
        { type: '*', maxAgeDays: 30 },
        { type: 'click', maxAgeDays: 7 },
        { type: 'contract', maxAgeDays: 400 },
      ];
      expect(await store.retain(workspace, rules)).toBe(3);
      expect(await store.retain(workspace, rules)).toBe(0);
      expect(await idsOf(store)).toEqual(['new click', 'new', 'kept long']);
      const [next] = await send(store, pageEvent('b1', { id: 'next' }));
      expect(next?.sequence).toBe(7);
    });

    it('keeps everything where no rule names it', async () => {
      const store = await aStore({}, open);
      await send(store, pageEvent('b1', { time: at(noon - 900 * day) }));
      expect(await store.retain(workspace, [{ type: 'click', maxAgeDays: 1 }])).toBe(0);
      expect(await store.retain(workspace, [])).toBe(0);
    });

    it('retains in many short steps what is more than one takes', async () => {
      const store = await aStore({}, open);
      const some = (n: number, members: object) => Array.from({ length: n }, () => pageEvent('b1', members));
      await send(store, [
        ...some(1_500, { time: at(noon - 40 * day) }),
        ...some(700, { type: 'keep', time: at(noon - 40 * day) }),
        ...some(5, {}),
      ]);
      expect(await store.retain(workspace, [{ type: 'webvisit', maxAgeDays: 30 }])).toBe(1_500);
      expect(await idsOf(store)).toHaveLength(705);
    });

    it('forgets a visitor whom nobody knows with their last event, and nobody else', async () => {
      const store = await aStore({}, open);
      const old = { time: at(noon - 40 * day) };
      for (const visitor of ['gone', 'back', 'joined', 'parted', 'claims', 'waiting', 'young'])
        await send(store, pageEvent(visitor, { ...old, id: `old ${visitor}` }));
      await send(store, pageEvent('young', { id: 'new' }));
      await login(store, 'joined', 'ann@x.com', 'email', old);
      await login(store, 'parted', 'bob@x.com', 'email', old);
      await store.removeAlias(workspace, await idOf(store, 'parted'), 'parted', { cause: 'agent:a', trust: 'agent' });
      await send(store, identifyEvent('claims', 'cleo@x.com', 'email', old));
      await store.enqueue([
        { lane: 'jds', workspace, key: 'old waiting', dueAt: noon, payload: '{}', identity: 'waiting' },
      ]);
      const ids = [await idOf(store, 'gone'), await idOf(store, 'young')];
      const rules = [{ type: '*', maxAgeDays: 30 }];
      expect(await store.retain(workspace, rules)).toBe(10);
      const left = async (...visitors: string[]) =>
        Promise.all(visitors.map(async (visitor) => (await store.personOf(workspace, visitor)) !== undefined));
      expect(await left('gone', 'back')).toEqual([false, false]);
      expect(await left('joined', 'ann@x.com', 'parted', 'bob@x.com', 'claims', 'waiting', 'young')).toEqual(
        Array(7).fill(true),
      );
      expect(await store.person(workspace, ids[0] as string)).toBeUndefined();
      // Nothing is left that somebody else's secret could guard.
      expect(outcomes(await send(store, pageEvent('back', { temporarysecret: 'another' })))).toEqual(['ok']);
      expect(outcomes(await send(store, pageEvent('joined', { temporarysecret: 'another' })))).toEqual([
        'refused temporaryid-not-yours',
      ]);
      expect([await idOf(store, 'young'), await idsOf(store, 'young')]).toEqual([ids[1], ['new']]);
      expect(await store.retain(workspace, rules)).toBe(0);
    });

    it('exports a person as lines: person, links, events oldest first', async () => {
      const store = await aStore({}, open);
      const events = Array.from({ length: 1_100 }, (_, i) =>
        pageEvent('b1', { id: `e${i}`, time: at(noon - day + ((i * 7) % 1_100)) }),
      );
      await send(store, events);
      await login(store, 'b1', 'ann@x.com', 'email', { id: 'login', time: at(noon) });
      const lines: unknown[] = [];
      for await (const line of store.export(workspace, await idOf(store, 'ann@x.com'))) {
        expect(line).not.toContain('\n');
        lines.push(JSON.parse(line));
      }
      expect(lines[0]).toMatchObject({ person: { aliases: [{ value: 'b1' }, { value: 'ann@x.com' }] } });
      expect(lines[1]).toMatchObject({ link: { cause: 'event:login', trust: 'verified' } });
      expect(lines).toHaveLength(2 + 1_101);
      const times = lines.slice(2).map((line) => (isObject(line) ? Number(line['correctedTime']) : 0));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      await expect(
        store.export(workspace, 'ffffffffffffffffffffffff')[Symbol.asyncIterator]().next(),
      ).rejects.toMatchObject({ code: 'not-found' });
    });

    it('exports what was noted about a person too, of all aliases and of nobody else', async () => {
      const store = await aStore({}, open);
      await send(store, [pageEvent('b1'), pageEvent('b2')]);
      await login(store, 'b1', 'ann@x.com');
      const note = (key: string, sequence: number) => ({
        workspace,
        kind: 'fired',
        subject: 'action-1',
        key,
        sequence,
        at: noon,
        body: { result: key },
      });
      const mine = Array.from({ length: 501 }, (_, index) => note(`n${index}`, index % 2 === 0 ? 1 : 3));
      await store.enqueue([], undefined, [note('other', 2), ...mine]);
      const lines: unknown[] = [];
      for await (const line of store.export(workspace, await idOf(store, 'ann@x.com'))) lines.push(JSON.parse(line));
      const notes = lines.flatMap((line) => (isObject(line) && isObject(line['note']) ? [line['note']] : []));
      expect(notes).toHaveLength(501);
      expect(notes[500]).toEqual({
        kind: 'fired',
        subject: 'action-1',
        key: 'n500',
        sequence: 1,
        at: noon,
        body: { result: 'n500' },
      });
      expect(new Set(notes.map(({ key }) => key)).size).toBe(501);
    });

    it('erases a person everywhere and gives a receipt without its data', async () => {
      const store = await aStore({}, open);
      await send(store, [pageEvent('b1', { id: 'mine' }), pageEvent('b2', { id: 'other', data: { about: 'nobody' } })]);
      await login(store, 'b1', 'ann@x.com');
      await send(store, identifyEvent('b2', 'ann@x.com'));
      const delivery = { lane: 'jds', workspace, dueAt: noon, payload: 'ann@x.com', identity: 'ann@x.com' };
      await store.enqueue([
        { ...delivery, key: '1' },
        { ...delivery, key: '2' },
        { ...delivery, key: '3', dueAt: noon + 1 },
      ]);
      // The second may be on its way.
      const [first] = await store.claim('jds', { limit: 2, leaseUntil: noon });
      await store.done([first?.id ?? 0]);
      const id = await idOf(store, 'ann@x.com');
      const receipt = await store.erase(workspace, id);
      expect(receipt).toMatchObject({ at: noon, events: 2, links: 2, delivered: { jds: 2 } });
      expect(receipt.aliases).toHaveLength(2);
      expect(JSON.stringify(receipt)).not.toMatch(/ann|"b1"/);
      expect(await store.person(workspace, id)).toBeUndefined();
      expect(await store.personOf(workspace, 'b1')).toBeUndefined();
      expect((await idsOf(store)).filter((one) => one !== 'other')).toHaveLength(1);
      expect(await store.claim('jds', { limit: 9, leaseUntil: noon })).toEqual([]);
      expect((await store.personOf(workspace, 'b2'))?.provisional).toEqual([]);
      await expect(store.erase(workspace, id)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('keeps erased temporaryIds away for ever, other aliases for events from before', async () => {
      const store = await aStore({}, open);
      await login(store, 'b1', 'Ann@x.com', 'email', { id: 'login', time: at(noon - 5_000) });
      await store.erase(workspace, await idOf(store, 'b1'));
      const later = { receivedAt: noon + 60_000 };
      expect(
        outcomes(await send(store, [pageEvent('b1'), pageEvent('b1', { time: at(noon + 30_000) })], later)),
      ).toEqual(['refused erased', 'refused erased']);
      expect(await login(store, 'b1', 'ann@x.com')).toMatchObject({ result: 'refused', code: 'erased' });
      const email = { identity: 'ann@X.com', identitytype: 'email' as const };
      const before = anEvent({ ...email, time: at(noon - 1) });
      const after = anEvent({ ...email, time: at(noon + 1), id: 'after' });
      expect(outcomes(await trusted(store, [before, after, { ...before, id: 'again' }], later))).toEqual([
        'refused erased',
        'ok',
        'refused erased',
      ]);
      expect(await idsOf(store)).toEqual(['after']);
      expect(await valuesOf(store, 'ann@x.com')).toEqual(['ann@X.com']);
    });

    it('goes on with an erasure that a stop interrupted, unseen in between', async () => {
      const folder = aFolder();
      const file = join(folder, 'store.sqlite');
      const store = await aStore({}, open, file);
      await send(
        store,
        Array.from({ length: 5_000 }, () => pageEvent('b1')),
      );
      const erasing = store.erase(workspace, await idOf(store, 'b1')).catch(() => undefined);
      await store.close();
      await erasing;
      const again = await aStore({}, open, file);
      expect(await idsOf(again)).toEqual([]);
      expect(await again.follow({ after: 0, limit: 10 })).toEqual([]);
      expect((await send(again, pageEvent('b2')))[0]?.sequence).toBe(5_001);
    });

    it('writes a copy of the running store that opens by itself, and never over a file', async () => {
      const folder = aFolder();
      const store = await aStore({}, open, join(folder, 'store.sqlite'));
      await send(store, pageEvent('b1', { id: 'kept' }));
      await store.backup(join(folder, 'copy.sqlite'));
      await send(store, pageEvent('b1', { id: 'too late' }));
      await expect(store.backup(join(folder, 'copy.sqlite'))).rejects.toThrow(/exists/);
      const copy = await aStore({}, open, join(folder, 'copy.sqlite'));
      expect(await idsOf(copy)).toEqual(['kept']);
      expect(outcomes(await send(copy, pageEvent('b1')))).toEqual(['ok']);
    });
  });
}
