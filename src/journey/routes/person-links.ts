// Beyond Cisco: why the aliases of a person are one person, confirming what somebody said without proof, and removing a
// link, which is an exact un-merge (design, "Links are edges").
import { allowed, mayEditPerson } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { viewLink, viewPerson } from '../person-view.ts';
import { listOf, ref } from '../schemas.ts';
import { asJourneyError, causeOf } from './person-edits.ts';

export function personLinkCalls({ store }: JourneyContext): Call[] {
  const path = '/admin/v1/api/person/workspace-id/:ws/person-id/:personId/links';
  const common = { group: 'Links', audited: true };
  return [
    {
      ...common,
      name: 'getLinks',
      method: 'GET',
      path,
      summary:
        'Beyond Cisco: the links that make this person, also provisional and removed ones, oldest first. meta.mayEdit tells whether the caller may change the person.',
      scopes: allowed.readPersons,
      shortLived: 'read',
      answer: { schema: listOf(ref('Link')) },
      run: async (call) => {
        const { workspace, params, caller } = call;
        await requireOwn(store, call, { personId: params['personId'] });
        const person = await store.person(workspace.id, params['personId'] ?? '');
        if (!person) throw new JourneyError(404, 'The person was not found');
        call.saw(person.id);
        const links = await store.explain(workspace.id, person.id);
        return { meta: { mayEdit: mayEditPerson(caller) }, data: links.map(viewLink) };
      },
    },
    {
      ...common,
      name: 'confirmLink',
      method: 'POST',
      path: `${path}/:linkId/confirm`,
      summary: 'Beyond Cisco: a claim that nobody has proven is taken as true, and joins.',
      scopes: allowed.editPerson,
      answer: { schema: ref('Person') },
      run: async (call) => {
        const linkId = await requireLink(call);
        const outcome = await asJourneyError(() => store.confirm(call.workspace.id, linkId, causeOf(call)));
        if (outcome.result === 'refused')
          throw new JourneyError(400, `The link cannot join: ${outcome.code ?? 'refused'}`);
        return answer(call);
      },
    },
    {
      ...common,
      name: 'removeLink',
      method: 'DELETE',
      path: `${path}/:linkId`,
      summary: 'Beyond Cisco: takes the link away. What it alone held together is two persons again, as before.',
      scopes: allowed.editPerson,
      answer: { schema: ref('Person') },
      run: async (call) => {
        const linkId = await requireLink(call);
        await store.unlink(call.workspace.id, linkId, causeOf(call));
        return answer(call);
      },
    },
  ];

  /** A link of this person, which is still there. */
  async function requireLink({ workspace, params }: CallRequest): Promise<number> {
    const id = /^\d{1,15}$/.test(params['linkId'] ?? '') ? Number(params['linkId']) : Number.NaN;
    const links = await store.explain(workspace.id, params['personId'] ?? '');
    const link = links.find((one) => one.id === id && !one.removed);
    if (!link) throw new JourneyError(404, 'The person has no such link');
    return id;
  }

  async function answer(call: CallRequest): Promise<unknown> {
    const person = await store.person(call.workspace.id, call.params['personId'] ?? '');
    if (!person) throw new JourneyError(404, 'The person was not found');
    call.saw(person.id);
    return { data: viewPerson(person, call.workspace) };
  }
}
