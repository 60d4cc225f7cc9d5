// The unique key of an event: (shard, workspace, wire time, 64-bit hash). It grows with time, so that its index is
// written at its end; a unique index over random ids is 3 to 5 times slower (relay-notes 2b).
// The hash is seeded by a secret of the file: nobody outside can prepare two events that collide.

/** Fixed for ever: the shard is part of every stored key. */
export const shardCount = 64;

/** FNV-1a over UTF-16 units, well mixed: the same wire identity is always in the same shard, in every store. */
export function shardOf(identity: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) h = Math.imul(h ^ identity.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) & (shardCount - 1);
}

const words = new Uint32Array(2);
const joined = new BigInt64Array(words.buffer);

/**
 * 64-bit hash of several texts, two lanes of 32 bits. Their lengths go in as well, so that ('ab', 'c') is not ('a', 'bc').
 * In JavaScript because node:crypto costs over a microsecond a call, a tenth of the whole budget of an event.
 */
export function hash64(seed: readonly [number, number], ...texts: string[]): bigint {
  let a = seed[0];
  let b = seed[1];
  for (const text of texts) {
    a = Math.imul(a ^ text.length, 0x9e3779b1);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x85ebca77);
      b = Math.imul(b ^ unit, 0xc2b2ae3d) + a;
      a = (a << 13) | (a >>> 19);
    }
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  words[0] = a ^ (a >>> 16);
  words[1] = b ^ (b >>> 16);
  return joined[0] ?? 0n;
}
