// The file itself: what is refused with words and left as it is, who may open it, and that its log stays short.
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../src/store/drivers/sqlite/migrations.ts';
import { openForWriting } from '../../src/store/drivers/sqlite/open-file.ts';
import { joinedSql } from '../../src/store/drivers/sqlite/persons.ts';
import { runChild } from './children.ts';
import { aFolder, aStore, idsOf, openSqlite, outcomes, pageEvent, send } from './helpers.ts';

async function refusal(file: string): Promise<string> {
  const before = readFileSync(file);
  const message = await openSqlite(file).then(
    async (store) => {
      await store.close();
      return 'opened';
    },
    (error: Error) => error.message,
  );
  expect(readFileSync(file).equals(before)).toBe(true);
  return message;
}

async function aFile(events: number): Promise<string> {
  const file = join(aFolder(), 'store.sqlite');
  const store = await aStore({}, openSqlite, file);
  await send(
    store,
    Array.from({ length: events }, (_, i) => pageEvent('b1', { id: `e${i}` })),
  );
  await store.close();
  return file;
}

describe('the file of the SQLite store', () => {
  it('refuses a file that a newer program wrote, in words, and leaves it as it is', async () => {
    const file = await aFile(1);
    const db = new Database(file);
    db.pragma('user_version = 999');
    db.close();
    expect(await refusal(file)).toMatch(/schema 999.*newer Waymark.*Nothing was changed/);
  });

  it('refuses a file of another program', async () => {
    const file = join(aFolder(), 'other.sqlite');
    const db = new Database(file);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    expect(await refusal(file)).toMatch(/another program/);
  });

  it.each<[string, (file: string) => void]>([
    ['is no database', (file) => writeFileSync(file, 'Dear diary, '.repeat(1_000))],
    [
      'lost its start',
      (file) => writeFileSync(file, Buffer.concat([Buffer.alloc(100), readFileSync(file).subarray(100)])),
    ],
    ['lost its end', (file) => truncateSync(file, statSync(file).size - 40_960)],
    [
      'was overwritten in the middle',
      (file) => {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill(0xff, 4_096, bytes.length - 4_096));
      },
    ],
  ])('reports a file that %s and never overwrites it', async (_, damage) => {
    const file = await aFile(200);
    damage(file);
    expect(await refusal(file)).toMatch(/(damaged|not an SQLite file).*Nothing was changed/);
  });

  it('brings an older file up to date step by step, and leaves it as it was where a step fails', async () => {
    const file = await aFile(3);
    const version = (db: Database.Database) => db.pragma('user_version', { simple: true });
    const options = { cacheKib: 1_024, maxFileBytes: Infinity };
    const newest = Math.max(...migrations.map(({ number }) => number));
    const good = { number: newest + 1, sql: 'ALTER TABLE event ADD COLUMN later TEXT' };
    const bad = { number: newest + 2, sql: 'CREATE TABLE half (a); CREATE TABLE half (a)' };
    expect(() => openForWriting(file, options, [...migrations, good, bad])).toThrow(/half already exists/);
    for (let start = 0; start < 2; start++) {
      const db = openForWriting(file, options, [...migrations, good]);
      expect(version(db)).toBe(newest + 1);
      expect(db.prepare('SELECT count(later), count(*) FROM event').raw().get()).toEqual([0, 3]);
      expect(db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).get()).toBeUndefined();
      db.close();
    }
    expect(await refusal(file)).toMatch(/newer Waymark/);
  });

  it('finds who was joined lately by an index, and sorts nothing', async () => {
    const db = new Database(await aFile(1));
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${joinedSql}`).all(0, 10) as { detail: string }[];
    db.close();
    expect(plan[0]?.detail).toBe('SEARCH l USING INDEX link_at (at>?)');
    expect(plan.map(({ detail }) => detail).filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
  });

  it('says so where the folder is missing', async () => {
    await expect(openSqlite(join(aFolder(), 'missing', 'store.sqlite'))).rejects.toThrow(/directory/i);
  });

  it('belongs to one process at a time, and to the next once that one is dead', async () => {
    const file = join(aFolder(), 'store.sqlite');
    const child = runChild('hold.ts', [file]);
    await child.line('open');
    await expect(openSqlite(file)).rejects.toThrow(/in use by another process/);
    child.kill();
    await child.exited;
    const store = await aStore({}, openSqlite, file);
    expect(await idsOf(store)).toEqual(['held']);
    await expect(openSqlite(file)).rejects.toThrow(/in use/);
  });

  it('says once that nothing can be promised any more when the file is damaged under it, and can still be closed', async () => {
    const file = await aFile(500);
    const said: string[] = [];
    const store = await openSqlite(file, {
      cacheBytes: 1,
      minFreeDiskBytes: 0,
      onFatal: (message) => said.push(message),
    });
    const bytes = readFileSync(file).fill(0xff, 4_096);
    writeFileSync(file, bytes);
    await expect(send(store, pageEvent('b2'))).rejects.toThrow(/malformed/);
    await expect(send(store, pageEvent('b3'))).rejects.toThrow(/malformed/);
    await store.close();
    expect(said).toEqual(['database disk image is malformed']);
  });

  it('opens a copy that was taken with its log, as after a power cut', async () => {
    const file = join(aFolder(), 'store.sqlite');
    const store = await aStore({}, openSqlite, file);
    await send(store, pageEvent('b1', { id: 'in the log' }));
    const copy = join(aFolder(), 'store.sqlite');
    for (const end of ['', '-wal']) copyFileSync(file + end, copy + end);
    expect(await idsOf(await aStore({}, openSqlite, copy))).toEqual(['in the log']);
  });

  it('keeps its log short under load, also while somebody reads', async () => {
    const file = join(aFolder(), 'store.sqlite');
    const maxLogBytes = 2 ** 20;
    const store = await aStore({ maxLogBytes }, openSqlite, file);
    const longest: number[] = [];
    for (let i = 0; i < 60; i++) {
      const events = Array.from({ length: 100 }, () => pageEvent(`b${i}`, { data: { text: 'x'.repeat(500) } }));
      await Promise.all([send(store, events), store.history({ workspace: 'a1b2c3d4e5f6a1b2c3d4e5f6', limit: 50 })]);
      longest.push((await store.health()).walBytes);
    }
    expect(Math.max(...longest)).toBeLessThan(6 * maxLogBytes);
    await store.close();
    expect(statSync(file).size).toBeGreaterThan(3 * maxLogBytes);
  });

  it('tells that the disk is full, loses nothing, and recovers by itself', async () => {
    const file = await aFile(1);
    const store = await aStore({ maxFileBytes: 1_200_000 }, openSqlite, file);
    const answers: string[] = [];
    for (let i = 0; i < 40; i++) {
      const events = Array.from({ length: 50 }, () => pageEvent('b2', { data: { text: 'x'.repeat(1_000) } }));
      answers.push(...outcomes(await send(store, events)));
    }
    const kept = answers.filter((answer) => answer === 'ok').length;
    expect(new Set(answers)).toEqual(new Set(['ok', 'retry disk-low']));
    expect(await idsOf(store, 'b2')).toHaveLength(kept);
    expect(outcomes(await send(store, pageEvent('b1', { id: 'e0' }))).join()).toMatch(/ok|retry/);
    await store.close();
    const again = await aStore({}, openSqlite, file);
    expect(outcomes(await send(again, pageEvent('b2')))).toEqual(['ok']);
    expect(await idsOf(again, 'b2')).toHaveLength(kept + 1);
  });
});
