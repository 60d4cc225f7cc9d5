// Every call of the Journey Data Service carries a bearer token; streams also take it as `bearerToken` in the query,
// because a browser's EventSource cannot set headers (jds-contract 0.3).
import type { FastifyRequest } from 'fastify';
import type { Access, Caller, Scope, Workspace } from '../access/index.ts';
import { JourneyError } from './jds-error.ts';

export const readPersons: readonly Scope[] = ['cjp:user', 'cjp:config_read', 'cjp:config_write'];
export const readEvents: readonly Scope[] = [
  'cjp:user',
  'cjp:config_read',
  'cjp:config_write',
  'cjds:admin_org_read',
  'cjds:admin_org_write',
];

interface Demand {
  /** From the path; the caller must belong to it. */
  workspaceId: string;
  /** Any of these is enough. */
  scopes: readonly Scope[];
  /** Whether the token may come in the query. Default false. */
  inQuery?: boolean;
}

/** Returns the caller's workspace, or throws 401 or 403. A workspace that is not the caller's looks like one that does not exist. */
export function authorize(
  access: Access,
  request: FastifyRequest,
  { workspaceId, scopes, inQuery = false }: Demand,
): Workspace {
  const caller = authenticate(access, request, inQuery);
  if (!scopes.some((scope) => caller.scopes.has(scope))) {
    throw new JourneyError(403, `The token lacks a scope: one of ${scopes.join(', ')}`);
  }
  if (caller.workspace.id !== workspaceId) throw new JourneyError(404, 'The workspace was not found');
  return caller.workspace;
}

function authenticate(access: Access, request: FastifyRequest, inQuery: boolean): Caller {
  const fromHeader = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const fromQuery = inQuery ? (request.query as Record<string, unknown>)['bearerToken'] : undefined;
  const token = fromHeader ?? (typeof fromQuery === 'string' ? fromQuery : undefined);
  if (token === undefined) throw new JourneyError(401, 'The call needs an Authorization header with a bearer token');
  const caller = access.byBearerToken(token);
  if (!caller) throw new JourneyError(401, 'The bearer token is not valid');
  return caller;
}
