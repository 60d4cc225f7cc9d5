// Identity tokens: the JWT by which a site's back end vouches that this browser belongs to this customer (design,
// "Proof of identity"). The back end makes one at login or after an SMS code; the relay checks it here.
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Identitytype, isIdentitytype, isObject } from '../protocol/index.ts';
import type { Proof } from '../store/index.ts';

export type TokenAlgorithm = 'HS256' | 'ES256';

export function isTokenAlgorithm(value: unknown): value is TokenAlgorithm {
  return value === 'HS256' || value === 'ES256';
}

/** One identity that a token vouches for. */
export interface NamedIdentity {
  identity: string;
  identitytype: Identitytype;
}

export interface IdentityTokenOptions extends NamedIdentity {
  /** HS256: the shared secret, at least 32 bytes. ES256: the private key as PEM. */
  secret: string;
  /** Names the key, so that it can be rotated. */
  kid: string;
  alg?: TokenAlgorithm;
  /** The workspace id that the token is for. */
  workspace: string;
  /** Further identities of the same customer, when they are on file: this is what joins a phone and an e-mail address. */
  identities?: NamedIdentity[];
  /** The visitor's temporaryId, read from the first-party cookie `wm_id` (the part before the dot). */
  temporaryId?: string;
  /** Default 600, at most 86,400. */
  expiresInSeconds?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Makes an identity token. Throws a TypeError that names the option which is wrong. */
export async function createIdentityToken(options: IdentityTokenOptions): Promise<string> {
  const { alg = 'HS256', expiresInSeconds = 600, now = Date.now } = options;
  for (const name of ['secret', 'kid', 'workspace', 'identity'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new TypeError(`createIdentityToken: ${name}: expected a non-empty string, got ${typeof options[name]}`);
    }
  }
  if (!isIdentitytype(options.identitytype)) {
    throw new TypeError(`createIdentityToken: identitytype: got ${String(options.identitytype)}`);
  }
  if (!(expiresInSeconds > 0 && expiresInSeconds <= maxLifeSeconds)) {
    throw new TypeError(
      `createIdentityToken: expiresInSeconds: expected 1 to ${maxLifeSeconds}, got ${expiresInSeconds}`,
    );
  }
  const issuedAt = Math.floor(now() / 1000);
  const claims: JWTPayload = { identitytype: options.identitytype };
  if (options.identities) claims['identities'] = options.identities;
  if (options.temporaryId) claims['tid'] = options.temporaryId;
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid: options.kid })
    .setAudience(options.workspace)
    .setSubject(options.identity)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .setJti(randomUUID())
    .sign(signingKey(alg, options.secret));
}

/** A key with which a workspace's back end signs; several may be valid at once, so that they can be rotated. */
export interface IdentityKey {
  kid: string;
  alg: TokenAlgorithm;
  /** HS256: the shared secret. ES256: the public key as PEM. */
  secret: string;
  /** RFC 3339; tokens that arrive later are refused. */
  expiresAt?: string;
}

export interface VerifyOptions {
  workspace: string;
  keys: readonly IdentityKey[];
  /** Corrected time of the event that carries the token, milliseconds: expiry is judged there. */
  eventTime: number;
  /** Milliseconds; up to seven days after expiry is fine, so that an outage never costs a merge. */
  receivedAt: number;
  /** Whether a token without `tid` is good enough. Default false. */
  unbound?: boolean;
}

/** `unknownKey`: its key may be added later, and the token be good then. */
export type Verdict = { proof: Proof } | { reason: string; unknownKey?: true };

const maxLifeSeconds = 24 * 60 * 60;
const skewSeconds = 60;
const graceMs = 7 * 24 * 60 * 60 * 1000;

/** Checks a token. Never throws: an unusable one gives the reason, in words for the site's developer. */
export async function verifyIdentityToken(token: string, options: VerifyOptions): Promise<Verdict> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = options.keys.find((candidate) => candidate.kid === kid && isValid(candidate, options.receivedAt));
    if (!key) {
      return {
        reason: `the token's kid ${JSON.stringify(kid ?? null)} names no key of this workspace`,
        unknownKey: true,
      };
    }
    const { payload } = await jwtVerify(token, verifyingKey(key), {
      // One algorithm for one key: a public key never serves as an HMAC secret.
      algorithms: [key.alg],
      audience: options.workspace,
      currentDate: new Date(Math.min(options.eventTime, options.receivedAt)),
      clockTolerance: skewSeconds,
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
    });
    return judge(payload, options);
  } catch (error) {
    return { reason: error instanceof errors.JOSEError ? error.message : 'the token is not a JWT' };
  }
}

function judge(payload: JWTPayload, options: VerifyOptions): Verdict {
  const { sub = '', iat = 0, exp = 0, tid } = payload;
  if (exp - iat > maxLifeSeconds) return { reason: 'the token lives longer than 24 hours' };
  if (options.receivedAt > exp * 1000 + graceMs) return { reason: 'the token expired more than seven days ago' };
  if (!isIdentitytype(payload['identitytype'])) return { reason: 'the token has no valid identitytype' };
  if (tid !== undefined && typeof tid !== 'string') return { reason: 'tid is not a string' };
  if (tid === undefined && !options.unbound) return { reason: 'the token is not bound to a temporaryId (tid)' };
  const identities = payload['identities'] ?? [];
  if (!Array.isArray(identities) || !identities.every(isNamedIdentity)) {
    return { reason: 'identities is not a list of { identity, identitytype }' };
  }
  const proof: Proof = { identity: sub, identitytype: payload['identitytype'], identities };
  if (tid !== undefined) return { proof: { ...proof, temporaryId: tid } };
  return { proof: { ...proof, single: { tokenId: String(payload.jti), until: exp * 1000 + graceMs } } };
}

function isNamedIdentity(value: unknown): value is NamedIdentity {
  return isObject(value) && typeof value['identity'] === 'string' && isIdentitytype(value['identitytype']);
}

function signingKey(alg: TokenAlgorithm, secret: string): KeyObject {
  return alg === 'HS256' ? createSecretKey(secret, 'utf8') : createPrivateKey(secret);
}

/** Reading a PEM costs as much as checking a signature. */
const verifyingKeys = new WeakMap<IdentityKey, KeyObject>();

function verifyingKey(key: IdentityKey): KeyObject {
  const known = verifyingKeys.get(key);
  if (known) return known;
  const made = key.alg === 'HS256' ? createSecretKey(key.secret, 'utf8') : createPublicKey(key.secret);
  verifyingKeys.set(key, made);
  return made;
}

function isValid({ expiresAt }: IdentityKey, now: number): boolean {
  return expiresAt === undefined || now < Date.parse(expiresAt);
}
