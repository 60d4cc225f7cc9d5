// The tab's share of the disk: its journal, the lock that says that the tab lives, and the journals of tabs that do not.
// A journal whose lock is free is an orphan; its events are taken over, on disk before the orphan is removed.
// Without locks every other journal counts as an orphan: then events are sent twice at most, never lost.
import type { Environment } from './environment.ts';
import { createJournal, decodeEntries, type Journal } from './journal.ts';
import type { Entry, Outbox } from './outbox.ts';

const copyDelayMs = 50;

export interface Tab {
  /** Writes the outbox down now, and to the deep store within 50 ms. */
  save(): void;
  /** Looks for orphans. */
  adopt(): void;
  /** Lets others have the journal: the tab is closing or being put away. */
  leave(): void;
  /** Starts a new journal, after `leave`. Others may have the events of the old one, so they are taken up from disk. */
  restore(): void;
  /** Removes all journals of the site from the disk. */
  purge(): void;
}

export interface TabOptions {
  /** What the names of all journals of this site key start with. */
  prefix: string;
  outbox: Outbox;
  environment: Environment;
  onAdopted: (entries: Entry[]) => void;
}

export function createTab({ prefix, outbox, environment, onAdopted }: TabOptions): Tab {
  const { local, deep, lock, timer } = environment;
  let name = '';
  let journal: Journal;
  let onDisk = true;
  let release = (): void => {};
  let copySoon = false;
  let copying: Promise<unknown> = Promise.resolve();
  /** Journals that were taken over but could not be written again; they go when their events are delivered. */
  let leftovers: (() => void)[] = [];

  function open(): void {
    name = prefix + Math.floor(environment.now()).toString(36) + environment.random().toString(36).slice(2, 9);
    journal = createJournal({ outbox, local, deep, name });
    for (const entry of outbox.all()) entry.chunk = undefined;
    void lock(name, () => new Promise<void>((resolve) => (release = resolve)));
    adopt();
  }

  function save(): void {
    onDisk = journal.save();
    if (!copySoon) timer(copy, copyDelayMs);
    copySoon = true;
    if (outbox.size()) return;
    for (const remove of leftovers) remove();
    leftovers = [];
  }

  function copy(): Promise<boolean> {
    copySoon = false;
    const copied = copying.then(() => journal.copy());
    copying = copied;
    return copied;
  }

  async function take(records: (string | null)[], remove: () => void): Promise<void> {
    const entries = records.map((record) => decodeEntries(record ?? ''));
    // A record of a newer script is left to a newer script.
    if (entries.some((list) => !list)) return;
    onAdopted(entries.flatMap((list) => list ?? []));
    save();
    if (onDisk || (await copy())) remove();
    else leftovers.push(remove);
  }

  function adopt(): void {
    for (const orphan of local.names()) {
      if (!orphan.startsWith(prefix) || orphan === name) continue;
      void lock(orphan, () => take([local.read(orphan)], () => local.remove(orphan)));
    }
    void adoptDeep().catch(() => {});
  }

  async function adoptDeep(): Promise<void> {
    const orphans = new Map<string, [string, string][]>();
    for (const [chunk, text] of await deep.all()) {
      const orphan = chunk.slice(0, chunk.lastIndexOf('.'));
      if (!chunk.startsWith(prefix) || orphan === name) continue;
      orphans.set(orphan, [...(orphans.get(orphan) ?? []), [chunk, text]]);
    }
    for (const [orphan, chunks] of orphans) {
      const remove = (): void => void deep.remove(chunks.map(([chunk]) => chunk)).catch(() => {});
      void lock(orphan, () =>
        take(
          chunks.map(([, text]) => text),
          remove,
        ),
      );
    }
  }

  open();
  return {
    save,
    adopt,
    leave() {
      save();
      release();
    },
    restore() {
      if (onDisk) outbox.clear();
      open();
    },
    purge() {
      for (const record of local.names()) if (record.startsWith(prefix)) local.remove(record);
      const own = async (): Promise<void> => {
        const names = (await deep.all()).map(([record]) => record);
        await deep.remove(names.filter((record) => record.startsWith(prefix)));
      };
      void own().catch(() => {});
    },
  };
}
