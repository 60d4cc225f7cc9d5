// The outbox on disk. Each tab writes its own journal: synchronously to localStorage, which survives the tab, and soon
// after in chunks to IndexedDB, which survives the browser and holds what localStorage is too small for.
// A record is a line with the format's version, then one line an entry: lane, time made, the event as it goes on the wire.
import type { DeepStore, LocalStore } from './environment.ts';
import { type Entry, lanes, type Outbox } from './outbox.ts';

/** How much of the 5 MB that the whole site shares one journal may take, in UTF-16 units. */
const maxLocalLength = 262_144;

const version = '1';

export interface Journal {
  /** Writes down at once what is not in the deep store, and the rest if there is room. True when all is on disk. */
  save(): boolean;
  /** Copies what is new to the deep store and clears what is done there. True when all is on disk. Not to be overlapped. */
  copy(): Promise<boolean>;
}

export interface JournalOptions {
  outbox: Outbox;
  local: LocalStore;
  deep: DeepStore;
  /** The tab's own name in both stores; chunks append `.1`, `.2`, … */
  name: string;
}

export function createJournal({ outbox, local, deep, name }: JournalOptions): Journal {
  let written = '';
  let maxLength = maxLocalLength;
  let chunks = 0;
  /** Chunks in the deep store. */
  const stored = new Set<number>();

  function save(): boolean {
    for (;;) {
      const all = outbox.all();
      const entries = outbox.bytes() + 20 * all.length > maxLength ? mostAtRisk(all, maxLength) : all;
      const kept = new Set(entries);
      if (put(encodeEntries(entries))) return all.every((entry) => kept.has(entry) || entry.chunk !== undefined);
      // Full or blocked. A smaller record may still fit; the limit stays low, or each task would try again.
      maxLength = Math.min(maxLength, outbox.bytes()) / 2;
      if (maxLength < 1) return all.every((entry) => entry.chunk !== undefined);
    }
  }

  function put(text: string): boolean {
    if (text === written) return true;
    if (text === '') local.remove(name);
    else if (!local.write(name, text)) return false;
    written = text;
    return true;
  }

  async function copy(): Promise<boolean> {
    try {
      const fresh = outbox.all().filter((entry) => entry.chunk === undefined);
      if (fresh.length) {
        const chunk = ++chunks;
        await deep.write(`${name}.${chunk}`, encodeEntries(fresh));
        stored.add(chunk);
        for (const entry of fresh) entry.chunk = chunk;
      }
      const needed = new Set(outbox.all().map((entry) => entry.chunk));
      const done = [...stored].filter((chunk) => !needed.has(chunk));
      if (done.length) await deep.remove(done.map((chunk) => `${name}.${chunk}`));
      for (const chunk of done) stored.delete(chunk);
      return true;
    } catch {
      return false;
    }
  }

  return { save, copy };
}

/** What is nowhere else, identify events first and then the newest, as much as fits, in the order made. */
function mostAtRisk(all: Entry[], maxLength: number): Entry[] {
  const kept = new Set<Entry>();
  let length = 0;
  const keep = (entry: Entry): void => {
    length += entry.bytes + 20;
    if (length <= maxLength) kept.add(entry);
  };
  const fresh = all.filter((entry) => entry.chunk === undefined).reverse();
  for (const entry of fresh) if (entry.lane === 'identify') keep(entry);
  for (const entry of fresh) if (entry.lane !== 'identify') keep(entry);
  return all.filter((entry) => kept.has(entry));
}

/** The entries as one record; empty where there are none. */
export function encodeEntries(entries: readonly Entry[]): string {
  if (!entries.length) return '';
  return [version, ...entries.map((entry) => `${lanes.indexOf(entry.lane)}${entry.madeAt} ${entry.text}`)].join('\n');
}

/** The entries in a record; undefined when a newer script wrote it. Lines that cannot be read are left out. */
export function decodeEntries(record: string): Entry[] | undefined {
  const [head, ...lines] = record.split('\n');
  return head === version ? lines.flatMap(decodeLine) : undefined;
}

function decodeLine(line: string): Entry[] {
  try {
    const text = line.slice(line.indexOf(' ') + 1);
    const { id } = JSON.parse(text);
    const lane = lanes[Number(line[0])];
    const madeAt = Number.parseInt(line.slice(1), 10);
    return lane && id && madeAt ? [createEntry({ id, text, lane, madeAt })] : [];
  } catch {
    return [];
  }
}

export function createEntry(entry: Pick<Entry, 'id' | 'text' | 'lane' | 'madeAt'>): Entry {
  return { ...entry, bytes: new TextEncoder().encode(entry.text).length, notBefore: 0 };
}
