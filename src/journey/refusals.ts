// Calls that were refused stand in the audit too: who tries out identities, or a token in places where it may not, is seen.
// What strangers without a token do is noted only so often, or anybody could fill the disk with it.
import type { FastifyRequest } from 'fastify';
import type { Audit } from './audit.ts';
import type { Admitted } from './authorize.ts';
import type { Call } from './call.ts';
import { JourneyError } from './jds-error.ts';
import type { Workspaces } from './workspaces.ts';

export interface Refused {
  call: Call;
  request: FastifyRequest;
  /** As far as it was found out: without a caller it was a stranger. */
  who: Partial<Admitted>;
  error: unknown;
}

/** Notes refusals of audited calls that have to do with who asks for whom, not those of a malformed request. */
export type NoteRefusal = (refused: Refused) => void;

interface RefusalParts {
  audit: Audit;
  workspaces: Workspaces;
  now: () => number;
}

/** 409: somebody else's, as with a call code of another known person; 429: tried too often. */
const noted = [401, 403, 404, 409, 429];
/** Of one workspace in a minute. */
const strangersAMinute = 60;

export function createRefusals({ audit, workspaces, now }: RefusalParts): NoteRefusal {
  const strangers = new Map<string, { minute: number; count: number }>();

  const mayNote = (workspace: string): boolean => {
    const minute = Math.floor(now() / 60_000);
    const known = strangers.get(workspace);
    const count = known?.minute === minute ? known.count + 1 : 1;
    strangers.set(workspace, { minute, count });
    return count <= strangersAMinute;
  };

  return ({ call, request, who, error }) => {
    if (!call.audited || !(error instanceof JourneyError) || !noted.includes(error.status)) return;
    // Only workspaces that exist have an audit.
    const workspace = who.workspace?.id ?? workspaces.find(String(Object(request.params)['ws']))?.id;
    if (workspace === undefined || (!who.caller && !mayNote(workspace))) return;
    audit.note({
      workspace,
      caller: who.caller?.name ?? 'unknown',
      call: call.name,
      persons: [],
      trackingId: request.id,
      refused: error.status,
    });
  };
}
