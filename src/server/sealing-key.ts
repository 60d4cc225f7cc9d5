// The key that seals dead letters, made at first use, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Throws an Error that names the file where it holds something else. */
export function sealingKey(file: string): Buffer {
  if (!existsSync(file)) make(file);
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64');
  if (key.length !== 32) throw new Error(`${file}: expected 32 bytes in base64`);
  return key;
}

/** Written whole beside it, so that a full disk leaves no half of a key; of two who make it at once one wins. */
function make(file: string): void {
  const next = `${file}.${process.pid}.new`;
  try {
    writeFileSync(next, randomBytes(32).toString('base64'), { mode: 0o600, flush: true });
    linkSync(next, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(next, { force: true });
  }
}
