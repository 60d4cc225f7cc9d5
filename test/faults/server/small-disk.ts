// A disk of its own, small enough to be filled: a tmpfs, or the folder that SMALL_DISK names (any file system that may be
// filled for the test, such as an ext4 in a loop device).
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** Whether there may be such a disk: only who may mount has one, unless SMALL_DISK names it. */
export const mayFillDisks: boolean = process.env['SMALL_DISK'] !== undefined || mayMount();

export function aSmallDisk(megabytes: number): SmallDisk {
  const folder = process.env['SMALL_DISK'] ?? aMount(megabytes);
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

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-mount-'));
  try {
    return mount(folder, 1) && spawnSync('umount', [folder]).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function aMount(megabytes: number): string {
  const folder = aFolder();
  if (!mount(folder, megabytes)) throw new Error(`a disk of ${megabytes} MB could not be mounted`);
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

function mount(folder: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;
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
