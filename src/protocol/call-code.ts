// A call code: a few digits that a visitor reads out on the phone, so that the call finds the journey in their browser.
// The page asks the relay for one (`POST /call-code?key=pk_…`); who takes the call redeems it over the journey API.
import { isObject } from './cloud-event.ts';
import { Problem } from './problem.ts';
import { isVisitorProof, type VisitorProof } from './visitor.ts';

/** What a page sends. As text/plain, so that no preflight is needed. */
export type CallCodeRequest = VisitorProof;

/** The body of a 200. */
export interface CallCodeAnswer {
  /** 6 to 9 digits, without spaces. */
  code: string;
  /** RFC 3339; from then on the code is worth nothing. */
  expiresAt: string;
}

/** Throws a Problem `call-code-malformed`. */
export function parseCallCodeRequest(value: unknown): CallCodeRequest {
  if (isObject(value) && isVisitorProof(value)) return value;
  throw new Problem('call-code-malformed', 'expected { temporaryId, secret }, texts of 1 to 256 characters');
}

/** The digits of a code as somebody typed it; undefined for what cannot be one. */
export function readCallCode(value: unknown): string | undefined {
  const digits = typeof value === 'string' && value.length <= 30 ? value.replace(/[\s.-]/g, '') : '';
  return /^\d{6,9}$/.test(digits) ? digits : undefined;
}

/** In threes, as one reads them out: `482 913`, `48 291 302`. */
export function writeCallCode(code: string): string {
  return code.replace(/\B(?=(\d{3})+$)/g, ' ');
}
