// Who may send at all: a page with a site key and an allowed origin, or a trusted sender with a server key.
import type { IncomingMessage } from 'node:http';
import type { Access, Rate, Scope, Site, Workspace } from '../access/index.ts';
import { Problem } from '../protocol/index.ts';

export interface Admitted {
  workspace: Workspace;
  /** The site whose key it is; undefined for trusted senders. */
  site?: Site;
  /** Names the key in limits and in dead letters. */
  name: string;
  /** Where the key has a rate of its own. */
  rate?: Partial<Rate>;
  bytesPerDay?: number;
}

/** As for publishing (jds-contract 0.3); `cjp:config` is the older name. */
const writeEvents: readonly Scope[] = ['cjp:config_write', 'cjp:config', 'cjds:admin_org_write'];

/** Throws a Problem `unknown-key`, `wrong-origin` or `not-authorized`. */
export function admit(access: Access, key: unknown, { headers }: IncomingMessage): Admitted {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? admitPage(access, key, headers.origin) : admitServer(access, token);
}

/**
 * What a refused request is counted under: its site key, `unknown` for one that is none of ours, so that nobody can make
 * up labels, and `server` for a bearer token, whichever.
 */
export function keyLabel(access: Access, key: unknown, { headers }: IncomingMessage): string {
  if (headers.authorization !== undefined) return 'server';
  return typeof key === 'string' && access.bySiteKey(key) ? key : 'unknown';
}

function admitPage(access: Access, key: unknown, origin: string | undefined): Admitted {
  if (typeof key !== 'string' || key === '') throw new Problem('unknown-key', 'the query has no key=pk_…');
  const site = access.bySiteKey(key);
  if (!site) throw new Problem('unknown-key', `no site key ${JSON.stringify(key.slice(0, 40))} is known here`);
  if (origin !== undefined && !site.rules.allowsOrigin(origin)) {
    throw new Problem('wrong-origin', `the key does not allow pages of ${origin.slice(0, 100)}`);
  }
  const { limits = {} } = site.siteKey;
  const admitted: Admitted = { workspace: site.workspace, site, name: key };
  const rate: Partial<Rate> = {};
  if (limits.eventsPerSecond !== undefined) rate.perSecond = limits.eventsPerSecond;
  if (limits.burst !== undefined) rate.burst = limits.burst;
  if (limits.bytesPerDay !== undefined) admitted.bytesPerDay = limits.bytesPerDay;
  admitted.rate = rate;
  return admitted;
}

function admitServer(access: Access, token: string): Admitted {
  const caller = access.byBearerToken(token);
  if (!caller) throw new Problem('unknown-key', 'the bearer token is not valid');
  if (!writeEvents.some((scope) => caller.scopes.has(scope))) {
    throw new Problem('not-authorized', `the server key lacks a scope: one of ${writeEvents.join(', ')}`);
  }
  return { workspace: caller.workspace, name: `server ${caller.workspace.id} ${caller.name}` };
}
