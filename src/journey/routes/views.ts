// Views of progressive profiles (jds-contract 4.6), by person and by identity, with a template's id or name in either slot.
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { computeView, presentView, viewQuery, type Whose } from '../profiles/view.ts';
import { listOf, ref } from '../schemas.ts';

export function viewCalls({ store, templates, now }: JourneyContext): Call[] {
  const base = '/v1/api/progressive-profile-view/workspace-id/:ws';
  const common = {
    method: 'GET',
    group: 'Profiles',
    scopes: allowed.readEvents,
    shortLived: 'read',
    query: { organizationId: 'Not needed.' },
    answer: { schema: listOf(ref('View')) },
    audited: true,
  } as const satisfies Partial<Call>;
  const slots = [
    { slot: 'template-id', suffix: 'ByTemplateId' },
    { slot: 'template-name', suffix: 'ByTemplateName' },
  ];
  return slots.flatMap(({ slot, suffix }): Call[] => [
    {
      ...common,
      name: `getViewOfPerson${suffix}`,
      path: `${base}/person-id/:person/${slot}/:template`,
      summary: 'The profile of a person by a template, computed now over the events of its windows.',
      run: (call) => view(call, { personId: call.params['person'] ?? '' }),
    },
    {
      ...common,
      name: `getViewOfIdentity${suffix}`,
      path: `${base}/identity/:identity/${slot}/:template`,
      summary: 'The same for the person who has the identity.',
      run: (call) => view(call, { identity: (call.params['identity'] ?? '').trim() }),
    },
  ]);

  async function view(call: CallRequest, whose: Whose): Promise<unknown> {
    const { workspace, params } = call;
    await requireOwn(store, call, whose);
    const template = await templates.get(workspace.id, params['template'] ?? '');
    const at = now();
    const [found] = await store.facts([viewQuery(template, workspace.id, whose, at)]);
    const computed = found && computeView(template, found, at);
    if (!computed) throw new JourneyError(404, 'The person was not found');
    call.saw(computed.personId);
    const data = [presentView(workspace, { template, computed, at })];
    return { meta: { personId: computed.personId, templateId: template.template.id }, data };
  }
}
