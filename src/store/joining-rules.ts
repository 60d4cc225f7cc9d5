// Who is joined with whom when a page logs in: the five rules of design, "Who is joined with whom", as one decision;
// and when a visitor crosses from one domain to another.
// It sees only what is known about both sides and decides; a driver looks up and carries out, in the same transaction.
import type { Identitytype, KnownIdentitytype, ProblemCode } from '../protocol/index.ts';

export interface NamedAlias {
  value: string;
  identitytype: Identitytype;
}

export interface Claim {
  identitytype: KnownIdentitytype;
  /** The value is block-listed (rule 5). */
  blocked: boolean;
  /** TemporaryId and identity are one person already. */
  together: boolean;
  /** Somebody owns the identity: it has events or a person of its own. */
  owned: boolean;
  /** All aliases of the temporaryId's person. */
  person: readonly NamedAlias[];
  /** Whether the same token names this alias too. */
  vouchesFor: (alias: NamedAlias) => boolean;
}

export type Verdict = 'join' | 'already' | Extract<ProblemCode, 'identity-conflict' | 'identity-blocked'>;

/** Decides on a claim that is proven, or believed because the workspace does not verify. */
export function decideClaim(claim: Claim): Verdict {
  if (claim.blocked) return 'identity-blocked';
  if (claim.together) return 'already';
  const known = claim.person.filter(isKnown);
  // Rule 3: the same type with another value is somebody else, whatever a token says.
  if (known.some((alias) => alias.identitytype === claim.identitytype)) return 'identity-conflict';
  // Rule 1: nobody known so far; and rule 2: a further alias that nobody else owns.
  if (known.length === 0 || !claim.owned) return 'join';
  // Rule 2: two known people are one customer only if one token names an identity of each.
  return known.some(claim.vouchesFor) ? 'join' : 'identity-conflict';
}

/** Decides on two browsers of which one has sent its visitor to the other: two people who are known stay two. */
export function decideBrowsers(one: readonly NamedAlias[], other: readonly NamedAlias[]): 'join' | 'identity-conflict' {
  return one.some(isKnown) && other.some(isKnown) ? 'identity-conflict' : 'join';
}

function isKnown({ identitytype }: NamedAlias): boolean {
  return identitytype !== 'temporaryId';
}
