// The outbox on disk. Each tab keeps a journal of its own in two stores: written at once to localStorage, which survives
// the tab, and soon after to IndexedDB, which survives the browser and holds what localStorage is too small for. A lock
// says that the tab lives; a journal whose lock is free is an orphan, and whoever finds it takes its events over. Where
// there are no locks all others count as orphans: events are then sent twice at most, never lost.

import { promisifyRequest } from 'idb-keyval';
import { attempt } from '../protocol/index.ts';
import { type Entry, encodeEntries, type Outbox, readEntries } from './outbox.ts';

/** How much of the 5 MB that the whole site shares one journal may take, in UTF-16 units. */
const maxLocalLength = 200_000;

export interface Journal {
  /** Starts a journal, and looks for orphans, of which the journal before may be one. */
  _open(): void;
  /** Writes the outbox down now; true when all is on disk. */
  _save(): boolean;
  /** Writes it to the deep store; true when it is there. */
  _copy(): Promise<unknown>;
  /** Lets others have the journal: the page is being closed or put away. */
  _release(): void;
  /** Removes all journals of the site key. */
  _purge(): void;
}

/**
 * `prefix` starts the names of all journals of the site key, and has the version of the format.
 * `inMemory`: writes nothing to the device, and looks for nothing there.
 */
export function createJournal(
  prefix: string,
  outbox: Outbox,
  inMemory: boolean | undefined,
  onAdopted: (entry: Entry) => void,
): Journal {
  const storage = attempt(() => (inMemory ? undefined : localStorage));
  let opened: Promise<IDBDatabase> | undefined;
  let name = '';
  /** Set from when the lock is asked for. */
  let release: (() => void) | undefined;

  async function open(): Promise<void> {
    letGo();
    name = prefix + Math.random();
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

  function openDeep(): Promise<IDBDatabase> {
    const request = indexedDB.open('waymark');
    request.onupgradeneeded = () => request.result.createObjectStore('waymark');
    return promisifyRequest(request);
  }

  /** Undefined where the deep store is missing, blocked, full or broken. */
  async function deep<T>(work: (records: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
    try {
      if (inMemory) return undefined;
      if (!opened) opened = openDeep();
      const records = (await opened).transaction('waymark', 'readwrite').objectStore('waymark');
      const done = work(records);
      // Else it would end only with another turn of this page, which may be its last, and bar the next page's way.
      records.transaction.commit();
      return await done;
    } catch {
      // Some browsers close it after a while.
      opened = undefined;
      return undefined;
    }
  }

  function save(): boolean {
    const record = encodeEntries(outbox);
    if (!record) letGo();
    else if (!release) {
      const asked = (): void => {};
      release = asked;
      // Not any more, where all was answered for, or the page put away, before the lock was there.
      lock(name, async () => release === asked && new Promise<void>((resolve) => (release = resolve)));
    }
    // When it is too much for here, identify events and the newest are kept, which may not be in the deep store yet.
    return !!write(name, record.slice(-maxLocalLength)) && record.length <= maxLocalLength;
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
    return writeDeep(name, encodeEntries(outbox));
  }

  /** The journals of the site key, also of version 1, some twice. Its own is locked, or empty, or found to hold nothing new. */
  async function all(): Promise<string[]> {
    const keys = (await deep((records) => promisifyRequest(records.getAllKeys()))) ?? [];
    const names = [...(keys as string[]), ...Object.keys(storage ?? {})];
    return names.filter((tab) => tab.replace('waymark1.', 'waymark2.').startsWith(prefix));
  }

  async function take(tab: string): Promise<void> {
    const text = await deep((records) => promisifyRequest<string>(records.get(tab)));
    // Purged meanwhile.
    if (!name) return;
    for (const record of [storage?.[tab], text]) readEntries(`${record}`, onAdopted);
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
