// Joins a visitor without an event: to an identity, where somebody whose word is taken has found out who sits before the
// browser (a call code), by the rules of a proven login; to another visitor, where one browser has led to the other.
import { Problem } from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import { decideBrowsers, decideClaim } from '../../joining-rules.ts';
import type { LinkCause, LinkOutcome, VisitorIdentity } from '../../store.ts';
import type { Alias } from './aliases.ts';
import type { LinkCallParts } from './link-calls.ts';

export interface VisitorCalls {
  joinVisitor(workspace: string, visitor: VisitorIdentity, cause: LinkCause, at: number): LinkOutcome;
  joinVisitors(workspace: string, from: string, to: string, cause: LinkCause, at: number): LinkOutcome;
}

export function createVisitorCalls({ workspaces, aliases, links }: LinkCallParts): VisitorCalls {
  /** Never made here: one that was erased must stay away. */
  const visitorOf = (workspace: number, temporaryId: string): Alias => {
    const visitor = aliases.findLiteral(workspace, temporaryId, 'temporaryId');
    if (!visitor) throw new Problem('not-found', 'the visitor is not there any more');
    return visitor;
  };
  const join = (workspace: number, from: Alias, to: Alias, cause: LinkCause, at: number): LinkOutcome => {
    const { label: _internal, ...outcome } = links.join(workspace, from, to, { ...cause, at });
    return outcome;
  };

  return {
    joinVisitor(name, { temporaryId, identity, identitytype }, cause, at) {
      const workspace = workspaces.intern(name);
      const visitor = visitorOf(workspace, temporaryId);
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
      return join(workspace, visitor, known, cause, at);
    },
    joinVisitors(name, from, to, cause, at) {
      const workspace = workspaces.intern(name);
      const [one, other] = [visitorOf(workspace, from), visitorOf(workspace, to)];
      const [label, otherLabel] = [links.graph.labelOf(one.id), links.graph.labelOf(other.id)];
      // One person already: another edge would outlast the removal of the one that is there.
      if (label === otherLabel) return { result: 'already-joined' };
      const verdict = decideBrowsers(links.graph.members(label), links.graph.members(otherLabel));
      return verdict === 'join' ? join(workspace, one, other, cause, at) : { result: 'refused', code: verdict };
    },
  };
}
