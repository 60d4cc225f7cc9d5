// The outbox on disk. Each tab keeps a journal of its own in two stores: written at once to localStorage, which survives
// the tab, and soon after to IndexedDB, which survives the browser and holds what localStorage is too small for. A lock
// says that the tab lives; a journal whose lock is free is an orphan, and whoever finds it takes its events over. Where
// there are no locks all others count as orphans: events are then sent twice at most, never lost.
import { createStore, promisifyRequest } from 'idb-keyval';
import { attempt, decodeEntries, type Entry, encodeEntries, type Outbox, pick } from './outbox.ts';

/** How much of the 5 MB that the whole site shares one journal may take, in UTF-16 units. */
const maxLocalLength = 250_000;

export interface Journal {
  /** Starts a journal, and looks for orphans, of which the journal before may be one. */
  _open(): void;
  /** Writes the outbox down now. */
  _save(): void;
  /** Writes it to the deep store; true when it is there. */
  _copy(): Promise<unknown>;
  /** Lets others have the journal: the page is being closed or put away. */
  _release(): void;
  /** Removes all journals of the site key. */
  _purge(): void;
}

/** `prefix` starts the names of all journals of the site key, and has the version of the format. */
export function createJournal(prefix: string, outbox: Outbox, onAdopted: (entry: Entry) => void): Journal {
  const storage = attempt(() => localStorage);
  const store = createStore('waymark', 'waymark');
  let name = '';
  let release = (): void => {};

  async function open(): Promise<void> {
    // A page may have been put away before it got the lock of its former journal.
    release();
    const own = prefix + Math.random();
    name = own;
    lock(own, async () => own === name && new Promise<void>((resolve) => (release = resolve)));
    for (const tab of await others()) lock(tab, () => take(tab));
  }

  function lock(tab: string, work: () => Promise<unknown>): void {
    // Rejects in opaque origins, which have nothing stored either.
    if (navigator.locks) navigator.locks.request(tab, { ifAvailable: true }, (held) => held && work()).catch(() => {});
    else work();
  }

  /** Undefined where the deep store is missing, blocked, full or broken. */
  async function deep<T>(work: (records: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
    try {
      return await store('readwrite', work);
    } catch {
      return undefined;
    }
  }

  /** True when all is on disk. */
  function save(): boolean {
    const entries = [...outbox.values()];
    // When it is too much for here, the newest is kept, which may not be in the deep store yet.
    const kept = pick(entries.reverse(), maxLocalLength, maxLocalLength).reverse();
    return !!write(name, encodeEntries(kept)) && kept.length === entries.length;
  }

  function write(tab: string, text: string): unknown {
    return attempt(() => {
      if (text) storage?.setItem(tab, text);
      else storage?.removeItem(tab);
      return storage;
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

  /** The journals of the site key but this one; some twice. */
  async function others(): Promise<string[]> {
    const keys = (await deep((records) => promisifyRequest(records.getAllKeys()))) ?? [];
    const names = [...(keys as string[]), ...Object.keys(storage ?? {})];
    return names.filter((tab) => tab.startsWith(prefix) && tab !== name);
  }

  async function take(tab: string): Promise<void> {
    const text = await deep((records) => promisifyRequest<string>(records.get(tab)));
    for (const entry of [storage?.getItem(tab), text].flatMap(decodeEntries)) onAdopted(entry);
    // First away with the old: the new may need its room.
    write(tab, '');
    if (save() || (await copy())) writeDeep(tab, '');
  }

  return {
    _open: open,
    _save: save,
    _copy: copy,
    _release: () => release(),
    async _purge() {
      for (const tab of [name, ...(await others())]) {
        write(tab, '');
        writeDeep(tab, '');
      }
    },
  };
}
