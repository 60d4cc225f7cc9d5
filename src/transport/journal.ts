// The outbox on disk. Each tab writes a journal of its own: at once to localStorage, which survives the tab, and soon after
// in chunks to IndexedDB, which survives the browser and holds what localStorage is too small for. A lock says that the
// tab lives; a journal whose lock is free is an orphan, and whoever finds it takes its events over, on disk before the
// orphan is removed. Where there are no locks all others count as orphans: events are then sent twice at most, never lost.
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { createEntry, type Entry, lengthOf, type Outbox, pick } from './outbox.ts';
import { attempt, type Scope } from './scope.ts';

/** The format of a record: this line, then one line an entry, which is lane, time made, and the event as on the wire. */
const version = '1';
/** How much of the 5 MB that the whole site shares one journal may take, in UTF-16 units. */
const maxLocalLength = 262_144;
const copyDelayMs = 50;
/** IndexedDB may never answer (WebKit bug 226547). */
const patienceMs = 2_000;

export interface Journal {
  /** Starts a journal, and looks for orphans. */
  _open(): void;
  /** Writes the outbox down now, and to the deep store within 50 ms. */
  _save(): void;
  /** Looks for orphans. */
  _adopt(): void;
  /** Lets others have the journal: the page is being closed or put away. */
  _leave(): void;
  /** Whether the next tab would find all that is in the outbox. */
  _isOnDisk(): boolean;
  /** Removes all journals of the site key. */
  _purge(): void;
}

