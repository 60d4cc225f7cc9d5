// How long a page of history takes in a large store, and how long it takes to join two persons with many events.
// `node bench/server/reading.ts [events] [file to keep or use again]`
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteStore, type Store } from '../../src/store/index.ts';
import { createRandom, createTraffic, workspace } from './traffic.ts';

const events = Number(process.argv[2] ?? 200_000);
const kept = process.argv[3];
const folder = kept ? undefined : mkdtempSync(join(process.env['BENCH_DIR'] ?? '.', '.bench-'));
const file = kept ?? join(folder ?? '.', 'store.sqlite');
const eventsPerBatch = 20;
const isNew = !existsSync(file);

const store = await openSqliteStore({ file });
try {
  const traffic = createTraffic({ eventsPerBatch });
  // The same seed gives the same browsers: a file that is used again only needs their number.
  const batches = Math.ceil(events / eventsPerBatch);
  for (let i = 0; i < batches; i += 200) {
    const some = Array.from({ length: Math.min(200, batches - i) }, traffic.next);
    if (isNew) await Promise.all(some.map((batch) => store.append(batch)));
  }
  console.log(`${(await store.health()).sequence} events of ${traffic.browsers()} browsers`);
  await history(store, traffic.browsers(), traffic.browser);
  await merges(store);
} finally {
  await store.close();
  if (folder) rmSync(folder, { recursive: true });
}

async function history(from: Store, browsers: number, browser: (number: number) => string): Promise<void> {
  const random = createRandom(7);
  const someone = () => browser(Math.floor(random() * browsers));
  for (let i = 0; i < 100; i++) await from.history({ workspace, identity: someone(), limit: 50 });
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < 3_000; i++) {
    const identity = someone();
    times.push(await timeOf(async () => (found += (await from.history({ workspace, identity, limit: 50 })).length)));
  }
  console.log(`history of up to 50 (${(found / 3_000).toFixed(0)} on average): ${spread(times)}`);

  const bare = new Database(file, { readonly: true });
  const rows = bare.prepare(
    `SELECT e.body FROM alias a JOIN event e ON e.alias = a.id WHERE a.workspace = 1 AND a.kind = 0 AND a.value = ?
     ORDER BY e.corrected DESC LIMIT 50`,
  );
  const bareTimes: number[] = [];
  for (let i = 0; i < 3_000; i++) {
    const identity = someone();
    bareTimes.push(await timeOf(async () => void rows.all(identity)));
  }
  bare.close();
  console.log(`bare prepared select of the same on this thread: ${spread(bareTimes)}`);
}

/** Two persons with 50,000 events each, joined and parted again. */
async function merges(into: Store): Promise<void> {
  const people = ['bench-left@x.com', 'bench-right@x.com'];
  const ids: string[] = [];
  for (const identity of people) {
    for (let i = 0; i < 100; i++) await into.append(eventsOf(identity, i));
    ids.push((await into.personOf(workspace, identity))?.id ?? '');
  }
  const [left = '', right = ''] = ids;
  const cause = { cause: 'bench', trust: 'api' as const };
  const [merging, parting, reading]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < 200; i++) {
    merging.push(await timeOf(() => into.merge(workspace, left, [right], cause)));
    reading.push(await timeOf(() => into.history({ workspace, personId: right, limit: 50 })));
    const live = (await into.explain(workspace, left)).filter(({ removed }) => !removed);
    for (const { id } of live) parting.push(await timeOf(() => into.unlink(workspace, id, cause)));
  }
  console.log(`merge of two persons with 100,000 events between them, on disk: ${spread(merging)}`);
  console.log(`history of 50 of the merged: ${spread(reading)}`);
  console.log(`un-merge, on disk: ${spread(parting)}`);
}

function eventsOf(identity: string, batch: number) {
  const receivedAt = Date.UTC(2026, 2, 1) + batch * 60_000;
  const events = Array.from({ length: 500 }, (_, i) => ({
    specversion: '1.0',
    id: `${identity}-${batch}-${i}`,
    type: 'call',
    source: 'bench',
    time: new Date(receivedAt - i).toISOString(),
    identity,
    identitytype: 'email',
    datacontenttype: 'application/json',
    data: { notes: 'x'.repeat(300) },
  }));
  const body = new TextEncoder().encode(JSON.stringify(events));
  return { workspace, sender: 'trusted' as const, repeats: 'publish' as const, receivedAt, body };
}

async function timeOf(job: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await job();
  return performance.now() - started;
}

function spread(times: number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}
