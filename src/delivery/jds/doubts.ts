// Events of which nobody can say whether they arrived once: listed and counted, on disk before what made them so.
import type { Store } from '../../store/index.ts';

export interface Doubt {
  /** `possiblyTwice`: sent again after an answer was lost. `possiblyLost`: not sent again. */
  kind: 'possiblyTwice' | 'possiblyLost';
  /** Of the event. */
  id: string;
  type: string;
  at: number;
}

export interface Doubts {
  /** An event is counted once. */
  note(doubt: Doubt): Promise<void>;
  /** The latest thousand, newest first. */
  list(): Doubt[];
  count(kind: Doubt['kind']): number;
}

const maxListed = 1_000;
const forgotten = 'forgotten';

export async function createDoubts(
  store: Pick<Store, 'documents' | 'putDocument' | 'deleteDocument'>,
  lane: string,
): Promise<Doubts> {
  const kind = `forward-doubts:${lane}`;
  const documents = await store.documents('', kind);
  const older = { possiblyTwice: 0, possiblyLost: 0, ...documents.find(({ id }) => id === forgotten)?.body };
  const known = new Map(
    documents.filter(({ id }) => id !== forgotten).map(({ id, body }) => [id, body as unknown as Doubt]),
  );

  /** The oldest leaves the list and stays in the count. */
  async function forgetOldest(): Promise<void> {
    const [oldest] = known;
    if (known.size <= maxListed || !oldest) return;
    older[oldest[1].kind] += 1;
    known.delete(oldest[0]);
    await store.putDocument('', kind, { id: forgotten, body: { ...older } });
    await store.deleteDocument('', kind, oldest[0]);
  }

  return {
    async note(doubt) {
      const key = `${doubt.kind} ${doubt.id}`;
      if (known.has(key)) return;
      await store.putDocument('', kind, { id: key, body: { ...doubt } });
      known.set(key, doubt);
      await forgetOldest();
    },
    list: () => [...known.values()].reverse(),
    count: (wanted) => older[wanted] + [...known.values()].filter((one) => one.kind === wanted).length,
  };
}
