// Changing persons (jds-contract 3.2 to 3.4): create, JSON Patch, add and remove identities, merge, delete. Each call
// changes everything it names or nothing.
import { isObject, Problem } from '../../protocol/index.ts';
import type { LinkCause, PersonRecord } from '../../store/index.ts';
import { allowed } from '../authorize.ts';
import { requireObject } from '../body.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readDetails, readIdentities } from '../person-body.ts';
import { readPersonPatch } from '../person-patch.ts';
import { viewPerson } from '../person-view.ts';
import { ref, texts } from '../schemas.ts';

/** The contract declares JSON Patch for all three PATCH calls, even where the body is none. */
const patchTypes = ['application/json-patch+json', 'application/json'];

export function personEditCalls({ store }: JourneyContext): Call[] {
  const base = '/admin/v1/api/person';
  const common = { group: 'Persons', scopes: allowed.writePersons, answer: { schema: ref('Person') }, audited: true };
  return [
    {
      ...common,
      name: 'createPerson',
      method: 'POST',
      path: `${base}/workspace-id/:ws`,
      summary: 'Makes a person with at least one alias. An alias of another person is a 400.',
      body: { type: 'application/json', schema: ref('NewPerson') },
      answer: { status: 201, schema: ref('Person') },
      run: (call) => {
        const details = readDetails(requireObject(call.body));
        return answer(call, async () => {
          const made = await store.mergeIdentities(call.workspace.id, details, { refuse: 'any' }, causeOf(call));
          return made.person;
        });
      },
    },
    {
      ...common,
      name: 'patchPerson',
      method: 'PATCH',
      path: `${base}/workspace-id/:ws/person-id/:personId`,
      summary: 'JSON Patch on names and single aliases.',
      scopes: allowed.editPerson,
      body: { type: patchTypes, schema: ref('JsonPatch') },
      answer: { status: 202, schema: ref('Person') },
      run: async (call) => {
        const person = await requirePerson(call);
        const change = readPersonPatch(call.body.value, viewPerson(person, call.workspace));
        return answer(call, () => store.changePerson(call.workspace.id, person.id, change, causeOf(call)));
      },
    },
    {
      ...common,
      name: 'addIdentities',
      method: 'PATCH',
      path: `${base}/add-identities/workspace-id/:ws/person-id/:personId`,
      summary: 'Adds aliases. One that belongs to another person is a 400, and none is added.',
      body: { type: patchTypes, schema: ref('Identities') },
      run: async (call) => {
        const add = readIdentities(requireObject(call.body));
        if (add.length === 0) throw new JourneyError(400, 'body: expected at least one alias');
        const { id } = await requirePerson(call);
        return answer(call, () => store.changePerson(call.workspace.id, id, { add }, causeOf(call)));
      },
    },
    {
      ...common,
      name: 'removeIdentities',
      method: 'PATCH',
      path: `${base}/remove-identities/workspace-id/:ws/person-id/:personId`,
      summary: 'Takes aliases away, given as an array of values. Each stands alone from then on.',
      body: { type: patchTypes, schema: texts },
      run: async (call) => {
        const remove = readValues(call.body.value);
        const { id } = await requirePerson(call);
        return answer(call, () => store.changePerson(call.workspace.id, id, { remove }, causeOf(call)));
      },
    },
    {
      ...common,
      name: 'mergePersons',
      method: 'POST',
      path: `${base}/merge/workspace-id/:ws/primary-person-id/:personId`,
      summary: 'Folds persons into the primary one, whose id survives; theirs answer as the survivor for ever.',
      scopes: allowed.mergeToPrimary,
      body: { type: 'application/json', schema: ref('PersonsToMerge') },
      answer: { status: 202, schema: ref('Person') },
      run: (call) => {
        const ids = readValues(requireObject(call.body)['personIdsToMerge'], 'personIdsToMerge');
        return answer(call, () => store.merge(call.workspace.id, call.params['personId'] ?? '', ids, causeOf(call)));
      },
    },
    {
      ...common,
      name: 'mergeIdentities',
      method: 'POST',
      path: `${base}/merge-identities/workspace-id/:ws`,
      summary: 'Create or merge: whoever has one of the aliases gets them all; several become one; nobody is made new.',
      body: { type: 'application/json', schema: ref('MergeIdentities') },
      run: (call) => {
        const body = requireObject(call.body);
        const { override = false } = body;
        if (typeof override !== 'boolean') throw new JourneyError(400, 'override: expected true or false');
        const details = readDetails(body);
        return answer(call, async () => {
          const merged = await store.mergeIdentities(call.workspace.id, details, { override }, causeOf(call));
          return merged.person;
        });
      },
    },
    {
      ...common,
      name: 'deletePerson',
      method: 'DELETE',
      path: `${base}/workspace-id/:ws/person-id/:personId`,
      summary: 'Erases the person with all events and links, and answers what it was.',
      run: async (call) => {
        const person = await requirePerson(call);
        await store.erase(call.workspace.id, person.id);
        return answer(call, async () => person);
      },
    },
  ];

  async function requirePerson({ workspace, params }: CallRequest): Promise<PersonRecord> {
    const person = await store.person(workspace.id, params['personId'] ?? '');
    if (!person) throw new JourneyError(404, 'The person was not found');
    return person;
  }

  async function answer(call: CallRequest, change: () => Promise<PersonRecord>): Promise<unknown> {
    const person = await asJourneyError(change);
    call.saw(person.id);
    return { data: viewPerson(person, call.workspace) };
  }
}

/** Agents' tokens have `cjp:user` and nothing that writes; what they change is told apart from what programs change. */
export function causeOf({ caller }: Pick<CallRequest, 'caller'>): LinkCause {
  const isAgent = !caller.scopes.has('cjp:config_write') && !caller.scopes.has('cjp:config');
  return isAgent ? { cause: `agent:${caller.name}`, trust: 'agent' } : { cause: `api:${caller.name}`, trust: 'api' };
}

/** Turns the store's refusals into answers; clients look for the text about another person (jds-contract 3.4). */
export async function asJourneyError<Value>(change: () => Promise<Value>): Promise<Value> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'not-found') throw new JourneyError(404, 'The person was not found', [error.detail]);
    if (error.code === 'identity-conflict') {
      throw new JourneyError(400, 'The alias already exists on another person', [
        `The alias already exists on another person: ${error.detail}`,
      ]);
    }
    throw new JourneyError(400, error.detail, [`${error.code}: ${error.detail}`]);
  }
}

function readValues(value: unknown, name = 'body'): string[] {
  const list = Array.isArray(value) ? value : [];
  const values = list.flatMap((item) => (typeof item === 'string' ? item.trim() || [] : []));
  if (values.length === 0 || values.length !== list.length || isObject(value)) {
    throw new JourneyError(400, `${name}: expected a non-empty array of texts`);
  }
  return [...new Set(values)];
}
