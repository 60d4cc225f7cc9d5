// Between a right SMS code and the bank's word for it: a ticket, good once and for a minute. In between, the page may have
// started a new visitor, and the word is given for the temporaryId that the browser has then.
import { randomBytes } from 'node:crypto';
import { BadRequest } from './http.mjs';

const validMs = 60_000;

export function createTickets({ now }) {
  const phones = new Map();
  return {
    give(phone) {
      for (const [ticket, { until }] of phones) if (until <= now()) phones.delete(ticket);
      const ticket = randomBytes(24).toString('base64url');
      phones.set(ticket, { phone, until: now() + validMs });
      return ticket;
    },
    /** The phone, once; throws what the visitor is to read otherwise. */
    take(ticket) {
      const found = phones.get(ticket);
      phones.delete(ticket);
      if (!found || found.until <= now()) throw new BadRequest(400, 'Please confirm your number again.');
      return found.phone;
    },
  };
}
