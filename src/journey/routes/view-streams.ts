// Live streams of views (jds-contract 4.7): a bare view a message, as it is now and then whenever a result changed.
import { allowed } from '../authorize.ts';
import type { Call, CallRequest } from '../call.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { requireOwn } from '../own-person.ts';
import { readText } from '../query.ts';
import { text } from '../schemas.ts';

export function viewStreamCalls({ store, streams, templates, viewWatch }: JourneyContext): Call[] {
  const base = '/v1/api/progressive-profile-view/stream/workspace-id/:ws/identity/:identity';
  const common = {
    method: 'GET',
    group: 'Profiles',
    scopes: allowed.readEvents,
    shortLived: 'stream',
    query: {
      bearerToken: 'The token, for browsers’ EventSource.',
      lastEventId: 'As the header, for clients that cannot set one.',
      organizationId: 'Not needed.',
    },
    headers: { 'last-event-id': 'Beyond Cisco: the view that the reader has is not sent again.' },
    answer: { type: 'text/event-stream', schema: text, bare: true },
    audited: true,
    run: open,
  } as const satisfies Partial<Call>;
  return [
    {
      ...common,
      name: 'streamViewByTemplateId',
      path: `${base}/template-id/:template`,
      summary:
        'The profile of the person who has the identity, now and whenever a result changed. The identity may be unknown yet.',
    },
    {
      ...common,
      name: 'streamViewByTemplateName',
      path: `${base}/template-name/:template`,
      summary: 'The same, by the name of the template.',
    },
  ];

  async function open(call: CallRequest): Promise<void> {
    const { workspace, caller, reply, params, request, query } = call;
    const identity = (params['identity'] ?? '').trim();
    if (identity === '') throw new JourneyError(400, 'identity: expected a value');
    await requireOwn(store, call, { identity });
    const { template } = await templates.get(workspace.id, params['template'] ?? '');
    const person = await store.personOf(workspace.id, identity);
    if (person) call.saw(person.id);
    const header = request.headers['last-event-id'];
    const known = typeof header === 'string' ? header : readText(query, 'lastEventId');
    const { isValid, expiresAt } = caller;
    let unwatch = (): void => undefined;
    const stream = streams.open(reply, {
      isValid,
      onClose: () => unwatch(),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    if (reply.raw.destroyed) return;
    unwatch = viewWatch.watch({
      workspace,
      identity,
      templateId: template.id,
      ...(known === undefined ? {} : { known }),
      onView: (view, version) => stream.send(version, JSON.stringify(view)),
      onEnd: stream.close,
    });
  }
}
