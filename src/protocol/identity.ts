// What may name a customer, and how two spellings of one name are recognised (jds-contract 1.2, 3.5).

/** Those of known identities: of all but the temporaryId of an anonymous browser. */
export const knownIdentitytypes = ['phone', 'email', 'customerId', 'socialId'] as const;

export type KnownIdentitytype = (typeof knownIdentitytypes)[number];

export type Identitytype = KnownIdentitytype | 'temporaryId';

/** The five values that the Journey Data Service knows, case-sensitive. */
export const identitytypes = ['phone', 'email', 'customerId', 'temporaryId', 'socialId'] as const;

export function isIdentitytype(value: unknown): value is Identitytype {
  return value === 'temporaryId' || isKnownIdentitytype(value);
}

export function isKnownIdentitytype(value: unknown): value is KnownIdentitytype {
  return (knownIdentitytypes as readonly unknown[]).includes(value);
}

/** `email` for what looks like an address, `phone` for E.164; undefined where the caller has to say. */
export function inferIdentitytype(identity: string): 'email' | 'phone' | undefined {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(identity)) return 'email';
  if (/^\+[1-9][\d\s().-]{5,22}$/.test(identity)) return 'phone';
  return undefined;
}

/** A phone number without `+`, spaces and punctuation; undefined where the value is no phone number. */
export function phoneDigits(identity: string): string | undefined {
  if (!/^\+?[\d\s().-]+$/.test(identity)) return undefined;
  const digits = identity.replace(/\D/g, '');
  return digits.length >= 5 ? digits : undefined;
}

/** An e-mail address in lower case; undefined where the value is none. */
export function lowerEmail(identity: string): string | undefined {
  return identity.includes('@') ? identity.toLowerCase() : undefined;
}
