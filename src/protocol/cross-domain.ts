// A link to another of the company's domains carries a one-use code in its fragment. The page that is left announces the
// code to the relay, the page that is reached redeems it, each as its own temporaryId (`POST /cross-domain?key=pk_…`, as
// text/plain): the relay links the two. No id is ever taken from an address (decision 0065).
import { isObject } from './cloud-event.ts';
import { Problem } from './problem.ts';
import { isVisitorProof, type VisitorProof } from './visitor.ts';

/** Whoever follows a link announces its code, which the page has made: then the click need not wait for an answer. */
export interface CrossDomainDeparture extends VisitorProof {
  /** 21 characters of nanoid. */
  code: string;
  /** The origin to which the link leads. */
  target: string;
}

/** Whoever arrives by it redeems the code. */
export interface CrossDomainArrival extends VisitorProof {
  code: string;
  /** The origin of `document.referrer`: the code is worth something only behind the page that has announced it. */
  referrer: string;
}

export type CrossDomainRequest = CrossDomainDeparture | CrossDomainArrival;

/** The body of a 200. */
export interface CrossDomainAnswer {
  /** Whether the two temporaryIds are one person now. Always true for a departure that was noted. */
  ok: boolean;
}

/** Throws a Problem `cross-domain-malformed`. */
export function parseCrossDomainRequest(value: unknown): CrossDomainRequest {
  if (isObject(value) && isVisitorProof(value)) {
    const { temporaryId, secret, code, target, referrer } = value as VisitorProof & Record<string, unknown>;
    if (isCode(code)) {
      if (isOrigin(target) && referrer === undefined) return { temporaryId, secret, code, target };
      if (isOrigin(referrer) && target === undefined) return { temporaryId, secret, code, referrer };
    }
  }
  throw new Problem(
    'cross-domain-malformed',
    'expected { temporaryId, secret, code } with the origin of either target or referrer',
  );
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{21}$/.test(value);
}

function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 256 && /^https?:\/\/[^\s/?#@\\]+$/.test(value);
}
