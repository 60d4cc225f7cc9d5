// What a lane must know again after a process died: which calls left in the last minute, and which deliveries were being
// sent. One small document, written before each call.
import type { Store } from '../../store/index.ts';

export interface Journal {
  /** Times of the calls that left, as before the start. */
  left: readonly number[];
  /** A call is about to leave; with a delivery, it is being sent for the n-th time. Resolves when that is on disk. */
  begin(log: readonly number[], sending?: { id: number; tries: number }): Promise<void>;
  /** The outcome of a delivery is on disk, so it is forgotten with the next call. */
  end(id: number): void;
  /** Whether sending was begun for the n-th time and its outcome never came to disk, as when the process died. */
  wasCut(id: number, tries: number): boolean;
}

const kind = 'forward-journal';

export async function openJournal(store: Pick<Store, 'documents' | 'putDocument'>, lane: string): Promise<Journal> {
  const body = (await store.documents('', kind)).find(({ id }) => id === lane)?.body;
  const cut = { ...(body?.['sending'] as Record<string, number> | undefined) };
  const sending = new Map<number, number>();
  return {
    left: (body?.['left'] as number[] | undefined) ?? [],
    async begin(log, one) {
      if (one) sending.set(one.id, one.tries);
      // What was cut stays until its delivery's turn comes: there may be another death before.
      const all = { ...cut, ...Object.fromEntries(sending) };
      try {
        await store.putDocument('', kind, { id: lane, body: { left: [...log], sending: all } });
      } catch (error) {
        // Then the call does not leave.
        if (one) sending.delete(one.id);
        throw error;
      }
    },
    end(id) {
      sending.delete(id);
      delete cut[id];
    },
    wasCut: (id, tries) => cut[id] === tries || sending.get(id) === tries,
  };
}
