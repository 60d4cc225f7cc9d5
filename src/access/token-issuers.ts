// Bearer tokens that somebody else makes: JWTs of the identity provider that a workspace trusts (a Webex organisation, a
// company's own single sign-on). Issuer, audience and algorithms are pinned by the configuration.
import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type Scope, scopes, type Workspace } from './workspaces.ts';

export interface TokenIssuer {
  /** The `iss` of its tokens, literally. */
  issuer: string;
  /** The `aud` that its tokens must have. */
  audience: string;
  /** Where it publishes its keys; or give one key. */
  jwksUrl?: string;
  /** A public key as PEM. */
  publicKey?: string;
  /** Default `RS256` and `ES256`. Never one of the symmetric ones. */
  algorithms?: ('RS256' | 'ES256' | 'PS256' | 'EdDSA')[];
}

export interface IssuedToken {
  /** `sub`, for the audit. */
  name: string;
  /** Those of its `scope` (or `scp`) that are known here. */
  scopes: ReadonlySet<Scope>;
  expiresAt: number;
}

export interface TokenIssuers {
  /** Undefined for what none of the workspace's issuers has signed for it. */
  verify(token: string, workspace: Workspace): Promise<IssuedToken | undefined>;
}

export function createTokenIssuers(now: () => number = Date.now): TokenIssuers {
  const keys = new WeakMap<TokenIssuer, JWTVerifyGetKey>();
  const keyOf = (issuer: TokenIssuer): JWTVerifyGetKey => {
    const known = keys.get(issuer) ?? keySource(issuer);
    keys.set(issuer, known);
    return known;
  };
  return {
    async verify(token, workspace) {
      if (token.split('.').length !== 3) return undefined;
      for (const issuer of workspace.tokenIssuers ?? []) {
        try {
          const { payload } = await jwtVerify(token, keyOf(issuer), {
            issuer: issuer.issuer,
            audience: issuer.audience,
            algorithms: issuer.algorithms ?? ['RS256', 'ES256'],
            currentDate: new Date(now()),
            clockTolerance: 60,
            requiredClaims: ['sub', 'exp'],
          });
          // A token may name the workspace that it is for, where several share an audience.
          if (payload['workspaceId'] === undefined || payload['workspaceId'] === workspace.id)
            return fromPayload(payload);
        } catch {
          // Not of this issuer; the next may know it.
        }
      }
      return undefined;
    },
  };
}

function keySource({ jwksUrl, publicKey, issuer }: TokenIssuer): JWTVerifyGetKey {
  if (jwksUrl !== undefined) return createRemoteJWKSet(new URL(jwksUrl));
  if (publicKey === undefined) throw new TypeError(`token issuer ${issuer}: expected jwksUrl or publicKey`);
  const key = createPublicKey(publicKey);
  return async () => key;
}

function fromPayload({ sub = '', exp = 0, scope, scp }: JWTPayload): IssuedToken {
  const named = [scope, scp].flat().flatMap((text) => (typeof text === 'string' ? text.split(' ') : []));
  return { name: sub, scopes: new Set(scopes.filter((known) => named.includes(known))), expiresAt: exp * 1000 };
}
