// What walks found, remembered in a reader: the views of a person who is looked at again and again, and the actions judged
// at each of their events, then cost what has come since. Nothing has to be told that something changed. An event is never
// rewritten and a sequence never given twice, so what a walk found under an alias is still so while as many of the events
// that it went by are there; and what came since has higher sequences. Who belongs to whom is asked each time.
import type { Walk } from './fact-walk.ts';
import type { Db } from './open-file.ts';

/** Texts of `SentRun`s of one alias that hold what the walk finds, and maybe events outside of its windows. */
export type FactMemory = (alias: number, walk: Walk, upTo: number) => string[];

export interface FactMemoryOptions {
  /** Default 8 million. */
  maxCharacters?: number;
  /** Walks that find fewer are quicker than this is. Default 16. */
  minEvents?: number;
}

interface Kept {
  texts: string[];
  characters: number;
  /** Old ends of the windows for which it was walked, milliseconds. */
  afters: readonly number[];
  /** It went by the events of the alias after this time, milliseconds, */
  from: number;
  /** up to this sequence; so many of them, whatever their type. */
  newest: number;
  count: number;
}

/** With more pieces than this, a walk from the start makes them one. */
const maxPieces = 16;

export function createFactMemory(
  db: Db,
  { maxCharacters = 8_000_000, minEvents = 16 }: FactMemoryOptions = {},
): FactMemory {
  const memory = createMemory(maxCharacters);
  const tally = createTally(db);

  const walkAll = (key: string, alias: number, walk: Walk, upTo: number): string[] => {
    const { afters } = walk;
    const run = walk.over(alias, { afters, since: 0, upTo });
    if (!run || run.count < minEvents) {
      memory.forget(key);
      return run ? [run.text] : [];
    }
    // Ended by its limit, it says nothing of what is older than its last event.
    const from = run.count === walk.limit ? run.oldest - 1 : Math.min(...afters);
    const { count, newest } = tally({ alias, from, newest: upTo, upTo, after: from });
    memory.keep(key, { texts: [run.text], afters, from, newest, count });
    return [run.text];
  };

  return (alias, walk, upTo) => {
    const key = `${alias} ${walk.key}`;
    const kept = memory.get(key);
    if (!kept || !covers(kept, walk)) return walkAll(key, alias, walk, upTo);
    const { texts, from, newest } = kept;
    const now = tally({ alias, from, newest, upTo, after: Math.min(...walk.afters) });
    const isWhole = now.known === kept.count;
    if (!isWhole || now.inWindow < now.count / 2) return walkAll(key, alias, walk, upTo);
    const afters = kept.afters.map((after) => Math.max(after, from));
    const run = now.count === now.known ? undefined : walk.over(alias, { afters, since: newest, upTo });
    const more = run ? [...texts, run.text] : texts;
    memory.keep(key, { ...kept, texts: more, count: now.count, newest: now.newest });
    return more;
  };
}

function covers({ afters, texts }: Kept, walk: Walk): boolean {
  return texts.length < maxPieces && walk.afters.every((after, at) => after >= (afters[at] ?? 0));
}

interface Tally {
  /** Events of the alias after `from` up to `upTo`, and the newest sequence of them. */
  count: number;
  newest: number;
  /** Of them those up to `newest`, */
  known: number;
  /** and those after `after`. */
  inWindow: number;
}

/** The index alone answers: a twentieth of the time of a walk. */
function createTally(db: Db) {
  const statement = db.prepare(
    `SELECT count(*) AS count, ifnull(max(sequence), 0) AS newest, count(*) FILTER (WHERE sequence <= @newest) AS known,
       count(*) FILTER (WHERE corrected > @after) AS inWindow
     FROM event WHERE alias = @alias AND corrected > @from AND sequence <= @upTo`,
  );
  return (of: { alias: number; from: number; newest: number; upTo: number; after: number }) =>
    statement.get(of) as Tally;
}

/** What was used last stays. */
function createMemory(maxCharacters: number) {
  const memory = new Map<string, Kept>();
  let characters = 0;
  const forget = (key: string): void => {
    characters -= memory.get(key)?.characters ?? 0;
    memory.delete(key);
  };
  return {
    get: (key: string) => memory.get(key),
    forget,
    keep(key: string, kept: Omit<Kept, 'characters'>): void {
      forget(key);
      const size = kept.texts.reduce((sum, text) => sum + text.length, 0);
      if (size > maxCharacters / 8) return;
      memory.set(key, { ...kept, characters: size });
      characters += size;
      for (const [oldest] of memory) {
        if (characters <= maxCharacters) break;
        forget(oldest);
      }
    },
  };
}
