// Whose events a batch holds, for limits and for who goes first. A visitor is a temporaryId with the secret that came
// with it: whoever learnt a temporaryId from a log uses up no allowance but their own.
import { Problem, previousIdentityOf, type WireEvent } from '../protocol/index.ts';

export interface BatchVisitor {
  /** Names the visitor in the tables of limits; never logged or stored. */
  name: string;
  temporaryId: string;
  /** Proves possession of the temporaryId; undefined where none came. */
  secret: string | undefined;
}

/** The visitor of each event; undefined where the event is none. */
export function visitorsOf(workspace: string, events: readonly (WireEvent | Problem)[]): (BatchVisitor | undefined)[] {
  // The secret comes with the first event of each temporaryId in a batch.
  const visitors = new Map<string, BatchVisitor>();
  return events.map((event) => {
    if (event instanceof Problem) return undefined;
    const temporaryId = temporaryIdOf(event);
    const known = visitors.get(temporaryId);
    if (known && (known.secret !== undefined || event.temporarysecret === undefined)) return known;
    const secret = event.temporarysecret;
    const visitor: BatchVisitor = {
      name: `${workspace} ${temporaryId} ${secret ?? ''}`,
      temporaryId,
      secret,
    };
    visitors.set(temporaryId, visitor);
    return visitor;
  });
}

function temporaryIdOf(event: WireEvent): string {
  if (event.identitytype === 'temporaryId') return event.identity;
  return previousIdentityOf(event) ?? event.identity;
}
