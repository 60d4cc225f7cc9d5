// Cuts a query that takes too long: a reader that holds an old state keeps the log from being reset, and it grows.
// SQLite cannot be stopped from outside, so scans of unknown length ask `in_time()` at every row.
import { Problem } from '../../../protocol/index.ts';
import type { Db } from './open-file.ts';

/** Runs a call with the clock of its connection started. */
export type TimeLimit = <T>(call: () => T) => T;

export function createTimeLimit(db: Db, maxQueryMs: number): TimeLimit {
  let endsAt = Infinity;
  let rows = 0;
  db.function('in_time', { deterministic: false }, () => {
    rows += 1;
    if (rows % 64 === 0 && performance.now() > endsAt) {
      throw new Problem('busy', `the query took longer than ${maxQueryMs} ms and was cut; ask for less`);
    }
    return 1;
  });
  return (call) => {
    endsAt = performance.now() + maxQueryMs;
    return call();
  };
}
