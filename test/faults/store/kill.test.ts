// kill -9 at random moments under load: what was acknowledged is there, each event once, everybody still joined, and the
// file is whole. (That an acknowledgement comes after the disk has it, a kill cannot show: see sync-order.test.ts.)
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/index.ts';
import { runChild } from '../../store/children.ts';
import { aFolder, workspace } from '../../store/helpers.ts';

const kills = Number(process.env['KILLS'] ?? 100);

it(`loses nothing that was acknowledged over ${kills} kills`, { timeout: 600_000 }, async () => {
  const file = join(aFolder(), 'store.sqlite');
  const acknowledged = new Set<string>();
  for (let round = 0; round < kills; round++) {
    const child = runChild(join(import.meta.dirname, 'crash-writer.ts'), [file, String(round)]);
    await child.line('open');
    // Some moments fall into the first commit, most into full load, some into a checkpoint.
    await wait(Math.random() * (round % 4 === 0 ? 30 : 150));
    child.kill();
    await child.exited;
    for (const line of child.lines) if (line.startsWith('ack ')) acknowledged.add(line.slice(4));
    if (round % 10 === 9) expectWhole(file, acknowledged);
  }
  expectWhole(file, acknowledged);
  expect(acknowledged.size).toBeGreaterThan(kills * 10);
  await expectJoined(file);
});

function expectWhole(file: string, acknowledged: Set<string>): void {
  const db = new Database(file);
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const ids = db.prepare(`SELECT json_extract(body, '$.id') FROM event`).pluck().all() as string[];
    const found = new Set(ids);
    expect(ids.length).toBe(found.size);
    expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
    const [first, last] = db.prepare('SELECT min(sequence), max(sequence) FROM event').raw().get() as number[];
    expect([first, last]).toEqual([1, ids.length]);
  } finally {
    db.close();
  }
}

async function expectJoined(file: string): Promise<void> {
  const store = await openSqliteStore({ file, minFreeDiskBytes: 0 });
  const persons = await store.persons(workspace, { limit: 100, offset: 0 });
  const aliases = persons.map((person) => person.aliases.map(({ value }) => value).sort());
  expect(aliases.sort()).toEqual(Array.from({ length: 8 }, (_, i) => [`browser-${i}`, `customer-${i}@x.com`]));
  for (const { id } of persons) expect(await store.explain(workspace, id)).toHaveLength(1);
  await store.close();
}
