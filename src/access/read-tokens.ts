// Short-lived tokens that may only read: for agent desks, which run in browsers where a server key has no place, and for
// the URLs of streams. Made on request of a server key's holder; on request bound to one identity. Nothing is kept of
// them: they are signed with a secret that the server makes once and keeps in its store.
import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { isScope, type Scope } from './workspaces.ts';

export interface ReadToken {
  /** The one workspace that it reads. */
  workspace: string;
  /** Whose it is, for the audit. */
  name: string;
  /** `stream`: opens streams and nothing else, so that it may stand in a URL. */
  use: 'read' | 'stream';
  /** Those of the key that asked for it: what that one may not read, it does not read either. */
  scopes: Scope[];
  /** Reads the person who owns this identity, and nobody else. */
  identity?: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface ReadTokens {
  make(token: ReadToken): Promise<string>;
  /** Undefined for what is forged, expired or of another kind. */
  verify(text: string): Promise<ReadToken | undefined>;
}

const typ = 'waymark-read+jwt';

export function createReadTokens(secret: Uint8Array, now: () => number = Date.now): ReadTokens {
  return {
    make({ workspace, name, use, scopes, identity, expiresAt }) {
      return new SignJWT({ use, scope: scopes.join(' '), ...(identity === undefined ? {} : { identity }) })
        .setProtectedHeader({ alg: 'HS256', typ })
        .setAudience(workspace)
        .setSubject(name)
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(secret);
    },
    async verify(text) {
      try {
        // Cheap, and keeps the JWTs of other issuers away from this secret.
        if (decodeProtectedHeader(text).typ !== typ) return undefined;
        const { payload } = await jwtVerify(text, secret, {
          algorithms: ['HS256'],
          typ,
          currentDate: new Date(now()),
          requiredClaims: ['aud', 'sub', 'exp'],
        });
        return fromPayload(payload);
      } catch {
        return undefined;
      }
    },
  };
}

function fromPayload({ aud, sub = '', exp = 0, ...claims }: JWTPayload): ReadToken | undefined {
  const { use, scope, identity } = claims;
  if (typeof aud !== 'string' || (use !== 'read' && use !== 'stream')) return undefined;
  const scopes = String(scope ?? '')
    .split(' ')
    .filter(isScope);
  const token: ReadToken = { workspace: aud, name: sub, use, scopes, expiresAt: exp * 1000 };
  return typeof identity === 'string' ? { ...token, identity } : token;
}
