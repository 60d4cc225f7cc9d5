// Public person ids: 24 hexadecimal digits, of which the first 8 are seconds, as in JDS's own ids. Growing with time keeps
// their unique index written at its end; the 64 random bits behind keep them unguessable.
import { createHash, randomBytes } from 'node:crypto';

export type NewId = (atMs: number) => string;

/** With a seed the ids are predictable, for tests. */
export function createPersonIds(seed?: string): NewId {
  let pool = Buffer.alloc(0);
  let used = 0;
  let round = 0;
  const refill = () => {
    pool = seed === undefined ? randomBytes(4096) : createHash('sha512').update(`${seed}:${round++}`).digest();
    used = 0;
  };
  return (atMs) => {
    if (used + 8 > pool.length) refill();
    const random = pool.toString('hex', used, used + 8);
    used += 8;
    const seconds = Math.max(0, Math.floor(atMs / 1000)) >>> 0;
    return seconds.toString(16).padStart(8, '0') + random;
  };
}
