// A disk of its own, small enough to be filled: a tmpfs, or the folder that SMALL_DISK names (any file system that may be
// filled for the test, such as an ext4 in a loop device).
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { aFolder } from '../../helpers.ts';

export interface SmallDisk {
  folder: string;
  freeBytes(): number;
  /** Takes all that is free but so many bytes. */
  fill(leftBytes?: number): void;
  /** Gives back what was filled. */
  free(): void;
}

/** Undefined where this machine lets nobody mount. */
export function aSmallDisk(megabytes: number): SmallDisk | undefined {
  const folder = process.env['SMALL_DISK'] ?? aMount(megabytes);
  if (folder === undefined) return undefined;
  const fillers: string[] = [];
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  const free = (): void => {
    for (const file of fillers.splice(0)) rmSync(file);
  };
  onTestFinished(free);
  return {
    folder,
    freeBytes,
    fill(leftBytes = 0) {
      const bytes = freeBytes() - leftBytes;
      if (bytes <= 0) return;
      const file = join(folder, `filler-${fillers.length}-${Date.now()}`);
      fillers.push(file);
      const { status } = spawnSync('fallocate', ['-l', String(bytes), file]);
      if (status !== 0 || leftBytes === 0) writeToTheEnd(file);
    },
    free,
  };
}

function aMount(megabytes: number): string | undefined {
  const folder = aFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

function writeToTheEnd(file: string): void {
  const opened = openSync(file, 'a');
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(opened, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(opened);
  }
}
