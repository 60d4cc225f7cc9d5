// One-time codes that prove a phone: six digits, for one phone and one visitor, five minutes, five tries.
// A new code replaces the one before, and a visitor may ask for ten in fifteen minutes, so that guessing stays hopeless.
import { randomInt } from 'node:crypto';
import { BadRequest } from './http.mjs';

const validMs = 5 * 60_000;
const maxTries = 5;
const windowMs = 15 * 60_000;
const maxCodesPerWindow = 10;

export function createSmsCodes({ now }) {
  const codes = new Map();
  const starts = new Map();

  function countStart(visitor) {
    const recent = (starts.get(visitor) ?? []).filter((at) => at > now() - windowMs);
    if (recent.length >= maxCodesPerWindow)
      throw new BadRequest(429, 'Too many codes were asked for. Try again later.');
    starts.set(visitor, [...recent, now()]);
  }

  return {
    start(phone, visitor) {
      countStart(visitor);
      const entry = {
        code: String(randomInt(1_000_000)).padStart(6, '0'),
        expiresAt: now() + validMs,
        triesLeft: maxTries,
      };
      codes.set(`${visitor} ${phone}`, entry);
      return entry;
    },

    /** Returns when the code is right, once; throws what the visitor is to read otherwise. */
    verify(phone, visitor, code) {
      const key = `${visitor} ${phone}`;
      const entry = codes.get(key);
      if (!entry) throw new BadRequest(400, 'Please ask for a code first.');
      if (entry.expiresAt <= now()) {
        codes.delete(key);
        throw new BadRequest(400, 'The code has expired. Please ask for a new one.');
      }
      if (typeof code === 'string' && code.replace(/\s/g, '') === entry.code) {
        codes.delete(key);
        return;
      }
      entry.triesLeft -= 1;
      if (entry.triesLeft > 0) throw new BadRequest(400, `The code is not right. Tries left: ${entry.triesLeft}.`);
      codes.delete(key);
      throw new BadRequest(400, 'The code was wrong five times. Please ask for a new one.');
    },
  };
}

/** A phone number in E.164 (`+` and digits), however it was typed. */
export function readPhone(value) {
  const phone = typeof value === 'string' ? value.replace(/[\s().-]/g, '') : '';
  if (/^\+[1-9]\d{6,14}$/.test(phone)) return phone;
  throw new BadRequest(400, 'Please give the number with its country code, for example +1 555 0100 199.');
}
