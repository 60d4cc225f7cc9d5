// Who is calling, and may they make this call: a server key, a short-lived token, or a JWT of the workspace's own issuer,
// as bearer token; for streams also as `bearerToken` in the query, because a browser's EventSource cannot set headers
// (jds-contract 0.3).
import type { FastifyRequest } from 'fastify';
import type { Scope, Workspace } from '../access/index.ts';
import type { Call } from './call.ts';
import { JourneyError } from './jds-error.ts';
import type { JourneyContext } from './journey.ts';
import { readText } from './query.ts';

const everyReader: readonly Scope[] = ['cjp:user', 'cjp:config_read', 'cjp:config_write'];

type Permission =
  | 'publish'
  | 'readEvents'
  | 'readPersons'
  | 'editPerson'
  | 'writePersons'
  | 'mergeToPrimary'
  | 'readWorkspaces'
  | 'writeWorkspaces'
  | 'readTemplates'
  | 'writeTemplates'
  | 'readActions'
  | 'writeActions';

/** The table of jds-contract 0.3. `full admin` of Webex is `cjds:admin_org_write` here. */
export const allowed: Record<Permission, readonly Scope[]> = {
  publish: ['cjds:admin_org_write', 'cjp:config_write'],
  readEvents: [...everyReader, 'cjds:admin_org_read', 'cjds:admin_org_write'],
  readPersons: everyReader,
  editPerson: ['cjp:user', 'cjp:config_write'],
  writePersons: ['cjp:config_write', 'cjds:admin_org_write'],
  mergeToPrimary: ['cjp:config_write'],
  readWorkspaces: ['cjp:config_read', 'cjp:config_write', 'cjds:admin_org_read', 'cjds:admin_org_write'],
  writeWorkspaces: ['cjp:config_write', 'cjds:admin_org_write'],
  readTemplates: everyReader,
  writeTemplates: ['cjp:config_write', 'cjds:admin_org_write'],
  readActions: ['cjp:config_read', 'cjp:config_write'],
  writeActions: ['cjp:config_write'],
};

export interface JourneyCaller {
  /** Key name or token subject, for the audit. */
  name: string;
  scopes: ReadonlySet<Scope>;
  /** Short-lived tokens may only read, `stream` ones only open streams. */
  kind: 'key' | 'read' | 'stream';
  /** The only person whom the token may read, by one of its identities. */
  identity?: string;
  /** Milliseconds; absent where it lives as long as its key. */
  expiresAt?: number;
  /** Whether the caller would still be let in. */
  isValid: () => boolean;
}

export interface Admitted {
  workspace: Workspace;
  caller: JourneyCaller;
}

/** Throws 401 or 403; a workspace that is not the caller's answers 404, as one that does not exist. */
export async function admit(
  context: JourneyContext,
  request: FastifyRequest,
  call: Call,
  /** Filled as soon as it is known who calls, for what is written about refusals. */
  who: Partial<Admitted> = {},
): Promise<Admitted> {
  const workspaceId = workspaceIdOf(request, call);
  if (call.scopes === 'signature') return admitUnknown(context, workspaceId);
  const { home, caller } = await authenticate(context, request, { call, workspaceId });
  Object.assign(who, { caller, workspace: home });
  if (caller.kind !== 'key' && (!call.shortLived || (caller.kind === 'stream' && call.shortLived !== 'stream'))) {
    throw new JourneyError(403, 'The token is for reading only and does not allow this call');
  }
  if (!hasOneOf(caller, call.scopes)) {
    throw new JourneyError(403, `The token lacks a scope: one of ${call.scopes.join(', ')}`);
  }
  if (workspaceId === undefined || workspaceId === home.id) return { workspace: home, caller };
  const workspace = context.workspaces.find(workspaceId);
  if (!workspace || context.workspaces.ownerOf(workspaceId) !== home.id) throw unknownWorkspace();
  return { workspace, caller };
}

/** What a desk offers its agent: a button that is refused each time is worse than none. */
export function mayEditPerson(caller: JourneyCaller): boolean {
  return caller.kind === 'key' && hasOneOf(caller, allowed.editPerson);
}

