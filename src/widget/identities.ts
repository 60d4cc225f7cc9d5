// Kinds of identities in the order in which they are shown, and by which name a person goes.
import type { Identitytype, Person } from '../protocol/index.ts';

/** The first that the person has is the best name where no name is known. */
export const identityOrder: readonly Identitytype[] = ['email', 'phone', 'customerId', 'socialId', 'temporaryId'];

export function isKnown(person: Person): boolean {
  return identityOrder.some((type) => type !== 'temporaryId' && (person[type]?.length ?? 0) > 0);
}

/** Name, else best identity, else what was asked for. */
export function nameOf(person: Person | undefined, identity: string): string {
  const name = [person?.firstName, person?.lastName].filter(Boolean).join(' ');
  if (name !== '' || !person) return name || identity;
  return identityOrder.map((type) => person[type]?.[0]).find((value) => value !== undefined) ?? identity;
}
