// Headers of Standard Webhooks 1.0 (standardwebhooks.com): an id that stays the same however often it is sent, the time of
// this attempt, and a signature over both and the body.
import { createHmac } from 'node:crypto';
import type { SigningSecret } from '../../store/index.ts';

export interface Signed {
  id: string;
  /** Milliseconds. */
  at: number;
  body: string;
}

export function signedHeaders({ id, at, body }: Signed, secrets: readonly SigningSecret[]): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const good = secrets.filter(({ until }) => until === undefined || at < until);
  const signatures = good.map(({ secret }) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}
