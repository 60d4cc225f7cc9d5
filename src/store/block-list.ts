// Values that name nobody in particular: `null`, `anonymous`, test@test.com. They come from broken forms and tests, and one
// of them would join thousands of strangers into one person. A blocked value never links; its events are kept.
// The list follows what PostHog and Segment refuse to merge on, plus phone numbers of one repeated digit.
import type { Identitytype } from '../protocol/index.ts';

const words = new Set(
  (
    '0 -1 1 null nil none undefined nan true false [object_object] object anonymous anon guest user username unknown ' +
    'not_set notset n/a na test testuser demo default empty id identity email e-mail mail phone distinct_id ' +
    'customerid customer temporaryid admin root public visitor'
  ).split(' '),
);

const mailboxes = /^(test|tests|testing|example|anonymous|guest|none|null|noreply|no-reply|user|email|a)@/;
const domains = /@(test|example|domain|none|null|invalid|localhost)(\.(com|org|net|test|invalid|localdomain))?$/;

/** Whether a value is block-listed. A temporaryId is only blocked by its words, since it never looks like an address. */
export function isBlocked(value: string, identitytype: Identitytype): boolean {
  const plain = value.trim().toLowerCase().replace(/\s+/g, '_');
  if (plain === '' || words.has(plain) || /^[\W_]+$/.test(plain)) return true;
  if (identitytype === 'email') return mailboxes.test(plain) && domains.test(plain);
  if (identitytype === 'phone')
    return isOneDigit(plain) || /^\D*(12345678|123456789|1234567890|0123456789)$/.test(plain);
  return identitytype !== 'temporaryId' && /^0+(-0+)*$/.test(plain);
}

/** `0000000000`, `+1 111 111 1111` without its country: a number that somebody typed to get past a form. */
function isOneDigit(phone: string): boolean {
  return /^(\d)\1{4,}$/.test(phone.replace(/\D/g, ''));
}
