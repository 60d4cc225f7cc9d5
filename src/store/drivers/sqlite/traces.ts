// What stands under an alias beside its events and links. It goes with the alias, or whoever gets the number of the alias
// would inherit it.
import type { Db } from './open-file.ts';

/** Former ids, notes and deliveries of the alias, also those that wait. */
export type DropTraces = (alias: number) => void;

export function createTraces(db: Db): DropTraces {
  const drops = ['former_id', 'note', 'delivery'].map((table) => db.prepare(`DELETE FROM ${table} WHERE alias = ?`));
  return (alias) => {
    for (const drop of drops) drop.run(alias);
  };
}