function hasOneOf(caller: JourneyCaller, scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => grants(caller.scopes, scope));
}

/** `cjp:config` is the older name for reading and writing the configuration. */
function grants(scopes: ReadonlySet<Scope>, scope: Scope): boolean {
  return scopes.has(scope) || (scope.startsWith('cjp:config_') && scopes.has('cjp:config'));
}

function workspaceIdOf(request: FastifyRequest, { workspaceIn = 'path' }: Call): string | undefined {
  if (workspaceIn === 'none') return undefined;
  if (workspaceIn === 'path') return (request.params as Record<string, string>)['ws'];
  const id = readText(request.query, 'workspaceId');
  if (id === undefined) throw new JourneyError(400, 'workspaceId: expected in the query');
  return id;
}

function admitUnknown({ workspaces }: JourneyContext, workspaceId: string | undefined): Admitted {
  const workspace = workspaces.find(workspaceId ?? '');
  if (!workspace) throw unknownWorkspace();
  return { workspace, caller: { name: 'webhook', scopes: new Set(), kind: 'key', isValid: () => true } };
}

interface Target {
  call: Call;
  workspaceId: string | undefined;
}

async function authenticate(
  context: JourneyContext,
  request: FastifyRequest,
  { call, workspaceId }: Target,
): Promise<{ home: Workspace; caller: JourneyCaller }> {
  const token = tokenOf(request, call.shortLived === 'stream');
  const key = context.access.byBearerToken(token);
  if (key) {
    const isValid = (): boolean => context.access.byBearerToken(token) !== undefined;
    return { home: key.workspace, caller: { name: key.name, scopes: key.scopes, kind: 'key', isValid } };
  }
  const caller =
    (await shortLivedCaller(context, token, workspaceId)) ?? (await issuedCaller(context, token, workspaceId));
  if (!caller) throw new JourneyError(401, 'The bearer token is not valid');
  return caller;
}

function tokenOf(request: FastifyRequest, inQuery: boolean): string {
  const fromHeader = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = fromHeader ?? (inQuery ? readText(request.query, 'bearerToken') : undefined);
  if (token === undefined) throw new JourneyError(401, 'The call needs an Authorization header with a bearer token');
  return token;
}

async function shortLivedCaller({ readTokens, workspaces, now }: JourneyContext, token: string, workspaceId = '') {
  const read = await readTokens.verify(token);
  if (!read) return undefined;
  const home = workspaces.find(read.workspace);
  // Made for one workspace, not for those that its maker owns.
  if (!home || (workspaceId !== '' && workspaceId !== home.id)) throw unknownWorkspace();
  const { name, use: kind, expiresAt, identity } = read;
  const scopes: ReadonlySet<Scope> = new Set(read.scopes);
  const isValid = (): boolean => now() < expiresAt;
  return { home, caller: { name, scopes, kind, expiresAt, isValid, ...(identity === undefined ? {} : { identity }) } };
}

async function issuedCaller(context: JourneyContext, token: string, workspaceId: string | undefined) {
  const { tokenIssuers, now } = context;
  for (const home of homesOf(context, workspaceId)) {
    const issued = await tokenIssuers.verify(token, home);
    if (!issued) continue;
    const { name, scopes, expiresAt } = issued;
    return { home, caller: { name, scopes, kind: 'key' as const, expiresAt, isValid: () => now() < expiresAt } };
  }
  return undefined;
}

/** Whose issuers are asked. A call that names no workspace is about the first that trusts the token's issuer. */
function homesOf({ access, workspaces }: JourneyContext, workspaceId: string | undefined): readonly Workspace[] {
  if (workspaceId === undefined) return access.workspaces();
  const home = access.workspace(workspaceId) ?? access.workspace(workspaces.ownerOf(workspaceId) ?? '');
  return home ? [home] : [];
}

function unknownWorkspace(): JourneyError {
  return new JourneyError(404, 'The workspace was not found');
}
