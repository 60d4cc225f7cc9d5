// Ids of requests: in the answer's x-request-id, and in the log.
import { randomBytes } from 'node:crypto';

/** Unique among all runs of all relays, and cheaper than a UUID each. */
export function createRequestIds(): () => string {
  const run = randomBytes(8).toString('hex');
  let count = 0;
  return () => `${run}-${(count++).toString(36)}`;
}
