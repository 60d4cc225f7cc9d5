// Who read or changed whom. Entries are collected for a moment and written together, so that a read never waits for the
// disk; what a crash can lose is that moment. They name persons by id, never by identity.
import type { AccessEntry, Store } from '../store/index.ts';

export interface Audit {
  note(entry: Omit<AccessEntry, 'at'>): void;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

export interface AuditOptions {
  store: Pick<Store, 'recordAccess'>;
  now: () => number;
  /** Entries that could not be written stay for the next attempt. */
  onError: (error: unknown) => void;
  delayMs?: number;
}

/** Past this many unwritten entries the oldest are dropped and reported: a full disk must not fill the memory. */
const maxWaiting = 100_000;

export function createAudit({ store, now, onError, delayMs = 100 }: AuditOptions): Audit {
  let waiting: AccessEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const entries = waiting;
    if (entries.length === 0) return;
    waiting = [];
    try {
      await store.recordAccess(entries);
    } catch (error) {
      waiting = [...entries, ...waiting].slice(-maxWaiting);
      onError(error);
    }
  }

  /** One after the other, so that whoever waits for it waits for what is under way too. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }

  return {
    note(entry) {
      waiting.push({ ...entry, at: now() });
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    flush,
  };
}
