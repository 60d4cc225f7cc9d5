// How much room the disk has, for the thread that must never wait on it: asked in the background while somebody wants
// to know, and answered from memory. A quarter of a second of writing is far less than the reserve that is kept.
import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

const maxAgeMs = 250;

/** Bytes that are free beside a folder's files; only the first answer is waited for. */
export function createDiskGauge(folder: string): () => number {
  let bytes: number | undefined;
  let askedAt = 0;

  async function ask(): Promise<void> {
    try {
      bytes = room(await statfs(folder));
    } catch {
      // What was known stays; a disk that is gone shows itself at the next commit.
    }
  }

  return () => {
    const at = performance.now();
    if (bytes === undefined) {
      bytes = room(statfsSync(folder));
      askedAt = at;
    } else if (at - askedAt > maxAgeMs) {
      askedAt = at;
      void ask();
    }
    return bytes;
  };
}

function room({ bavail, bsize }: { bavail: number; bsize: number }): number {
  return bavail * bsize;
}
