// Refused events that an operator can mend (a type or source that the site key does not allow yet), kept with the
// reason until `waymark retry` sends them again. A bounded folder of small files, written behind the requests.
// What a letter holds is sealed, because it may name a customer and carries the visitor's secret; in clear stand only
// the words that one filters by.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProblemCode, WireEvent } from '../protocol/index.ts';

/** What an operator mends in the configuration of a key. */
export const mendable: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'source-not-allowed',
  'type-not-allowed',
  'identitytype-not-allowed',
]);

export interface DeadLetter {
  id: string;
  /** When it arrived, milliseconds. */
  at: number;
  key: string;
  code: ProblemCode;
  type: string;
  source: string;
  /** The page's clock when it sent. */
  sent: number | 'deferred';
  event: WireEvent;
}

export interface DeadLetters {
  /** Never throws and never waits; false where there is no room. */
  keep(letter: Omit<DeadLetter, 'id'>): boolean;
  /** All letters that were not settled, oldest first. */
  list(): DeadLetter[];
  /** They were sent again. */
  settle(ids: readonly string[]): Promise<void>;
  /** Takes letters out of their files for good, settled ones too; resolves when nothing of them is left. */
  forget(concerns: (letter: DeadLetter) => boolean): Promise<void>;
  /** Resolves when what was kept is in its file. */
  flush(): Promise<void>;
}

export interface DeadLetterOptions {
  folder: string;
  /** 32 bytes. */
  sealingKey: Buffer;
  /** All files together. Default 64 MiB; then new letters are not kept. */
  maxBytes?: number;
  /** Files older than that are removed. Default 7: identity tokens are good no longer. */
  maxAgeDays?: number;
  now?: () => number;
  onError?: (error: unknown) => void;
}

const settledFile = 'settled.txt';
const dayMs = 86_400_000;

export function createDeadLetters(options: DeadLetterOptions): DeadLetters {
  const { folder, sealingKey, maxBytes = 64 * 1024 * 1024, maxAgeDays = 7, now = Date.now } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let bytes = 0;
  let prunedAt = 0;
  let waiting: string[] = [];
  let isAsked = false;
  let writing: Promise<void> = prune();

  async function prune(): Promise<void> {
    if (now() - prunedAt < dayMs / 24) return;
    prunedAt = now();
    try {
      bytes = await removeOld(folder, now() - maxAgeDays * dayMs);
    } catch (error) {
      options.onError?.(error);
    }
  }

  async function write(): Promise<void> {
    isAsked = false;
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    await prune();
    const day = new Date(now()).toISOString().slice(0, 10);
    try {
      await appendWhole(join(folder, `${day}.ndjson`), lines.join(''));
    } catch (error) {
      // They go with the next one that comes; `maxBytes` counts them already.
      waiting.unshift(...lines);
      options.onError?.(error);
    }
  }

  return {
    keep({ event, ...letter }) {
      const line = `${JSON.stringify({ id: randomBytes(9).toString('base64url'), ...letter, sealed: seal(event, sealingKey) })}\n`;
      if (bytes + line.length > maxBytes) return false;
      bytes += line.length;
      waiting.push(line);
      if (!isAsked) writing = writing.then(write);
      isAsked = true;
      return true;
    },
    list() {
      const settled = new Set(readLines(join(folder, settledFile)));
      return lettersIn(folder)
        .flatMap((file) => readLines(join(folder, file)))
        .map((line) => unseal(line, sealingKey))
        .filter((letter): letter is DeadLetter => letter !== undefined && !settled.has(letter.id));
    },
    async settle(ids) {
      if (ids.length > 0) await appendWhole(join(folder, settledFile), `${ids.join('\n')}\n`);
    },
    forget(concerns) {
      // In turn with the writing, so that nothing is added to a file while it is written anew.
      const forgotten = writing.then(() => {
        waiting = waiting.filter((line) => !isConcerned(line, concerns));
        return removeFrom(folder, (line) => isConcerned(line, concerns));
      });
      writing = forgotten.catch((error) => options.onError?.(error));
      return forgotten;
    },
    flush: () => writing,
  };

  function isConcerned(line: string, concerns: (letter: DeadLetter) => boolean): boolean {
    const letter = unseal(line, sealingKey);
    return letter !== undefined && concerns(letter);
  }
}

/** All or nothing: what a full disk took of it would spoil the next line as well. */
async function appendWhole(file: string, text: string): Promise<void> {
  const opened = await open(file, 'a', 0o600);
  try {
    const { size } = await opened.stat();
    await opened.appendFile(text).catch(async (error) => {
      await opened.truncate(size);
      throw error;
    });
  } finally {
    await opened.close();
  }
}

/** A stop in the middle leaves each file as it was or as it shall be. */
async function removeFrom(folder: string, isConcerned: (line: string) => boolean): Promise<void> {
  for (const name of lettersIn(folder)) {
    const file = join(folder, name);
    const lines = readLines(file);
    const left = lines.filter((line) => !isConcerned(line));
    if (left.length === lines.length) continue;
    await writeFile(`${file}.new`, left.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

function seal(event: WireEvent, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(event), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Undefined for half a line after a crash, or one sealed with another key. */
function unseal(line: string, key: Buffer): DeadLetter | undefined {
  try {
    const { sealed, ...letter } = JSON.parse(line);
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    return { ...letter, event: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function lettersIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort();
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** Returns the bytes of the files that stay. */
async function removeOld(folder: string, before: number): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.ndjson')) continue;
    if (Date.parse(name.slice(0, 10)) + dayMs < before) await unlink(join(folder, name));
    else bytes += (await stat(join(folder, name))).size;
  }
  return bytes;
}
