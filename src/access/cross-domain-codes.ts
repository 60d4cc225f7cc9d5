// Which visitor followed a link to another of the company's domains: a code names one temporaryId of one workspace, for two
// minutes, once, from one origin to one other, in one kind of browser (decision 0065). Kept as a hash, because it is long
// enough for one: who reads the file cannot redeem it.
import { createHash } from 'node:crypto';
import { Problem } from '../protocol/index.ts';
import { type CodeStore, createKeptCodes } from './kept-codes.ts';

/** From where to where somebody goes. */
export interface Crossing {
  /** The origin of the page that is left. */
  from: string;
  /** The origin of the page that is reached. */
  to: string;
  /** The browser's own header: the two pages are seen by the same one. */
  userAgent: string;
}

export interface CrossDomainCodes {
  /** Who announces has been checked. Throws a Problem `cross-domain-malformed` where somebody else has the code. */
  announce(workspace: string, code: string, temporaryId: string, crossing: Crossing): Promise<void>;
  /** The temporaryId behind a code, which is worth nothing afterwards, whoever has tried it. Undefined where it is none for this crossing. */
  redeem(workspace: string, code: string, crossing: Crossing): Promise<string | undefined>;
}

export interface CrossDomainCodesOptions {
  store: CodeStore;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export const crossDomainLifeMs = 120_000;

export function createCrossDomainCodes({ store, now = Date.now }: CrossDomainCodesOptions): CrossDomainCodes {
  const codes = createKeptCodes({ store, kind: 'cross-domain', lifeMs: crossDomainLifeMs, now });
  return {
    async announce(workspace, code, temporaryId, crossing) {
      const book = await codes.open(workspace);
      const name = digest(code);
      const had = book.find(name);
      if (had && had.temporaryId !== temporaryId) throw new Problem('cross-domain-malformed', 'the code is taken');
      await (had ?? book.keep(name, temporaryId, { crossing: digestOf(crossing) })).saved;
    },
    async redeem(workspace, code, crossing) {
      const book = await codes.open(workspace);
      const found = await book.take(digest(code));
      return found?.about['crossing'] === digestOf(crossing) ? found.temporaryId : undefined;
    },
  };
}

function digestOf({ from, to, userAgent }: Crossing): string {
  return digest(JSON.stringify([from, to, userAgent]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
