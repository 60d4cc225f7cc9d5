// Who may do what: the workspaces of this server with their site keys (public, for pages), server keys (secret, for
// trusted callers) and identity keys (for tokens). Look-ups never tell an unknown key from a wrong one.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IdentityKey } from './identity-token.ts';

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

/** A public key, visible in page source. */
export interface SiteKey {
  /** `pk_…`. */
  key: string;
  /** Origins of the pages that may send with it, `https://www.example.com`. */
  origins: string[];
}

/** A secret for a trusted caller: an agent desk, a flow, a back end. */
export interface ServerKey {
  name: string;
  /** The bearer token. */
  token: string;
  scopes: Scope[];
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
  identity: {
    /** What happens to an identity without proof: see design, "Proof of identity". */
    verify: 'enforce' | 'report' | 'off';
    /** Whether a token without `tid` is accepted. Default false. */
    unboundTokens?: boolean;
  };
}

export interface Caller {
  workspace: Workspace;
  /** The server key's name, for the audit. */
  name: string;
  scopes: ReadonlySet<Scope>;
}

export interface Access {
  workspace(id: string): Workspace | undefined;
  bySiteKey(key: string): { workspace: Workspace; siteKey: SiteKey } | undefined;
  byBearerToken(token: string): Caller | undefined;
}

export function createAccess(workspaces: readonly Workspace[]): Access {
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  const siteKeys = new Map(
    workspaces.flatMap((workspace) => workspace.siteKeys.map((siteKey) => [siteKey.key, { workspace, siteKey }])),
  );
  const callers = workspaces.flatMap((workspace) =>
    workspace.serverKeys.map(({ name, token, scopes }) => ({
      digest: digest(token),
      caller: { workspace, name, scopes: new Set(scopes) },
    })),
  );
  return {
    workspace: (id) => byId.get(id),
    bySiteKey: (key) => siteKeys.get(key),
    byBearerToken(token) {
      const presented = digest(token);
      return callers.find((candidate) => timingSafeEqual(candidate.digest, presented))?.caller;
    },
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
