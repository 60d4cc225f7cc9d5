// Server keys: made at random with 256 bits, kept as their SHA-256 only (a slow hash would add nothing to a secret that
// cannot be guessed), compared in constant time, several of one name valid at once so that they can be rotated.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerKey } from './workspaces.ts';

/** A new bearer token: `sk_` and 43 characters. */
export function newServerToken(random: (size: number) => Buffer = randomBytes): string {
  return `sk_${random(32).toString('base64url')}`;
}

/** A new public key: `pk_` and 22 characters. Not a secret, but nothing that one comes upon by guessing. */
export function newSiteKey(random: (size: number) => Buffer = randomBytes): string {
  return `pk_${random(16).toString('base64url')}`;
}

export function hashToken(token: string): string {
  return digest(token).toString('hex');
}

export interface KeyRing<Owner> {
  /** The owner whose key the token is; looks at every key, so that the time taken tells nothing. */
  find(token: string, now: number): Owner | undefined;
}

export function createKeyRing<Owner>(entries: readonly { key: ServerKey; owner: Owner }[]): KeyRing<Owner> {
  const ring = entries.map(({ key, owner }) => ({
    digest: key.sha256 === undefined ? digest(key.token ?? randomBytes(32)) : Buffer.from(key.sha256, 'hex'),
    expiresAt: key.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expiresAt),
    owner,
  }));
  return {
    find(token, now) {
      const presented = digest(token);
      let found: Owner | undefined;
      for (const entry of ring) {
        if (timingSafeEqual(entry.digest, presented) && now < entry.expiresAt) found = entry.owner;
      }
      return found;
    },
  };
}

function digest(token: string | Buffer): Buffer {
  return createHash('sha256').update(token).digest();
}
