// Journey actions over HTTP (contract 5), from the event that is published to the webhook that arrives at a real receiver.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../helpers.ts';
import { anAttribute } from './profiles/helpers.ts';
import { openReceiver, type Received, type Receiver } from './receiver.ts';
import { type Parsed, type TestWorkspace, useService } from './service.ts';

const service = useService({ webhooks: { allow: ['127.0.0.0/8'], retryDelaysMs: [50, 50] } });
const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
const base = '/admin/v1/api/journey-actions/workspace-id/{ws}';
const rule = (condition: string) => ({ logic: 'SINGLE', condition });
const closed = rule('Closed Queue,category,string,Count EQ 2');

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = (response) => void response.writeHead(204).end();
});

const webhook = (attributes: object = {}, path = '/hook') => ({
  type: 'Webhook',
  webhookURL: `${receiver.url}${path}`,
  attributes: { httpverb: 'post', requestbody: '{"who":"{{identity}}","n":"{{result}}"}', ...attributes },
});
const anAction = (members: object = {}) => ({
  name: 'Closed Queue Action',
  isActive: true,
  cooldownPeriodInMinutes: 0,
  rules: closed,
  actionTriggers: [webhook()],
  ...members,
});

async function prepared(action: object | null = anAction(), attribute: object = {}): Promise<TestWorkspace> {
  const ws = service.workspace();
  const attributes = [anAttribute({ event: 'Closed Queue', metaData: 'category', limit: 100, ...attribute })];
  await ws.call('POST', templates, { body: { name: 'ClosedCaller', attributes } });
  if (action) expect((await ws.call('POST', `${base}/template-id/ClosedCaller`, { body: action })).status).toBe(201);
  return ws;
}

const call = (ws: TestWorkspace, members: object = {}) =>
  ws.publish({
    type: 'Closed Queue',
    source: 'Voice%20Contact',
    identity: '+15550100199',
    identitytype: 'phone',
    data: { category: 'Closed' },
    ...members,
  });

/** Everything that was published so far has been judged once this later event has fired its own action; and delivered. */
async function settled(ws: TestWorkspace): Promise<void> {
  const path = `/settled-${Math.random()}`;
  const attributes = [anAttribute({ event: 'settled' })];
  const made = await ws.call('POST', templates, { body: { name: path, attributes } });
  const rules = rule('settled,origin,string,Count GTE 1');
  const body = anAction({ name: 'settled', rules, actionTriggers: [webhook({}, path)] });
  expect((await ws.call('POST', `${base}/template-id/${made.body.data.id}`, { body })).status).toBe(201);
  await ws.publish({ type: 'settled', source: 'test', identity: 'settled@bank.test' });
  await until('the last event was judged', () => receiver.received.some((one) => one.path === path));
  const waiting = '/v1/api/webhooks/workspace-id/{ws}/deliveries?state=waiting';
  await until('nothing waits', async () => (await ws.get(waiting)).body.data.length === 0);
}

/** In the order of the events: several are on their way at once, and may overtake each other. */
const hooks = () => {
  const sequenceOf = ({ headers }: Received) => Number(String(headers['webhook-id']).split('.')[1]);
  const calls = receiver.received.filter(({ path }) => path.startsWith('/hook'));
  return calls.sort((a, b) => sequenceOf(a) - sequenceOf(b));
};

