// The demo's keys, made at its first start and kept in a file that only this user can read. No installation shares them.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function loadSecrets(folder) {
  const file = join(folder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const secrets = makeSecrets();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

export function makeSecrets() {
  const random = (bytes) => randomBytes(bytes).toString('base64url');
  return {
    workspace: randomBytes(12).toString('hex'),
    /** Public: it stands in every page. */
    siteKey: `pk_${random(16)}`,
    /** Shared by the bank, which signs with it, and the relay, which checks. */
    identityKey: { kid: 'home-bank-1', secret: random(32) },
    /** Reads journeys; the agent desk's. */
    deskToken: `sk_${random(24)}`,
  };
}
