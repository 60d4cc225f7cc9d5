// The secret that signs short-lived tokens. Deleting it (`read-token-secret` in the store) ends them all.
import { randomBytes } from 'node:crypto';
import type { Store } from '../store/index.ts';

/** Made once and kept, so that a desk's token survives a restart of the server. */
export async function readTokenSecret(store: Pick<Store, 'documents' | 'putDocument'>): Promise<Uint8Array> {
  const [found] = await store.documents('', 'read-token-secret');
  const secret = found?.body['secret'] ?? randomBytes(32).toString('base64url');
  if (!found) await store.putDocument('', 'read-token-secret', { id: '1', body: { secret } });
  return Buffer.from(String(secret), 'base64url');
}
