// Whether a webhook is Waymark's: Standard Webhooks 1.0 (standardwebhooks.com), an HMAC over id, time and body. Old ones are
// refused, so that nobody who once saw one can send it again later.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { BadRequest } from './http.mjs';

const maxAgeSeconds = 5 * 60;

/** Answers the webhook's id; throws 401. `now`: milliseconds. */
export function requireSigned(headers, body, { secret, now }) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  const age = Math.abs(now / 1000 - Number(timestamp));
  if (!secret || !id || !(age <= maxAgeSeconds)) throw new BadRequest(401, 'This webhook is not signed, or too old.');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  // While a secret is exchanged for another, there are two signatures.
  for (const signature of signatures.split(' ')) {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    if (given.length === right.length && timingSafeEqual(given, right)) return id;
  }
  throw new BadRequest(401, 'The signature of this webhook is not right.');
}
