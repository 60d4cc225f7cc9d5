// A stored person as the Journey Data Service shows it (jds-contract 3.1).
import type { Workspace } from '../access/index.ts';
import type { Identitytype, Person } from '../protocol/index.ts';
import type { PersonRecord } from '../store/index.ts';

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
