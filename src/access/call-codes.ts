// Call codes: which visitor stands behind the few digits that somebody reads out on the phone. Each names one
// temporaryId of one workspace, for ten minutes, once.
// Digits can be tried, so a code is longer the more of its length are live: of 10,000 guesses at most one hits
// (decision 0090). How often somebody may try is the matter of those who redeem.
import { randomInt } from 'node:crypto';
import { Problem } from '../protocol/index.ts';
import { type CodeBook, type CodeStore, createKeptCodes, type KeptCode } from './kept-codes.ts';

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
  store: CodeStore;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** A whole number from 0 to below `end`. Must not be foreseeable. */
  random?: (end: number) => number;
}

export const callCodeLifeMs = 600_000;

const lengths = [6, 7, 8, 9];
const guessesToOneHit = 10_000;

export function createCallCodes({ store, now = Date.now, random = randomInt }: CallCodesOptions): CallCodes {
  const codes = createKeptCodes({ store, kind: 'call-code', lifeMs: callCodeLifeMs, now });

  function newCode(book: CodeBook): string {
    const length = lengths.find((one) => book.live(one) < 10 ** one / guessesToOneHit);
    if (length === undefined) throw new Problem('busy', 'too many call codes are live');
    for (;;) {
      const code = `${random(10 ** length)}`.padStart(length, '0');
      if (!book.find(code)) return code;
    }
  }

  return {
    async issue(workspace, temporaryId) {
      const book = await codes.open(workspace);
      const had = book.lastOf(temporaryId);
      if (had && had.expiresAt - now() > callCodeLifeMs / 2) return told(had);
      return told(book.keep(newCode(book), temporaryId));
    },
    async redeem(workspace, code) {
      const book = await codes.open(workspace);
      return (await book.take(code))?.temporaryId;
    },
  };
}

async function told({ code, expiresAt, saved }: KeptCode): Promise<CallCode> {
  await saved;
  return { code, expiresAt };
}
