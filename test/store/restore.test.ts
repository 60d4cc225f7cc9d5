// A store that came out of a backup: it gives no number twice, erases again whom the backup brought back, and takes what
// pages send again as if nothing had been.
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createErasureList } from '../../src/store/drivers/sqlite/erasure-list.ts';
import { backUpSqliteFile, restoredPosition, restoreStoreFile, type Store } from '../../src/store/index.ts';
import {
  aFolder,
  anEvent,
  idsOf,
  login,
  noon,
  openSqlite,
  outcomes,
  pageEvent,
  send,
  trusted,
  valuesOf,
  workspace,
} from './helpers.ts';

interface Life {
  file: string;
  backup: string;
  open(): Promise<Store>;
}

function aLife(): Life {
  const folder = aFolder();
  const file = join(folder, 'store.sqlite');
  const open = () => openSqlite(file, { now: () => noon, minFreeDiskBytes: 0 });
  return { file, backup: join(folder, 'backup.sqlite'), open };
}

async function erase(store: Store, identity: string): Promise<void> {
  await store.erase(workspace, (await store.personOf(workspace, identity))?.id ?? '');
}

describe('a store that is restored from a backup', () => {
  it('gives no sequence twice, and says up to which its events come out of the backup', async () => {
    const { file, backup, open } = aLife();
    const first = await open();
    await send(first, pageEvent('b1', { id: 'kept' }));
    expect(await first.position(restoredPosition)).toBe(0);
    await first.backup(backup);
    const [lost] = await send(first, pageEvent('b1', { id: 'lost' }));
    await first.close();
    await restoreStoreFile(backup, file);
    const second = await open();
    expect(await idsOf(second)).toEqual(['kept']);
    expect(await second.position(restoredPosition)).toBe(1);
    const [next] = await send(second, pageEvent('b1', { id: 'next' }));
    expect(next?.sequence).toBeGreaterThan(1_000_000_000);
    expect(next?.sequence).not.toBe(lost?.sequence);
    await second.close();
    // Once, and not at each start.
    const third = await open();
    expect((await send(third, pageEvent('b1')))[0]?.sequence).toBe((next?.sequence ?? 0) + 1);
    await third.close();
  });

  it('gives no number of a delivery or a link to another one', async () => {
    const { file, backup, open } = aLife();
    const delivery = { lane: 'jds', workspace, dueAt: noon, payload: '{}' };
    const numbersOf = async (store: Store, name: string) => {
      await login(store, name, `${name}@x.com`);
      await store.enqueue([{ ...delivery, key: name }]);
      const [claimed] = await store.claim('jds', { limit: 1, leaseUntil: noon + 1 });
      const person = await store.personOf(workspace, name);
      return [claimed?.id, (await store.explain(workspace, person?.id ?? ''))[0]?.id];
    };
    const first = await open();
    await first.backup(backup);
    const before = await numbersOf(first, 'b1');
    await first.close();
    await restoreStoreFile(backup, file);
    const second = await open();
    const after = await numbersOf(second, 'b2');
    await second.close();
    expect(before).toEqual([1, 1]);
    expect(after.filter((number) => number === undefined || number < 1_000_000_000)).toEqual([]);
  });

  it('erases again whom the backup brought back, and nobody else', async () => {
    const { file, backup, open } = aLife();
    const first = await open();
    for (const name of ['b1', 'b2']) {
      await send(first, pageEvent(name, { id: `of ${name}` }));
      await login(first, name, `${name}@x.com`, 'email', { id: `login ${name}` });
    }
    await first.enqueue([{ lane: 'jds', workspace, key: '1', dueAt: noon, payload: 'b1@x.com', identity: 'b1' }]);
    await first.backup(backup);
    await erase(first, 'b1');
    expect(readFileSync(`${file}.erased`, 'utf8')).not.toMatch(/"b1"|@/);
    await first.close();
    await restoreStoreFile(backup, file);
    const second = await open();
    expect((await idsOf(second)).sort()).toEqual(['login b2', 'of b2']);
    expect(await second.personOf(workspace, 'b1@x.com')).toBeUndefined();
    expect(await valuesOf(second, 'b2')).toEqual(['b2', 'b2@x.com']);
    expect(await second.claim('jds', { limit: 9, leaseUntil: noon })).toEqual([]);
    expect(outcomes(await send(second, pageEvent('b1')))).toEqual(['refused erased']);
    // Who comes back as a customer stays, also over the next start.
    const later = anEvent({
      identity: 'b1@x.com',
      identitytype: 'email',
      time: new Date(noon + 1).toISOString(),
      id: 'later',
    });
    expect(outcomes(await trusted(second, later, { receivedAt: noon + 1_000 }))).toEqual(['ok']);
    await second.close();
    const third = await open();
    expect(await idsOf(third, 'b1@x.com')).toEqual(['later']);
    await third.close();
  });

  it('leaves who was taken off somebody before their erasure, with a person of their own', async () => {
    const { file, backup, open } = aLife();
    const first = await open();
    await login(first, 'b1', 'ann@x.com');
    await login(first, 'b2', 'ann@x.com');
    await first.backup(backup);
    const person = await first.personOf(workspace, 'ann@x.com');
    await first.removeAlias(workspace, person?.id ?? '', 'b2', { cause: 'agent:a', trust: 'agent' });
    await erase(first, 'ann@x.com');
    await first.close();
    await restoreStoreFile(backup, file);
    const second = await open();
    expect(await valuesOf(second, 'b2')).toEqual(['b2']);
    expect(await second.personOf(workspace, 'b1')).toBeUndefined();
    expect(await idsOf(second, 'b2')).toHaveLength(0);
    await second.close();
  });

  it('lists erasures of before there was a list, and reads past half a line', async () => {
    const { file, open } = aLife();
    const first = await open();
    await send(first, [pageEvent('b1'), pageEvent('b2'), pageEvent('b3')]);
    await erase(first, 'b1');
    await first.close();
    writeFileSync(`${file}.erased`, '{"workspace":"64f0');
    const second = await open();
    await erase(second, 'b2');
    await second.close();
    const lines = readFileSync(`${file}.erased`, 'utf8').split('\n');
    expect(lines).toHaveLength(4);
    appendFileSync(`${file}.erased`, 'nonsense');
    const third = await open();
    expect(await valuesOf(third, 'b3')).toEqual(['b3']);
    await third.close();
  });

  it('takes what pages send again once, with the secrets and logins that the backup has not', async () => {
    const { file, backup, open } = aLife();
    const first = await open();
    await send(first, pageEvent('b1', { id: 'before', temporarysecret: 's1' }));
    await first.backup(backup);
    const [again, repeated] = [
      pageEvent('b2', { id: 'after', temporarysecret: 's2' }),
      pageEvent('b1', { id: 'before' }),
    ];
    await send(first, again);
    await first.close();
    await restoreStoreFile(backup, file);
    const second = await open();
    expect(outcomes(await send(second, [again, { ...repeated, temporarysecret: 'wrong' }]))).toEqual([
      'ok',
      'refused temporaryid-not-yours',
    ]);
    expect(outcomes(await send(second, again))).toEqual(['duplicate']);
    expect(await login(second, 'b2', 'ann@x.com', 'email', { temporarysecret: 's2' })).toMatchObject({ result: 'ok' });
    expect(await valuesOf(second, 'b2')).toEqual(['b2', 'ann@x.com']);
    await second.close();
  });
});