describe('calls of actions', () => {
  it('looks at events of several types where its attribute names their start', async () => {
    const rules = rule('Closed*,category,string,Count EQ 2');
    const ws = await prepared(anAction({ rules }), { event: 'Closed*' });
    await call(ws);
    await call(ws, { type: 'Opened' });
    await call(ws, { type: 'Closed for today' });
    await settled(ws);
    expect(hooks().map(({ body }) => body)).toEqual(['{"who":"+15550100199","n":"2"}']);
  });

  it('make, list, read by id and by name, replace with 201 and delete with a bare answer', async () => {
    const ws = await prepared(null);
    const made = await ws.call('POST', `${base}/template-id/ClosedCaller`, { body: anAction() });
    expect(made.status).toBe(201);
    const { id, templateId } = made.body.data;
    expect(made.body.data).toMatchObject({
      isActive: true,
      cooldownPeriodInMinutes: 0,
      rules: { ...closed, value: '2' },
    });
    for (const path of [`action-id/${id}`, 'action-name/Closed%20Queue%20Action']) {
      expect((await ws.get(`${base}/template-id/${templateId}/${path}`)).body.data).toEqual(made.body.data);
    }
    for (const path of [base, `${base}/template-id/ClosedCaller`]) {
      expect((await ws.get(path)).body.data).toEqual([made.body.data]);
    }
    const body = { ...made.body.data, cooldownPeriodInMinutes: 5, isActive: undefined, active: false };
    const put = await ws.call('PUT', `${base}/template-id/${templateId}/action-id/${id}`, { body });
    expect([put.status, put.body.data]).toMatchObject([201, { id, cooldownPeriodInMinutes: 5, isActive: false }]);
    expect((await ws.call('DELETE', `${templates}/template-id/ClosedCaller`)).status).toBe(400);
    const deleted = await ws.call('DELETE', `${base}/template-id/ClosedCaller/action-id/${id}`);
    expect([deleted.status, deleted.body.id]).toEqual([200, id]);
    expect((await ws.get(`${base}/template-id/ClosedCaller/action-id/${id}`)).status).toBe(404);
    expect((await ws.get(base)).body.data).toEqual([]);
  });

  it('refuse what is not valid with the path of each fault', async () => {
    const ws = await prepared(null);
    const refuse = async (members: object) => {
      const { status, body } = await ws.call('POST', `${base}/template-id/ClosedCaller`, { body: anAction(members) });
      expect(status).toBe(400);
      return body.errors.join('\n');
    };
    expect(await refuse({ rules: rule('Closed Queue,category,string,Value EQ 2') })).toMatch(/^rules: .*mode/);
    expect(await refuse({ rules: rule('Other,category,string,Count EQ 2') })).toContain('rules');
    expect(await refuse({ rules: undefined })).toContain('rules');
    expect(await refuse({ cooldownPeriodInMinutes: -1, name: '' })).toMatch(/name[\s\S]*cooldownPeriodInMinutes/);
    expect(await refuse({ actionTriggers: [webhook(), { type: 'ChatBot' }] })).toContain('actionTriggers[1].type');
    for (const webhookURL of ['ftp://x.test/', 'http://user:secret@x.test/', 'x', undefined]) {
      expect(await refuse({ actionTriggers: [{ ...webhook(), webhookURL }] })).toContain(
        'actionTriggers[0].webhookURL',
      );
    }
    expect(await refuse({ actionTriggers: [webhook({ authorization: 'a\r\nx: y' })] })).toContain('authorization');
    expect(await refuse({ minTrust: 'some' })).toContain('minTrust');
  });
});

