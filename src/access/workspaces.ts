// What a workspace is: one company's site keys (public, for pages), server keys (secret, for trusted callers) and
// identity keys (for tokens), and how strictly it takes identities.
import type { Identitytype } from '../protocol/index.ts';
import type { IdentityKey } from './identity-token.ts';
import type { TokenIssuer } from './token-issuers.ts';

/** What a server key may do; the names are those of Webex (jds-contract 0.3). */
export const scopes = [
  'cjp:user',
  'cjp:config',
  'cjp:config_read',
  'cjp:config_write',
  'cjds:admin_org_read',
  'cjds:admin_org_write',
] as const;

export type Scope = (typeof scopes)[number];

/** A public key, visible in page source. What it leaves out is allowed, except what is reserved for server keys. */
export interface SiteKey {
  /** `pk_…`. */
  key: string;
  /** Origins of the pages that may send with it: `https://www.example.com`, `https://*.example.com`, or `null` (sandboxed frames, files). */
  origins: string[];
  /** Sources that it may send; `*` stands for any characters: `example.com:*`. */
  sources?: string[];
  /** Event types that it may send; `*` as above. */
  types?: string[];
  /** What its events may be filed under, beside `temporaryId`. */
  identitytypes?: Identitytype[];
  limits?: SiteKeyLimits;
  /** RFC 3339; from then on the key is unknown. */
  expiresAt?: string;
}

export interface SiteKeyLimits {
  /** Default: that of the server, 2,000. */
  eventsPerSecond?: number;
  /** Events at once. Default: that of the server, 10,000. */
  burst?: number;
  /** Bytes of bodies a day (UTC). Default: no limit. */
  bytesPerDay?: number;
}

/** A secret for a trusted caller: an agent desk, a flow, a back end. */
export interface ServerKey {
  name: string;
  /** The bearer token in clear; or leave it out and give its hash. */
  token?: string;
  /** SHA-256 of the bearer token in hexadecimal; enough, because tokens are made at random and long. */
  sha256?: string;
  scopes: Scope[];
  /** RFC 3339; from then on the key is unknown. Two keys of one name with overlapping lives are a rotation. */
  expiresAt?: string;
}

export interface Workspace {
  /** 24 hexadecimal digits. */
  id: string;
  name: string;
  /** A UUID; appears in every answer of the Journey Data Service. */
  organizationId: string;
  siteKeys: SiteKey[];
  serverKeys: ServerKey[];
  identityKeys: IdentityKey[];
  /** Whose JWTs are taken as bearer tokens beside the server keys. */
  tokenIssuers?: TokenIssuer[];
  identity: {
    /** What happens to an identity without proof: see design, "Proof of identity". */
    verify: 'enforce' | 'report' | 'off';
    /** Whether a token without `tid` is accepted. Default false. */
    unboundTokens?: boolean;
  };
  /** Events older than that are deleted. Default 365. */
  dataRetentionDays?: number;
}

export function isScope(value: unknown): value is Scope {
  return (scopes as readonly unknown[]).includes(value);
}