describe('the list of erasures', () => {
  it('takes back what was not committed, and no more', () => {
    const file = join(aFolder(), 'store.sqlite.erased');
    const list = createErasureList(file);
    const erased = (digit: string, before: number | null) => ({ workspace, hash: digit.repeat(64), before });
    list.takeBack();
    expect(existsSync(file)).toBe(false);
    list.add([erased('1', null)]);
    list.keep();
    list.add([erased('2', 5)]);
    list.add([erased('3', null), erased('4', null)]);
    list.takeBack();
    expect(list.read()).toEqual([erased('1', null)]);
    list.add([erased('5', 7)]);
    list.keep();
    list.takeBack();
    expect(createErasureList(file).read()).toEqual([erased('1', null), erased('5', 7)]);
  });
});

describe('restoring', () => {
  it('refuses while the store is open, and what is no backup, and changes nothing then', async () => {
    const { file, backup, open } = aLife();
    const store = await open();
    await send(store, pageEvent('b1'));
    await backUpSqliteFile(file, backup);
    await expect(restoreStoreFile(backup, file)).rejects.toThrow(/in use/);
    await store.close();
    writeFileSync(`${backup}.txt`, 'Dear diary, '.repeat(1_000));
    await expect(restoreStoreFile(`${backup}.txt`, file)).rejects.toThrow(/not an SQLite file/);
    await expect(restoreStoreFile(`${backup}.nowhere`, file)).rejects.toThrow(/no such file/);
    const again = await open();
    expect(await idsOf(again)).toHaveLength(1);
    await again.close();
  });

  it('keeps what was there, with its log, and lets no log meet the file that is restored', async () => {
    const { file, backup, open } = aLife();
    const first = await open();
    await send(first, pageEvent('b1', { id: 'kept' }));
    await first.backup(backup);
    await first.close();
    writeFileSync(`${file}-wal`, 'a log that a crash left');
    const replaced = await restoreStoreFile(backup, file);
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(readFileSync(`${replaced}-wal`, 'utf8')).toBe('a log that a crash left');
    const second = await open();
    expect(await idsOf(second)).toEqual(['kept']);
    await second.close();
    expect(readdirSync(join(file, '..')).filter((name) => /part|restoring/.test(name))).toEqual([]);
    // Where nothing was, as on a new machine.
    renameSync(file, `${file}.gone`);
    expect(await restoreStoreFile(backup, file)).toBeUndefined();
  });
});
