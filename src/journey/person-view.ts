// A stored person as the Journey Data Service shows it (jds-contract 3.1).
import type { Workspace } from '../access/index.ts';
import type { Identitytype, Person } from '../protocol/index.ts';
import type { Link, PersonRecord } from '../store/index.ts';

export function viewPerson(person: PersonRecord, workspace: Workspace): Person {
  const ofType = (type: Identitytype) =>
    person.aliases.filter(({ identitytype }) => identitytype === type).map(({ value }) => value);
  return {
    id: person.id,
    organizationId: workspace.organizationId,
    workspaceId: workspace.id,
    firstName: person.firstName,
    lastName: person.lastName,
    phone: ofType('phone'),
    email: ofType('email'),
    customerId: ofType('customerId'),
    temporaryId: ofType('temporaryId'),
    socialId: ofType('socialId'),
    aliases: person.aliases.map(({ value }) => value),
    createdAt: new Date(person.createdAt).toISOString(),
    createdBy: person.createdBy,
    updatedAt: new Date(person.updatedAt).toISOString(),
    updatedBy: person.updatedBy,
  };
}

/** What agents are told beside persons: how many answered, and who else each is said to be, without proof. */
export function personMeta(persons: readonly PersonRecord[]): Record<string, unknown> {
  const provisional = persons.flatMap((person) =>
    person.provisional.map((link) => ({ personId: person.id, ...viewLink(link) })),
  );
  return { resultCount: persons.length, ...(provisional.length === 0 ? {} : { provisional }) };
}

/** A link with its times as texts. */
export function viewLink({ at, claimed, removed, ...link }: Link): Record<string, unknown> {
  const end = ({ at: when, cause }: { at: number; cause: string }) => ({ at: new Date(when).toISOString(), cause });
  return {
    ...link,
    at: new Date(at).toISOString(),
    ...(claimed ? { claimed: end(claimed) } : {}),
    ...(removed ? { removed: end(removed) } : {}),
  };
}
