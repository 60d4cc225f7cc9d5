// The demo's keys, made at its first start and kept in a file that only this user can read. No installation shares them,
// and each says that it is a demo's: `waymark serve` refuses it.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function loadSecrets(folder) {
  const file = join(folder, 'secrets.json');
  const kept = existsSync(file) ? readSecrets(file) : undefined;
  if (kept?.bankToken) return kept;
  // What an earlier version of the demo has noted stays readable: its workspace goes on, with new keys.
  const secrets = { ...makeSecrets(), ...(kept && { workspace: kept.workspace }) };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Whole or not at all: half a file would stop every later start.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

function readSecrets(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read (${error.message}). Delete it, and new secrets are made.`);
  }
}

export function makeSecrets() {
  const random = (bytes) => randomBytes(bytes).toString('base64url');
  return {
    workspace: randomBytes(12).toString('hex'),
    /** Public: it stands in every page. */
    siteKey: `pk_demo_${random(16)}`,
    /** Shared by the bank, which signs with it, and the relay, which checks. */
    identityKey: { kid: 'home-bank-demo', secret: `demo_${random(32)}` },
    /** Reads journeys; the agent desk's. */
    deskToken: `sk_demo_${random(32)}`,
    /** Reads and erases what is known about customers; the bank's own. */
    bankToken: `sk_demo_${random(32)}`,
  };
}
