// How many events a second the store takes, every one on disk before it is acknowledged, and what a bare prepared insert of
// the same rows takes on the same disk in the same run. `node bench/server/ingest.ts [events] [events a batch] [file to keep, for reading.ts]`
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteStore, type Store } from '../../src/store/index.ts';
import { createTraffic } from './traffic.ts';

const [events = 300_000, eventsPerBatch = 20] = process.argv.slice(2, 4).map(Number);
/** Bytes that may be under way, as a relay under load would have. */
const inFlight = 6 * 2 ** 20;
const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? '.', '.bench-'));
const file = process.argv[4] ?? join(folder, 'store.sqlite');

try {
  const store = await openSqliteStore({ file });
  const before = process.cpuUsage();
  const rates = await ingest(store, events);
  const { user, system } = process.cpuUsage(before);
  await store.close();
  const bare = bareInsert(file, join(folder, 'bare.sqlite'));
  console.log(
    `store: ${perSecond(rates.all)} (${eventsPerBatch} a batch; by slice: ${rates.slices.map(perSecond).join(', ')})`,
  );
  // On a machine that others use as well, time says little; what the work costs says more.
  console.log(
    `CPU: ${((user + system) / events).toFixed(1)} µs an event over all threads, making the traffic included`,
  );
  console.log(`last slice to first: ${((rates.slices.at(-1) ?? 0) / (rates.slices[0] ?? 1)).toFixed(2)}`);
  console.log(`bare prepared insert of the same rows and indexes, 2,000 a commit: ${perSecond(bare.indexed)}`);
  console.log(`bare prepared insert, no index but the row's number: ${perSecond(bare.plain)}`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Events a second, over all and for each tenth. */
async function ingest(store: Store, total: number): Promise<{ all: number; slices: number[] }> {
  const traffic = createTraffic({ eventsPerBatch });
  const slice = Math.ceil(total / 10);
  const slices: number[] = [];
  const started = performance.now();
  let sliceStarted = started;
  let done = 0;
  let bytes = 0;
  let wake: (() => void) | undefined;
  for (let sent = 0; sent < total; sent += eventsPerBatch) {
    const batch = traffic.next();
    const size = batch.body.byteLength;
    bytes += size;
    void store.append(batch).then((results) => {
      bytes -= size;
      done += results.filter(({ result }) => result === 'ok').length;
      if (done >= slice * (slices.length + 1)) {
        const now = performance.now();
        slices.push((slice / (now - sliceStarted)) * 1000);
        sliceStarted = now;
      }
      wake?.();
    });
    while (bytes > inFlight) await new Promise<void>((resolve) => (wake = resolve));
  }
  while (bytes > 0) await new Promise<void>((resolve) => (wake = resolve));
  if (done < total) throw new Error(`expected ${total} events to be stored, got ${done}`);
  return { all: (done / (performance.now() - started)) * 1000, slices };
}

/** Copies the rows that the store made, in its order, with nothing around them. */
function bareInsert(from: string, to: string): { indexed: number; plain: number } {
  const source = new Database(from, { readonly: true });
  const rows = source
    .prepare('SELECT * FROM event ORDER BY sequence LIMIT 200000')
    .raw()
    .safeIntegers()
    .all() as unknown[][];
  const schema = source
    .prepare(`SELECT sql FROM sqlite_schema WHERE tbl_name = 'event' AND sql IS NOT NULL ORDER BY type DESC`)
    .pluck()
    .all() as string[];
  source.close();
  const rate = (statements: string[]): number => {
    const db = new Database(to);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('cache_size = -65536');
    for (const sql of statements) db.exec(sql);
    const insert = db.prepare(`INSERT INTO event VALUES (${rows[0]?.map(() => '?').join(', ')})`);
    const started = performance.now();
    for (let i = 0; i < rows.length; i += 2_000) {
      db.exec('BEGIN');
      for (const row of rows.slice(i, i + 2_000)) insert.run(row);
      db.exec('COMMIT');
    }
    const perSecond = (rows.length / (performance.now() - started)) * 1000;
    db.close();
    for (const end of ['', '-wal', '-shm']) rmSync(to + end, { force: true });
    return perSecond;
  };
  return { indexed: rate(schema), plain: rate(schema.slice(0, 1)) };
}

function perSecond(rate: number): string {
  return `${Math.round(rate / 100) / 10}k events/s`;
}