describe('an action', () => {
  it('says why it never fires, where its template lost what its rule speaks of', async () => {
    const ws = await prepared();
    const shown = async () => (await ws.get(base)).body.data.map(({ error }: Parsed) => error);
    expect(await shown()).toEqual([undefined]);
    const [template] = (await ws.get(templates)).body.data.filter(({ name }: Parsed) => name === 'ClosedCaller');
    const replace = (attributes: object[]) =>
      ws.call('PUT', `${templates}/template-id/${template.id}`, { body: { name: 'ClosedCaller', attributes } });
    expect((await replace([anAttribute({ event: 'Another', metaData: 'category' })])).status).toBeLessThan(300);
    expect(await shown()).toEqual([expect.stringContaining('no attribute with event Closed Queue')]);
    const one = `${base}/template-id/ClosedCaller/action-name/Closed%20Queue%20Action`;
    expect((await ws.get(one)).body.data.error).toContain('category');
    await replace(template.attributes.map((one: Parsed) => ({ ...one, rules: null })));
    expect(await shown()).toEqual([undefined]);
  });

  it('fires when its rule holds, for the event that made it hold, and calls the webhook signed', async () => {
    const ws = await prepared();
    await call(ws);
    await call(ws);
    await call(ws);
    await settled(ws);
    expect(hooks()).toHaveLength(1);
    const [hook] = hooks();
    expect(hook).toMatchObject({ method: 'POST', body: '{"who":"+15550100199","n":"2"}' });
    expect(hook?.headers['content-type']).toBe('application/json');
    const { secret } = (await ws.get('/v1/api/webhooks/workspace-id/{ws}/secret')).body.data;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${hook?.headers['webhook-id']}.${hook?.headers['webhook-timestamp']}.${hook?.body}`;
    expect(hook?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  it('stays quiet in its cool-down, for this person and for nobody else', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules, cooldownPeriodInMinutes: 60 }));
    for (const identity of ['+15550100199', '+15550100188', '+15550100199', '+15550100188'])
      await call(ws, { identity });
    await settled(ws);
    expect(hooks().map(({ body }) => JSON.parse(body).who)).toEqual(['+15550100199', '+15550100188']);
  });

  it('keeps the quiet time of a person through a merge', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules, cooldownPeriodInMinutes: 60 }));
    await call(ws, { identity: 'browser-9', identitytype: 'temporaryId' });
    await call(ws, { previousidentity: 'browser-9' });
    await call(ws);
    await settled(ws);
    expect(hooks()).toHaveLength(1);
  });

  it('fires for each event while its rule holds without a cool-down, each once', async () => {
    const ws = await prepared(anAction({ rules: rule('Closed Queue,category,string,Count GTE 2') }));
    for (let index = 0; index < 4; index += 1) await call(ws);
    await settled(ws);
    expect(hooks().map(({ body }) => JSON.parse(body).n)).toEqual(['2', '3', '4']);
    expect(new Set(hooks().map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  });

  it('looks at no event that came before it was made or switched on', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules, isActive: false }));
    await call(ws);
    await settled(ws);
    const { id, templateId } = (await ws.get(`${base}/template-id/ClosedCaller`)).body.data[0];
    const path = `${base}/template-id/${templateId}/action-id/${id}`;
    await ws.call('PUT', path, { body: anAction({ rules }) });
    await call(ws, { identity: '+15550100177' });
    await settled(ws);
    expect(hooks().map(({ body }) => JSON.parse(body).who)).toEqual(['+15550100177']);
  });

  it('asks for the attribute’s own rules: an event that they leave out fires nothing', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules }), { rules: rule('Closed Queue,category,string,Value EQ Closed') });
    await call(ws);
    await call(ws, { data: { category: 'Open' } });
    await settled(ws);
    expect(hooks()).toHaveLength(1);
  });

  it('may ignore events of unproven visitors, is held to its limit a day, and to the number of hops', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const unproven = await prepared(anAction({ rules, minTrust: 'recognised' }));
    await call(unproven, { identity: 'browser-1', identitytype: 'temporaryId' });
    await call(unproven);
    await settled(unproven);
    expect(hooks().map(({ body }) => JSON.parse(body).who)).toEqual(['+15550100199']);
    const limited = await prepared(anAction({ rules, maxPerDay: 2 }));
    for (let index = 0; index < 5; index += 1) await call(limited);
    await settled(limited);
    expect(hooks()).toHaveLength(3);
    const looping = await prepared(anAction({ rules, actionTriggers: [webhook({ requestbody: '{{hops}}' })] }));
    for (const waymarkHops of [0, 2, 3, 99]) await call(looping, { data: { category: 'Closed', waymarkHops } });
    await settled(looping);
    expect(
      hooks()
        .slice(3)
        .map(({ body, headers }) => [body, headers['waymark-hops']]),
    ).toEqual([
      ['1', '1'],
      ['3', '3'],
    ]);
  });

  it('keeps the shape of its body whatever a stranger writes into an event', async () => {
    const requestbody =
      '{"a":"{{data.category}}","b":{{data.category}},"c":{{ data.deep.x }},"d":"{{data.none}}","e":{{none}}}';
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules, actionTriggers: [webhook({ requestbody })] }));
    const evil = '","admin":true,"x":"{{identity}}\\\u2028\n{"';
    await call(ws, { data: { category: evil, deep: { x: [1, '"'] } } });
    await settled(ws);
    expect(JSON.parse(hooks()[0]?.body ?? '')).toEqual({ a: evil, b: evil, c: [1, '"'], d: '', e: null });
  });

  it('is called with GET and credentials where it says so', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const attributes = { httpverb: 'get', authorizationScheme: 'Bearer', authorization: 'abc' };
    const ws = await prepared(anAction({ rules, actionTriggers: [webhook(attributes, '/hook?x=1')] }));
    await call(ws);
    await settled(ws);
    expect(hooks()[0]).toMatchObject({
      method: 'GET',
      path: '/hook?x=1',
      body: '',
      headers: { authorization: 'Bearer abc' },
    });
  });

  it('shows in the view when it fired, and in its history what became of each delivery', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules, cooldownPeriodInMinutes: 7 }));
    const answers = [500, 204];
    receiver.answer = (response, { path }) =>
      void response.writeHead(path === '/hook' ? (answers.shift() ?? 204) : 204).end();
    await call(ws);
    const { id, templateId } = (await ws.get(base)).body.data[0];
    const history = async (): Promise<Parsed[]> =>
      (await ws.get(`${base}/template-id/${templateId}/action-id/${id}/history`)).body.data;
    await until('the delivery was repeated', async () => (await history())[0]?.deliveries[0]?.state === 'done');
    const [fire] = await history();
    expect(fire).toMatchObject({ actionId: id, result: '1', doNotDisturbPeriod: '7' });
    expect(fire.deliveries[0].attempts).toMatchObject([{ status: 500, error: 'HTTP 500' }, { status: 204 }]);
    const ids = hooks().map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([fire.deliveries[0].webhookId, fire.deliveries[0].webhookId]);
    const view = await ws.get(
      '/v1/api/progressive-profile-view/workspace-id/{ws}/identity/%2B15550100199/template-id/ClosedCaller',
    );
    expect(view.body.data[0].systemMetdata.journeyActionTriggerHistories).toEqual([
      { actionId: id, triggeredAt: fire.triggeredAt, doNotDisturbPeriod: '7' },
    ]);
  });

  it('gives up after the last attempt, and is replayed by id or all together, within its workspace only', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules }));
    receiver.answer = (response) => void response.writeHead(503).end();
    await call(ws);
    const buried = async (): Promise<Parsed[]> =>
      (await ws.get('/v1/api/webhooks/workspace-id/{ws}/deliveries?state=buried')).body.data;
    const found = await until('given up', async () => (await buried())[0]);
    expect(found).toMatchObject({ attempts: 3, lastError: 'HTTP 503' });
    receiver.answer = (response) => void response.writeHead(204).end();
    const replay = (of: TestWorkspace, body: object) =>
      of.call('POST', '/v1/api/webhooks/workspace-id/{ws}/replay', { body });
    const other = await prepared();
    expect((await replay(other, {})).body.data).toEqual({ replayed: 0 });
    expect((await replay(other, { ids: [found.id] })).body.data).toEqual({ replayed: 0 });
    expect((await replay(ws, { ids: [found.id] })).body.data).toEqual({ replayed: 1 });
    await until('replayed', async () => (await buried()).length === 0);
    await until(
      'came again',
      () => new Set(hooks().map(({ headers }) => headers['webhook-id'])).size === 1 && hooks().length === 4,
    );
  });

  it('tells of an address that keeps failing, rests it, and goes on when somebody says so', async () => {
    const rules = rule('Closed Queue,category,string,Count GTE 1');
    const ws = await prepared(anAction({ rules }));
    receiver.answer = (response) => void response.writeHead(500).end();
    for (let index = 0; index < 5; index += 1) await call(ws);
    const path = '/v1/api/webhooks/workspace-id/{ws}';
    const endpoint = async (): Promise<Parsed> => (await ws.get(`${path}/endpoints`)).body.data[0];
    const paused = await until('it rests', async () => {
      const one = await endpoint();
      return one.state === 'paused' ? one : undefined;
    });
    expect(paused).toMatchObject({ url: `${receiver.url}/hook`, lastError: 'HTTP 500' });
    expect(paused.failures).toBeGreaterThanOrEqual(10);
    expect(JSON.stringify(await (await fetch(`${service.url}/readyz`)).json())).toContain('webhook addresses');
    receiver.answer = (response) => void response.writeHead(204).end();
    const resumed = await ws.call('POST', `${path}/endpoints/${paused.id}/resume`);
    expect([resumed.status, resumed.body.data.state, resumed.body.data.failures]).toEqual([200, 'active', 0]);
    expect((await ws.call('POST', `${path}/endpoints/none/resume`)).status).toBe(404);
    await until('nothing waits', async () => (await endpoint()).waiting === 0);
    const { buried } = await endpoint();
    const replay = (body: object) => ws.call('POST', `${path}/replay`, { body });
    expect((await replay({ endpointId: 'none' })).body.data).toEqual({ replayed: 0 });
    expect((await replay({ endpointId: paused.id })).body.data).toEqual({ replayed: buried });
    const done = async (): Promise<Parsed[]> => (await ws.get(`${path}/deliveries?state=done`)).body.data;
    await until('all are done', async () => (await done()).length === 5);
    expect(await endpoint()).toMatchObject({ state: 'active', failures: 0, buried: 0 });
  });

  it('is signed with a new secret after a rotation, and with the one before for a while', async () => {
    const ws = await prepared(anAction({ rules: rule('Closed Queue,category,string,Count GTE 1') }));
    const path = '/v1/api/webhooks/workspace-id/{ws}/secret';
    const { secret } = (await ws.get(path)).body.data;
    const rotated = await ws.call('POST', `${path}/rotate`);
    expect([rotated.status, rotated.body.data.earlier]).toEqual([201, [secret]]);
    expect((await ws.get(path)).body.data).toEqual(rotated.body.data);
    expect((await ws.get(path, { role: 'agent' })).status).toBe(403);
    await call(ws);
    await until('the webhook came', () => hooks().length === 1);
    expect(String(hooks()[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  });
});
