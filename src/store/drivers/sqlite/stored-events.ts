// Whether an event was stored before, where its key is of no help. Ids have no index of their own, so all events of the
// alias are looked through: only for what happens once to a device.
import type { Db } from './open-file.ts';

export type StoredEvents = (alias: number, id: string) => boolean;

export function createStoredEvents(db: Db): StoredEvents {
  const find = db
    .prepare(`SELECT 1 FROM event WHERE alias = ? AND instr(body, ?) > 0 AND json_extract(body, '$.id') = ? LIMIT 1`)
    .pluck();
  return (alias, id) => find.get(alias, JSON.stringify(id), id) !== undefined;
}
