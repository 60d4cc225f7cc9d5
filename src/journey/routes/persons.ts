// Reading persons by alias and as a list (jds-contract 3.2). Both answer with an array, even for one match.
import type { PersonRecord } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { inOrder, searchPersons } from '../person-search.ts';
import { personMeta, viewPerson } from '../person-view.ts';
import { readPage, readText } from '../query.ts';
import { listOf, ref } from '../schemas.ts';

/** More aliases than any person has are a mistake, or somebody trying names. */
const maxAliases = 100;

const members = 'createdAt, updatedAt, firstName, lastName or id';
const paging = {
  sortBy: `A member of the person: ${members}. Default: in the order of creation.`,
  sort: 'asc or desc.',
  page: 'From 0.',
  pageSize: '1 to 1,000. Default 1,000.',
  organizationId: 'Not needed.',
};

export function personCalls({ store }: JourneyContext): Call[] {
  return [
    {
      name: 'getPersons',
      method: 'GET',
      path: '/admin/v1/api/person/workspace-id/:ws',
      group: 'Persons',
      summary: 'One person by id, or all. The id of a person that was merged away answers as the survivor.',
      scopes: allowed.readPersons,
      shortLived: 'read',
      query: {
        personId: 'One person.',
        filter: "RSQL over members of the person, such as lastName=='Green'.",
        ...paging,
      },
      answer: { schema: listOf(ref('Person')) },
      audited: true,
      run: readPersons,
    },
    {
      name: 'getPersonsByAliases',
      method: 'GET',
      path: '/admin/v1/api/person/workspace-id/:ws/aliases/:aliases',
      group: 'Persons',
      summary: 'The persons who have one of these aliases, separated by commas. None at all is a 404.',
      scopes: allowed.readPersons,
      shortLived: 'read',
      query: { ...paging, sortBy: `A member of the person: ${members}. Default: in the order of the aliases.` },
      answer: { schema: listOf(ref('Person')) },
      audited: true,
      run: readByAliases,
    },
  ];

  async function readPersons(call: CallRequest): Promise<unknown> {
    const { workspace, query } = call;
    const personId = readText(query, 'personId');
    await requireOwn(store, call, { personId });
    if (personId === undefined) return answer(call, await searchPersons(store, workspace, query));
    const person = await store.person(workspace.id, personId);
    if (!person) throw new JourneyError(404, 'The person was not found');
    call.saw(person.id);
    return answer(call, [person]);
  }

  async function readByAliases(call: CallRequest): Promise<unknown> {
    const { workspace, params, query } = call;
    const aliases = splitAliases(params['aliases'] ?? '');
    if (aliases.length > maxAliases) throw new JourneyError(400, `aliases: expected at most ${maxAliases}`);
    for (const identity of aliases) await requireOwn(store, call, { identity });
    const found = await Promise.all(aliases.map((alias) => store.personOf(workspace.id, alias)));
    const persons = new Map(found.flatMap((person) => (person ? [[person.id, person] as const] : [])));
    if (persons.size === 0) throw new JourneyError(404, 'No person has one of these aliases');
    call.saw(...persons.keys());
    const { limit, offset } = readPage(query);
    return answer(call, inOrder([...persons.values()], query).slice(offset, offset + limit));
  }

  function answer({ workspace }: CallRequest, persons: readonly PersonRecord[]): unknown {
    return { meta: personMeta(persons), data: persons.map((person) => viewPerson(person, workspace)) };
  }
}

/** An encoded comma belongs to an alias, but arrives here like any other; a phone number may have lost its `+` to a blank. */
function splitAliases(text: string): string[] {
  return text.split(',').flatMap((alias) => alias.trim() || []);
}
