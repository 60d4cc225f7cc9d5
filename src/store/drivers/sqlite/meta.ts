// Facts about the file itself: secrets made once, counters that must never go back.
import { randomBytes } from 'node:crypto';
import type { Db } from './open-file.ts';

export interface Meta {
  /** Seeds the event hash. */
  hashSeed: readonly [number, number];
  /** Salts the hashes of erased values. */
  salt: Buffer;
  /** The highest sequence ever given; events at the end may have been deleted since. */
  sequence: number;
  /** Grows with every change of links, also over restarts. */
  linksVersion: number;
}

/** Reads the facts, making the secrets on the first start. */
export function readMeta(db: Db): Meta {
  const secret = (name: string, bytes: number): Buffer => {
    const made = randomBytes(bytes);
    db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, made);
    return db.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name) as Buffer;
  };
  const number = (sql: string): number => Number(db.prepare(sql).pluck().get() ?? 0);
  const seed = secret('hash_seed', 8);
  return {
    hashSeed: [seed.readInt32LE(0), seed.readInt32LE(4)],
    salt: secret('salt', 32),
    sequence: Math.max(
      number('SELECT max(sequence) FROM event'),
      number(`SELECT value FROM meta WHERE name = 'sequence'`),
    ),
    linksVersion: number(`SELECT value FROM meta WHERE name = 'links_version'`),
  };
}

export interface CounterWriter {
  set(name: 'sequence' | 'links_version', value: number): void;
}

export function createCounterWriter(db: Db): CounterWriter {
  const upsert = db.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return { set: (name, value) => void upsert.run(name, BigInt(value)) };
}
