// Cuts a query that takes too long: a reader that holds an old state keeps the log from being reset, and it grows.
// SQLite cannot be stopped from outside, so scans of unknown length ask for the time now and then.
import { Problem } from '../../../protocol/index.ts';
import type { Db } from './open-file.ts';

/**
 * Stands in the condition of a scan whose events are `e`. Asks at one row in 64, drawn by the hash of the event's key, which
 * nobody can choose: the call out of SQLite took longer than the rest of a row that does not fit.
 */
export const inTime = '((e.hash & 63) <> 0 OR in_time())';

/** Runs a call with the clock of its connection started. */
export type TimeLimit = <T>(call: () => T) => T;

export function createTimeLimit(db: Db, maxQueryMs: number): TimeLimit {
  let endsAt = Infinity;
  db.function('in_time', { deterministic: false }, () => {
    if (performance.now() > endsAt) {
      throw new Problem('busy', `the query took longer than ${maxQueryMs} ms and was cut; ask for less`);
    }
    return 1;
  });
  return (call) => {
    endsAt = performance.now() + maxQueryMs;
    return call();
  };
}
