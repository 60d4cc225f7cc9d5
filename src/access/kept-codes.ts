// Codes that lead to a visitor, for a while and once. In memory, to be quick, and as documents of their workspace, so
// that a restart forgets none. How codes look and who may have one is the matter of those who use this.
import type { JsonObject } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';

export interface KeptCode {
  code: string;
  temporaryId: string;
  /** What else is to be known when it is redeemed. */
  about: JsonObject;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Until the code is on disk, nobody is told of it. */
  saved: Promise<void>;
}

export interface KeptCodes {
  /** The codes of a workspace; those that are over have left disk and memory. */
  open(workspace: string): Promise<CodeBook>;
}

export interface CodeBook {
  find(code: string): KeptCode | undefined;
  lastOf(temporaryId: string): KeptCode | undefined;
  /** How many codes of a length there are. */
  live(length: number): number;
  /** From now on. The code must be a new one. */
  keep(code: string, temporaryId: string, about?: JsonObject): KeptCode;
  /** What stands behind a code, which is worth nothing afterwards. */
  take(code: string): Promise<KeptCode | undefined>;
}

export type CodeStore = Pick<Store, 'documents' | 'putDocument' | 'deleteDocument'>;

export interface KeptCodesOptions {
  store: CodeStore;
  /** Of the documents. */
  kind: string;
  lifeMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

export function createKeptCodes({ store, kind, lifeMs, now }: KeptCodesOptions): KeptCodes {
  const shelf = new Map<string, Promise<Shelved>>();

  function shelved(workspace: string): Promise<Shelved> {
    const known = shelf.get(workspace);
    if (known) return known;
    const read = load(workspace);
    shelf.set(workspace, read);
    // A store that failed once may answer the next time.
    read.catch(() => shelf.delete(workspace));
    return read;
  }

  async function load(workspace: string): Promise<Shelved> {
    const index = createIndex();
    for (const { id: code, body } of await store.documents(workspace, kind)) {
      const { temporaryId, expiresAt, ...about } = body;
      index.add({
        code,
        temporaryId: `${temporaryId}`,
        about,
        expiresAt: Number(expiresAt),
        saved: Promise.resolve(),
      });
    }
    return { index, book: bookOf(workspace, index) };
  }

  async function sweep(workspace: string, index: Index): Promise<void> {
    const over = index.expired(now());
    for (const { code } of over) index.drop(code);
    await Promise.all(over.map(({ code }) => store.deleteDocument(workspace, kind, code)));
  }

  function bookOf(workspace: string, index: Index): CodeBook {
    return {
      find: index.find,
      lastOf: index.lastOf,
      live: index.live,
      keep(code, temporaryId, about = {}) {
        const expiresAt = now() + lifeMs;
        const saved = store.putDocument(workspace, kind, { id: code, body: { ...about, temporaryId, expiresAt } });
        const kept = { code, temporaryId, about, expiresAt, saved };
        index.add(kept);
        saved.catch(() => index.drop(code));
        // Where nobody asks for another one, this one still goes when it is over. A store that is closing keeps it till then.
        setTimeout(() => sweep(workspace, index).catch(() => {}), lifeMs + 1000).unref();
        return kept;
      },
      async take(code) {
        const found = index.find(code);
        // Taken from memory before anything is awaited: of two at the same moment one is first.
        if (found) index.drop(code);
        if (!found || found.expiresAt <= now()) return undefined;
        await found.saved;
        await store.deleteDocument(workspace, kind, code);
        return found;
      },
    };
  }

  return {
    async open(workspace) {
      const { index, book } = await shelved(workspace);
      await sweep(workspace, index);
      return book;
    },
  };
}

interface Shelved {
  index: Index;
  book: CodeBook;
}

interface Index extends Pick<CodeBook, 'find' | 'lastOf' | 'live'> {
  add(kept: KeptCode): void;
  drop(code: string): void;
  expired(at: number): KeptCode[];
}

/** The live codes of one workspace. All live equally long, so they stand in the order in which they end. */
function createIndex(): Index {
  const byCode = new Map<string, KeptCode>();
  const byVisitor = new Map<string, KeptCode>();
  const counts = new Map<number, number>();
  const count = (length: number, change: number) => counts.set(length, (counts.get(length) ?? 0) + change);
  return {
    add(kept) {
      byCode.set(kept.code, kept);
      byVisitor.set(kept.temporaryId, kept);
      count(kept.code.length, 1);
    },
    drop(code) {
      const kept = byCode.get(code);
      if (!kept) return;
      byCode.delete(code);
      if (byVisitor.get(kept.temporaryId) === kept) byVisitor.delete(kept.temporaryId);
      count(code.length, -1);
    },
    find: (code) => byCode.get(code),
    lastOf: (temporaryId) => byVisitor.get(temporaryId),
    live: (length) => counts.get(length) ?? 0,
    expired(at) {
      const over: KeptCode[] = [];
      for (const kept of byCode.values()) {
        if (kept.expiresAt > at) break;
        over.push(kept);
      }
      return over;
    },
  };
}
