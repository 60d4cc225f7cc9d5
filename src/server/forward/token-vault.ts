// Keeps the refresh token of a destination over restarts, sealed: the database is copied to places where a secret should
// not be readable.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TokenVault } from '../../delivery/index.ts';
import type { Store } from '../../store/index.ts';

const kind = 'forward-token';

export function tokenVault(store: Pick<Store, 'documents' | 'putDocument'>, name: string, key: Buffer): TokenVault {
  return {
    async read() {
      const found = (await store.documents('', kind)).find(({ id }) => id === name);
      return found ? open(String(found.body['sealed']), key) : undefined;
    },
    write: (text) => store.putDocument('', kind, { id: name, body: { sealed: seal(text, key) } }),
  };
}

function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Undefined where it was sealed with another key: then the configured token counts again. */
function open(text: string, key: Buffer): string | undefined {
  try {
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
