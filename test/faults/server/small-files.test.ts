// The small files beside the database on a full disk: whole or as they were, and good again when there is room.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDeadLetters } from '../../../src/relay/index.ts';
import { sealingKey } from '../../../src/server/sealing-key.ts';
import { anEvent, siteKey } from '../../helpers.ts';
import { aSmallDisk, mayFillDisks } from './small-disk.ts';

const letter = (id: string) => ({
  at: Date.now(),
  key: siteKey,
  code: 'type-not-allowed' as const,
  type: 'cartAdded',
  source: 'home.com:website',
  sent: Date.now(),
  event: anEvent({ id, data: { text: 'x'.repeat(1_000) } }),
});

describe.skipIf(!mayFillDisks)('a full disk', () => {
  it('leaves no half of the sealing key, which would keep the server from starting ever after', () => {
    const disk = aSmallDisk(2);
    const file = join(disk.folder, 'waymark.db.seal');
    disk.fill();
    expect(() => sealingKey(file)).toThrow(/ENOSPC/);
    expect(existsSync(file)).toBe(false);
    disk.free();
    expect(sealingKey(file)).toHaveLength(32);
    expect(sealingKey(file)).toEqual(sealingKey(file));
  });

  it('costs no dead letter, neither one that it did not take nor the next', async () => {
    const disk = aSmallDisk(2);
    const folder = join(disk.folder, 'letters');
    const errors: unknown[] = [];
    const letters = createDeadLetters({
      folder,
      sealingKey: Buffer.alloc(32, 7),
      onError: (error) => errors.push(error),
    });
    letters.keep(letter('before'));
    await letters.flush();
    disk.fill();
    for (const id of ['full-1', 'full-2', 'full-3']) {
      letters.keep(letter(id));
      await letters.flush();
    }
    expect(errors.length).toBeGreaterThan(0);
    disk.free();
    // Erased before there was room to write it.
    await letters.forget(({ event }) => event.id === 'full-2');
    letters.keep(letter('after'));
    await letters.flush();
    expect(letters.list().map(({ event }) => event.id)).toEqual(['before', 'full-1', 'full-3', 'after']);
  });
});
