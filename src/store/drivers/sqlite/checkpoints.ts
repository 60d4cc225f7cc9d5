// Keeps the log short without stopping the writer. A passive checkpoint in another thread does the long part; what was
// written meanwhile is short, and the writer finishes it between two commits, so that its next commit starts the log anew.
import type { LogState } from './upkeep-worker.ts';

export interface CheckpointsOptions {
  /** A log longer than this is brought into the file. */
  maxBytes: number;
  /** The long part, beside the writer. */
  run: () => Promise<LogState>;
  /** The short part, in the writer. */
  finish: () => void;
}

/** To be told the length of the log after each commit. */
export type Checkpoints = (bytes: number) => void;

/** The writer finishes what is shorter than this share of the limit; longer rests are worth another run. */
const shortRest = 0.1;
const maxRuns = 6;

export function createCheckpoints({ maxBytes, run, finish }: CheckpointsOptions): Checkpoints {
  let running = false;

  const bringIn = async (): Promise<void> => {
    for (let runs = 0; runs < maxRuns; runs++) {
      const { bytes, checkpointedBytes } = await run();
      if (bytes - checkpointedBytes < maxBytes * shortRest) break;
    }
    finish();
  };

  return (bytes) => {
    if (running || bytes < maxBytes) return;
    running = true;
    bringIn()
      // The upkeep thread is gone: the writer does it alone, as it would without that thread.
      .catch(finish)
      .finally(() => {
        running = false;
      });
  };
}
