// The outbox on disk. Each tab keeps a journal of its own in two stores: written at once to localStorage, which survives
// the tab, and soon after to IndexedDB, which survives the browser and holds what localStorage is too small for. A lock
// says that the tab lives; a journal whose lock is free is an orphan, and whoever finds it takes its events over. Where
// there are no locks all others count as orphans: events are then sent twice at most, never lost.
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { attempt, decodeEntries, type Entry, encodeEntries, isJournal, nameOf, type Outbox, pick } from './outbox.ts';

/** How much of the 5 MB that the whole site shares one journal may take, in UTF-16 units. */
const maxLocalLength = 200_000;

export interface Journal {
  /** Starts a journal, or goes on with one, and looks for orphans, of which the journal before may be one. */
  _open(tab?: string): void;
  /** Writes the outbox down now. */
  _save(): void;
  /** Writes it to the deep store; true when it is there. */
  _copy(): Promise<unknown>;
  /** Lets others have the journal: the page is being closed or put away. */
  _release(): void;
  /** Removes all journals of the site key. */
  _purge(): void;
}

/** `inMemory`: writes nothing to the device, and looks for nothing there. */
export function createJournal(
  key: string,
  outbox: Outbox,
  inMemory: boolean | undefined,
  onAdopted: (entry: Entry) => void,
): Journal {
  const store = inMemory ? undefined : createStore('waymark', 'waymark');
  const storage = attempt(() => store && localStorage);
  let name = '';
  /** Set from when the lock is asked for. */
  let release: (() => void) | undefined;

  async function open(tab = nameOf(key)): Promise<void> {
    letGo();
    name = tab;
    for (const orphan of await all()) lock(orphan, () => take(orphan));
  }

  function letGo(): void {
    release?.();
    release = undefined;
  }

  function lock(tab: string, work: () => Promise<unknown>): void {
    // Rejects in opaque origins, which have nothing stored either.
    if (navigator.locks) navigator.locks.request(tab, { ifAvailable: true }, (held) => held && work()).catch(() => {});
    else work();
  }

  /** Undefined where the deep store is missing, blocked, full or broken. */
  async function deep<T>(work: (records: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
    try {
      // Where there is none, this throws, and ends like one that is blocked.
      return await (store as UseStore)('readwrite', (records) => {
        const done = work(records);
        // Else it would end only with another turn of this page, which may be its last, and bar the next page's way.
        records.transaction.commit();
        return done;
      });
    } catch {
      return undefined;
    }
  }

  /** True when all is on disk. */
  function save(): boolean {
    const entries = [...outbox.values()];
    // When it is too much for here, the newest is kept, which may not be in the deep store yet.
    const kept = pick(entries.reverse(), maxLocalLength, maxLocalLength).reverse();
    if (!entries[0]) letGo();
    else if (!release) {
      const asked = (): void => {};
      release = asked;
      // Not any more, where all was answered for, or the page put away, before the lock was there.
      lock(name, async () => release === asked && new Promise<void>((resolve) => (release = resolve)));
    }
    return !!write(name, encodeEntries(kept)) && kept.length === entries.length;
  }

  function write(tab: string, text: string): unknown {
    return attempt(() => {
      if (text) (storage as Storage).setItem(tab, text);
      else (storage as Storage).removeItem(tab);
      return true;
    });
  }

  function writeDeep(tab: string, text: string): Promise<unknown> {
    return deep(async (records) => {
      if (text) records.put(text, tab);
      else records.delete(tab);
      await promisifyRequest(records.transaction);
      return records;
    });
  }

  function copy(): Promise<unknown> {
    return writeDeep(name, encodeEntries([...outbox.values()]));
  }

  /** The journals of the site key, some twice. Its own is locked, or empty, or found to hold nothing new. */
  async function all(): Promise<string[]> {
    const keys = (await deep((records) => promisifyRequest(records.getAllKeys()))) ?? [];
    const names = [...(keys as string[]), ...Object.keys(storage ?? {})];
    return names.filter((tab) => isJournal(tab, key));
  }

  async function take(tab: string): Promise<void> {
    const text = await deep((records) => promisifyRequest<string>(records.get(tab)));
    // Purged meanwhile.
    if (!name) return;
    for (const entry of [storage?.getItem(tab), text].flatMap(decodeEntries)) onAdopted(entry);
    // First away with the old: the new may need its room.
    write(tab, '');
    if (save() || (await copy())) writeDeep(tab, '');
  }

  return {
    _open: open,
    _save: save,
    _copy: copy,
    _release: letGo,
    async _purge() {
      name = '';
      for (const tab of await all()) {
        write(tab, '');
        writeDeep(tab, '');
      }
    },
  };
}