export function createJournal(
  scope: Scope,
  prefix: string,
  outbox: Outbox,
  onAdopted: (entries: Entry[]) => void,
): Journal {
  const storage = attempt(() => scope.localStorage);
  const store = createStore('waymark', 'outbox');
  // Throws where storage is blocked; here that becomes a rejection.
  const deep: UseStore = async (mode, work) => store(mode, work);
  let name = '';
  let written = '';
  let localLength = maxLocalLength;
  let onDisk = false;
  let chunks = 0;
  let stored: number[] = [];
  let copySoon = false;
  let copying = Promise.resolve(true);
  let release = (): void => {};
  /** Orphans that could not be written again; they go when their events have been delivered. */
  const leftovers: (() => void)[] = [];

  function open(): void {
    name = prefix + scope.Date.now().toString(36) + scope.Math.random().toString(36).slice(2);
    written = '';
    stored = [];
    for (const entry of outbox.values()) entry._chunk = 0;
    lock(name, () => new Promise<void>((resolve) => (release = resolve)));
    adopt().catch(() => {});
  }

  function lock(tab: string, work: () => Promise<void>): void {
    const { locks } = scope.navigator;
    // Rejects in opaque origins, which have nothing stored either.
    if (locks) locks.request(tab, { ifAvailable: true }, (held) => held && work()).catch(() => {});
    else work();
  }

  function save(): void {
    const entries = [...outbox.values()];
    // When it is too much for here, what has a copy in the deep store is left out.
    const all = lengthOf(entries) < localLength;
    const wanted = (entry: Entry): boolean => all || !entry._chunk;
    const kept = pick(outbox, localLength, maxLocalLength, wanted);
    const ok = write(encode(kept));
    onDisk = entries.filter(wanted).length === (ok ? kept.length : 0);
    // Full or blocked: the limit stays low, or every task would try again.
    if (!ok && localLength > 999) {
      localLength /= 2;
      save();
    }
    if (!copySoon) scope.setTimeout(copy, copyDelayMs);
    copySoon = true;
    if (!outbox.size) for (const remove of leftovers.splice(0)) remove();
  }

  function write(text: string): unknown {
    return (
      text === written ||
      attempt(() => {
        if (text) storage?.setItem(name, text);
        else storage?.removeItem(name);
        written = text;
        return storage;
      })
    );
  }

  /** True when everything has a copy in the deep store. */
  function copy(): Promise<boolean> {
    copySoon = false;
    copying = copying.then(copyNow).catch(() => false);
    return copying;
  }

  async function copyNow(): Promise<boolean> {
    const tab = name;
    const fresh = [...outbox.values()].filter((entry) => !entry._chunk);
    const needed = new Set([...outbox.values()].map((entry) => entry._chunk));
    const done = stored.filter((chunk) => !needed.has(chunk));
    if (fresh.length || done.length) {
      const chunk = ++chunks;
      await change(
        done.map((old) => `${tab}.${old}`),
        `${tab}.${chunk}`,
        encode(fresh),
      );
      // A page that was put away meanwhile has another journal now.
      if (tab === name) {
        stored = [...stored.filter((old) => needed.has(old)), chunk];
        for (const entry of fresh) entry._chunk = chunk;
      }
    }
    return true;
  }

  function change(removed: string[], added = '', text = ''): Promise<unknown> {
    return deep('readwrite', (records) => {
      for (const record of removed) records.delete(record);
      if (text) records.put(text, added);
      return promisifyRequest(records.transaction);
    });
  }

  async function adopt(): Promise<void> {
    const found = await Promise.race([
      deep('readonly', (records) =>
        Promise.all([promisifyRequest(records.getAllKeys()), promisifyRequest(records.getAll())]),
      ).catch(() => undefined),
      new Promise<undefined>((resolve) => scope.setTimeout(() => resolve(undefined), patienceMs)),
    ]);
    const tabs = new Map<string, [chunk: string, text: string][]>();
    for (const tab of attempt(() => Object.keys(scope.localStorage)) ?? []) tabs.set(tab, []);
    found?.[0].forEach((key, index) => {
      const chunk = String(key);
      const tab = chunk.slice(0, chunk.lastIndexOf('.'));
      tabs.set(tab, [...(tabs.get(tab) ?? []), [chunk, found[1][index]]]);
    });
    for (const [tab, chunksOf] of tabs) {
      if (tab.startsWith(prefix) && tab !== name) lock(tab, () => take(tab, chunksOf));
    }
  }

  async function take(tab: string, chunksOf: [chunk: string, text: string][]): Promise<void> {
    const records = [attempt(() => storage?.getItem(tab)), ...chunksOf.map(([, text]) => text)].map(decode);
    // What a newer script wrote is left to a newer script.
    if (!records.every(Boolean)) return;
    onAdopted(records.flatMap((entries) => entries ?? []));
    save();
    const remove = (): void => {
      attempt(() => storage?.removeItem(tab));
      change(chunksOf.map(([chunk]) => chunk)).catch(() => {});
    };
    if (onDisk || (await copy())) remove();
    else leftovers.push(remove);
  }

  async function purge(): Promise<void> {
    const ours = (record: unknown): boolean => String(record).startsWith(prefix);
    for (const record of Object.keys(storage ?? {}).filter(ours)) storage?.removeItem(record);
    const keys = await deep('readonly', (records) => promisifyRequest(records.getAllKeys()));
    await change(keys.filter(ours).map(String));
  }

  return {
    _open: open,
    _save: save,
    _adopt: () => void adopt().catch(() => {}),
    _leave() {
      save();
      release();
    },
    _isOnDisk: () => onDisk,
    _purge: () => void purge().catch(() => {}),
  };
}

/** The entries as one record; empty where there are none. */
export function encode(entries: readonly Entry[]): string {
  return entries.length
    ? [version, ...entries.map((entry) => `${entry._lane}${entry._madeAt} ${entry._text}`)].join('\n')
    : '';
}

/** The entries in a record, without lines that cannot be read; undefined when a newer script wrote it. */
export function decode(record: string | null | undefined): Entry[] | undefined {
  if (!record) return [];
  const [head, ...lines] = record.split('\n');
  if (head !== version) return undefined;
  return lines.flatMap(
    (line) =>
      attempt(() => {
        const [, lane, madeAt, text = ''] = /^(\d)(\d+) (.*)/.exec(line) ?? [];
        return [createEntry(JSON.parse(text).id, text, Number(lane), Number(madeAt))];
      }) ?? [],
  );
}
