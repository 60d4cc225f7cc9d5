// Retention: what is older than a workspace keeps goes, at the start and then every few hours, in short steps of the store.
import type { Store } from '../store/index.ts';
import type { Workspaces } from './workspaces.ts';

/** What the Journey Data Service keeps (jds-contract 0.4). */
export const defaultRetentionDays = 365;

export interface RetentionOptions {
  store: Pick<Store, 'retain'>;
  workspaces: Pick<Workspaces, 'all'>;
  onError: (error: unknown) => void;
  /** Default 6 hours. */
  everyMs?: number;
}

export interface Retention {
  /** A run that is under way ends with the store: what it did not delete goes at the next start. */
  stop(): void;
}

export function keepRetention({ store, workspaces, onError, everyMs = 21_600_000 }: RetentionOptions): Retention {
  let stopping = false;

  async function run(): Promise<void> {
    for (const { id, dataRetentionDays: maxAgeDays = defaultRetentionDays } of workspaces.all()) {
      if (stopping) return;
      try {
        await store.retain(id, [{ type: '*', maxAgeDays }]);
      } catch (error) {
        if (!stopping) onError(error);
      }
    }
  }

  let running = run();
  const timer = setInterval(() => {
    running = running.then(run);
  }, everyMs);
  timer.unref();
  return {
    stop() {
      stopping = true;
      clearInterval(timer);
    },
  };
}
