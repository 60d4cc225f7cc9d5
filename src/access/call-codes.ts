// Call codes: which visitor stands behind the few digits that somebody reads out on the phone. Each names one
// temporaryId of one workspace, for ten minutes, once. Kept in the store as well, so that a restart forgets none.
// Digits can be tried, so a code is longer the more of its length are live: of 10,000 guesses at most one hits
// (decision 0090). How often somebody may try is the matter of those who redeem.
import { randomInt } from 'node:crypto';
import { Problem } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';

export interface CallCode {
  code: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface CallCodes {
  /**
   * The visitor's code: the one they have while half of its life is left, else a new one. Who asks has been checked.
   * Throws a Problem `busy` where too many are live.
   */
  issue(workspace: string, temporaryId: string): Promise<CallCode>;
  /** The temporaryId behind a code, which is worth nothing afterwards. Undefined where it is none, in whatever way. */
  redeem(workspace: string, code: string): Promise<string | undefined>;
}

export interface CallCodesOptions {
  store: Pick<Store, 'documents' | 'putDocument' | 'deleteDocument'>;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** A whole number from 0 to below `end`. Must not be foreseeable. */
  random?: (end: number) => number;
}

export const callCodeLifeMs = 600_000;

const lengths = [6, 7, 8, 9];
const guessesToOneHit = 10_000;
const kind = 'call-code';

interface Live extends CallCode {
  temporaryId: string;
  /** Until the code is on disk, nobody is told of it. */
  saved: Promise<void>;
}

export function createCallCodes({ store, now = Date.now, random = randomInt }: CallCodesOptions): CallCodes {
  const books = new Map<string, Promise<Book>>();

  function bookOf(workspace: string): Promise<Book> {
    const known = books.get(workspace);
    if (known) return known;
    const opened = open(workspace);
    books.set(workspace, opened);
    // A store that failed once may answer the next time.
    opened.catch(() => books.delete(workspace));
    return opened;
  }

  async function open(workspace: string): Promise<Book> {
    const book = createBook();
    for (const { id: code, body } of await store.documents(workspace, kind)) {
      const { temporaryId, expiresAt } = body;
      book.add({ code, temporaryId: `${temporaryId}`, expiresAt: Number(expiresAt), saved: Promise.resolve() });
    }
    return book;
  }

  /** Those that are over leave disk and memory. */
  async function sweep(workspace: string, book: Book): Promise<void> {
    const over = book.expired(now());
    for (const { code } of over) book.drop(code);
    await Promise.all(over.map(({ code }) => store.deleteDocument(workspace, kind, code)));
  }

  function newCode(book: Book): string {
    const length = lengths.find((one) => book.live(one) < 10 ** one / guessesToOneHit);
    if (length === undefined) throw new Problem('busy', 'too many call codes are live');
    for (;;) {
      const code = `${random(10 ** length)}`.padStart(length, '0');
      if (!book.find(code)) return code;
    }
  }

  return {
    async issue(workspace, temporaryId) {
      const book = await bookOf(workspace);
      await sweep(workspace, book);
      const expiresAt = now() + callCodeLifeMs;
      const had = book.lastOf(temporaryId);
      if (had && had.expiresAt - now() > callCodeLifeMs / 2) return told(had);
      const code = newCode(book);
      const saved = store.putDocument(workspace, kind, { id: code, body: { temporaryId, expiresAt } });
      const live = { code, temporaryId, expiresAt, saved };
      book.add(live);
      saved.catch(() => book.drop(code));
      // Where nobody asks for another one, this one still goes when it is over. A store that is closing keeps it till then.
      setTimeout(() => sweep(workspace, book).catch(() => {}), callCodeLifeMs + 1000).unref();
      return told(live);
    },
    async redeem(workspace, code) {
      const book = await bookOf(workspace);
      const found = book.find(code);
      // Taken from memory before anything is awaited: of two at the same moment one is first.
      if (found) book.drop(code);
      if (!found || found.expiresAt <= now()) return undefined;
      await found.saved;
      await store.deleteDocument(workspace, kind, code);
      return found.temporaryId;
    },
  };
}

async function told({ code, expiresAt, saved }: Live): Promise<CallCode> {
  await saved;
  return { code, expiresAt };
}

interface Book {
  add(live: Live): void;
  drop(code: string): void;
  find(code: string): Live | undefined;
  lastOf(temporaryId: string): Live | undefined;
  /** How many codes of a length there are. */
  live(length: number): number;
  expired(at: number): Live[];
}

/** The live codes of one workspace. All live equally long, so they stand in the order in which they end. */
function createBook(): Book {
  const byCode = new Map<string, Live>();
  const byVisitor = new Map<string, Live>();
  const counts = new Map<number, number>();
  const count = (length: number, change: number) => counts.set(length, (counts.get(length) ?? 0) + change);
  return {
    add(live) {
      byCode.set(live.code, live);
      byVisitor.set(live.temporaryId, live);
      count(live.code.length, 1);
    },
    drop(code) {
      const live = byCode.get(code);
      if (!live) return;
      byCode.delete(code);
      if (byVisitor.get(live.temporaryId) === live) byVisitor.delete(live.temporaryId);
      count(code.length, -1);
    },
    find: (code) => byCode.get(code),
    lastOf: (temporaryId) => byVisitor.get(temporaryId),
    live: (length) => counts.get(length) ?? 0,
    expired(at) {
      const over: Live[] = [];
      for (const live of byCode.values()) {
        if (live.expiresAt > at) break;
        over.push(live);
      }
      return over;
    },
  };
}
