// Who may do what: looks up workspaces, site keys and bearer tokens. Look-ups never tell an unknown key from a wrong or
// an expired one. `replace` swaps all keys at once, for keys files that change while the server runs.
import { createKeyRing } from './server-keys.ts';
import { compileRules, type SiteKeyRules } from './site-key-rules.ts';
import type { Scope, SiteKey, Workspace } from './workspaces.ts';

export interface Caller {
  workspace: Workspace;
  /** The server key's name, for the audit. */
  name: string;
  scopes: ReadonlySet<Scope>;
}

export interface Site {
  workspace: Workspace;
  siteKey: SiteKey;
  rules: SiteKeyRules;
}

export interface Access {
  workspace(id: string): Workspace | undefined;
  workspaces(): readonly Workspace[];
  bySiteKey(key: string): Site | undefined;
  byBearerToken(token: string): Caller | undefined;
  /** From now on these workspaces with these keys, and no others. */
  replace(workspaces: readonly Workspace[]): void;
}

export function createAccess(workspaces: readonly Workspace[], now: () => number = Date.now): Access {
  let current = index(workspaces);
  return {
    workspace: (id) => current.byId.get(id),
    workspaces: () => [...current.byId.values()],
    bySiteKey(key) {
      const found = current.siteKeys.get(key);
      return found && now() < found.expiresAt ? found.site : undefined;
    },
    byBearerToken: (token) => current.callers.find(token, now()),
    replace(next) {
      current = index(next);
    },
  };
}

function index(workspaces: readonly Workspace[]) {
  const sites = workspaces.flatMap((workspace) =>
    workspace.siteKeys.map((siteKey) => ({
      expiresAt: siteKey.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(siteKey.expiresAt),
      site: { workspace, siteKey, rules: compileRules(siteKey) },
    })),
  );
  const callers = workspaces.flatMap((workspace) =>
    workspace.serverKeys.map((key) => ({
      key,
      owner: { workspace, name: key.name, scopes: new Set(key.scopes) },
    })),
  );
  return {
    byId: new Map(workspaces.map((workspace) => [workspace.id, workspace])),
    siteKeys: new Map(sites.map((entry) => [entry.site.siteKey.key, entry])),
    callers: createKeyRing<Caller>(callers),
  };
}
