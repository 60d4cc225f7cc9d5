// Joins a visitor to an identity without an event: somebody whose word is taken has found out who sits before the
// browser, as by a call code. The rules are those of a proven login, so that nobody is joined who would not be by one.
import { Problem } from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import { decideClaim } from '../../joining-rules.ts';
import type { LinkCause, LinkOutcome, VisitorIdentity } from '../../store.ts';
import type { LinkCallParts } from './link-calls.ts';

export interface VisitorCalls {
  joinVisitor(workspace: string, visitor: VisitorIdentity, cause: LinkCause, at: number): LinkOutcome;
}

export function createVisitorCalls({ workspaces, aliases, links }: LinkCallParts): VisitorCalls {
  return {
    joinVisitor(name, { temporaryId, identity, identitytype }, cause, at) {
      const workspace = workspaces.intern(name);
      // Never made here: one that was erased must stay away.
      const visitor = aliases.findLiteral(workspace, temporaryId, 'temporaryId');
      if (!visitor) throw new Problem('not-found', 'the visitor is not there any more');
      const owner = aliases.find(workspace, identity, identitytype);
      const label = links.graph.labelOf(visitor.id);
      const verdict = decideClaim({
        identitytype,
        blocked: isBlocked(identity, identitytype),
        together: owner !== undefined && links.graph.labelOf(owner.id) === label,
        owned: owner !== undefined,
        person: links.graph.members(label),
        vouchesFor: () => false,
      });
      if (verdict !== 'join' && verdict !== 'already') return { result: 'refused', code: verdict };
      const known = owner ?? aliases.create(workspace, identity, identitytype, { at, by: cause.cause });
      const { label: _internal, ...outcome } = links.join(workspace, visitor, known, { ...cause, at });
      return outcome;
    },
  };
}
