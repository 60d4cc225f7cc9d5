// What a store does once when its file came out of a backup. Others remember what it has forgotten: a receiver the ids of
// webhooks, which are made of sequences, a desk the last sequence it saw, an operator the id of a delivery. So numbers
// begin again far behind all that were given since the backup, and what had come before it is known as such.
import { restoredPosition } from '../../outbox.ts';
import { copyMark } from './back-up.ts';
import { createCounterWriter, readMeta } from './meta.ts';
import type { Db } from './open-file.ts';

/** More than anybody stores between a backup and its use: three weeks of 5,000 events a second. */
const gap = 10_000_000_000;

/** Does nothing with a file that is no copy. */
export function beginAnew(db: Db): void {
  const isCopy = db.prepare('SELECT 1 FROM meta WHERE name = ?').get(copyMark) !== undefined;
  if (!isCopy) return;
  db.transaction(() => {
    const { sequence } = readMeta(db);
    db.prepare('INSERT OR REPLACE INTO position (consumer, sequence) VALUES (?, ?)').run(restoredPosition, sequence);
    createCounterWriter(db).set('sequence', sequence + gap);
    for (const table of ['delivery', 'link']) {
      db.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(table);
      db.prepare(`INSERT INTO sqlite_sequence (name, seq) SELECT ?, ifnull(max(id), 0) + ? FROM ${table}`).run(
        table,
        gap,
      );
    }
    db.prepare('DELETE FROM meta WHERE name = ?').run(copyMark);
  }).immediate();
}
