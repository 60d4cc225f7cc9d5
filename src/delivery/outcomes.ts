// What became of a call is known to nobody but the process that made it, so writing it down is tried until the disk takes
// it. Meanwhile its lane makes no further calls in its place: a full disk costs neither a second call nor a doubt.
import type { Store } from '../store/index.ts';

type Writes = Pick<Store, 'done' | 'retryAt' | 'bury' | 'enqueue' | 'putDocument' | 'deleteDocument'>;

export interface Outcomes extends Writes {
  /** The same for any other write. */
  keep<Result>(write: () => Promise<Result>): Promise<Result>;
  /** From now on each is tried once more, and rejects where the disk does not take it. */
  stop(): void;
}

export interface OutcomesOptions {
  store: Writes;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told once of each that has to be tried again. */
  onError: (error: unknown) => void;
}

const retryMs = 1_000;

/** The writes of a store, each of which resolves when it is on disk and rejects only after `stop`. */
export function createOutcomes({ store, wait, onError }: OutcomesOptions): Outcomes {
  const stopping = new AbortController();

  async function keep<Result>(write: () => Promise<Result>): Promise<Result> {
    for (let first = true; ; first = false) {
      try {
        return await write();
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        if (first) onError(error);
        await wait(retryMs, stopping.signal);
      }
    }
  }

  return {
    keep,
    done: (...args) => keep(() => store.done(...args)),
    retryAt: (...args) => keep(() => store.retryAt(...args)),
    bury: (...args) => keep(() => store.bury(...args)),
    enqueue: (...args) => keep(() => store.enqueue(...args)),
    putDocument: (...args) => keep(() => store.putDocument(...args)),
    deleteDocument: (...args) => keep(() => store.deleteDocument(...args)),
    stop: () => stopping.abort(),
  };
}
