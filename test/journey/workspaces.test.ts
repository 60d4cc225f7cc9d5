import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anEvent, type Parsed, useService } from './service.ts';

const service = useService();
const base = '/admin/v1/api/workspace';
const subscription = '/admin/v1/api/wxcc-subscription/workspace-id/{ws}';
const history = '/v1/api/events/workspace-id/{ws}';

describe('workspaces (contract 6.2)', () => {
  it('are listed for the token that asks, and read one by one', async () => {
    const ws = service.workspace();
    const { status, body } = await ws.get(base, { role: 'reader' });
    expect([status, body.data]).toEqual([
      200,
      [{ id: ws.id, name: expect.stringMatching(/^Workspace /), description: '', wxccSubscriptionIds: [] }],
    ]);
    expect((await ws.get(`${base}/workspace-id/{ws}`)).body.data).toEqual(body.data[0]);
    const filter = (name: string) => ws.get(`${base}?filter=${encodeURIComponent(`workspaces.name=='${name}'`)}`);
    expect((await filter(body.data[0].name)).body.data).toHaveLength(1);
    expect((await filter('Nothing')).body.data).toEqual([]);
  });

  it('are made and answered as an organization, with 200', async () => {
    const ws = service.workspace();
    const { status, body } = await ws.call('POST', base, { body: { name: 'Branch', description: 'East' } });
    expect(status).toBe(200);
    expect(body.data.workspaces.map(({ name }: Parsed) => name)).toEqual([expect.any(String), 'Branch']);
    const { id } = body.data.workspaces[1];
    await ws.call('POST', `/publish/v1/api/event?workspaceId=${id}`, { body: anEvent() });
    expect((await ws.get(`/v1/api/events/workspace-id/${id}`)).body.data).toHaveLength(1);
    expect((await ws.get(history)).status).toBe(404);
    const other = service.workspace();
    expect((await other.get(`/v1/api/events/workspace-id/${id}`)).status).toBe(404);
  });

  it('are renamed, and deleted while they are empty', async () => {
    const ws = service.workspace();
    const made = await ws.call('POST', base, { body: { name: 'Branch', description: 'East' } });
    const path = `${base}/workspace-id/${made.body.data.workspaces[1].id}`;
    const changed = await ws.call('PUT', path, { body: { name: 'Branch 2', description: 'West' } });
    expect(changed.body.data).toMatchObject({ name: 'Branch 2', description: 'West' });
    expect((await ws.call('DELETE', path)).body.data.name).toBe('Branch 2');
    expect((await ws.get(path)).status).toBe(404);
    expect((await ws.call('DELETE', `${base}/workspace-id/{ws}`)).status).toBe(409);
    const own = await ws.call('PUT', `${base}/workspace-id/{ws}`, { body: { name: 'Bank', description: 'x' } });
    expect(own.body.data.name).toBe('Bank');
  });

  it.each([{}, { name: 'x' }, { name: '', description: 'x' }, { name: 7, description: 'x' }, []])(
    'refuse %j',
    async (body) => {
      expect((await service.workspace().call('POST', base, { body })).status).toBe(400);
    },
  );
});

describe('the subscription (contract 6.1)', () => {
  it('is made once, shown without its secret, and deleted with a plain string', async () => {
    const ws = service.workspace();
    expect((await ws.get(subscription)).body.data).toEqual([]);
    const made = await ws.call('POST', subscription, { body: '', type: 'application/json' });
    expect([made.status, made.body.data[0].eventTypes]).toEqual([201, ['task:*', 'agent:*']]);
    const { secret, ...shown } = made.body.data[0];
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect((await ws.get(subscription)).body.data).toEqual([shown]);
    expect((await ws.get(`${base}/workspace-id/{ws}`)).body.data.wxccSubscriptionIds).toEqual([shown.id]);
    expect((await ws.call('POST', subscription)).status).toBe(409);
    const deleted = await ws.call('DELETE', subscription);
    expect([deleted.status, typeof deleted.body]).toEqual([200, 'string']);
    expect((await ws.call('DELETE', subscription)).status).toBe(404);
  });
});

describe('webhooks of Webex Contact Center', () => {
  async function subscribed() {
    const ws = service.workspace();
    const [made] = (await ws.call('POST', subscription)).body.data;
    const path = new URL(made.destinationUrl).pathname;
    const deliver = (body: unknown, secret = made.secret) => {
      const text = JSON.stringify(body);
      const signature = createHmac('sha256', secret).update(text).digest('hex');
      return ws.call('POST', path, { token: null, body: text, headers: { 'x-webexcc-signature': signature } });
    };
    return { ws, path, deliver };
  }

  const webhook = (type: string, data: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    id: `hook-${type}`,
    specversion: '1.0',
    type,
    source: '/com/cisco/wxcc/ed9357d0-3f5d-4c6a-a4fd-111111111111',
    comciscoorgid: 'cb5901fb-ab66-4377-a7bc-5f0b21896952',
    datacontenttype: 'application/json',
    data: { taskId: 'task-1', createdTime: Date.UTC(2026, 0, 2), ...data },
    ...more,
  });

  it('put a call into the journey of its caller, later events of the task too, each once', async () => {
    const { ws, deliver } = await subscribed();
    const call = {
      channelType: 'telephony',
      direction: 'INBOUND',
      origin: '+15550100199',
      destination: '+18005550100',
    };
    for (let time = 0; time < 2; time += 1) expect((await deliver(webhook('task:new', call))).status).toBe(202);
    await deliver(webhook('task:ended', {}));
    await deliver(webhook('agent:state_change', { agentId: 'a-1', currentState: 'connected' }));
    const { data } = (await ws.get(`${history}?identity=%2B15550100199&sort=asc`)).body;
    expect(data.map(({ type }: Parsed) => type)).toEqual(['task:new', 'task:ended', 'agent:state_change']);
    expect(data[0]).toMatchObject({ identitytype: 'phone', time: '2026-01-02T00:00:00.000Z' });
  });

  it('belong to the destination of what the centre began itself, and name e-mail addresses as such', async () => {
    const { ws, deliver } = await subscribed();
    await deliver(
      webhook('task:new', {
        channelType: 'email',
        direction: 'OUTBOUND',
        origin: 'desk@bank.test',
        destination: 'rue@bank.test',
      }),
    );
    const { data } = (await ws.get(`${history}?identity=rue@bank.test`)).body;
    expect(data[0].identitytype).toBe('email');
  });

  it('are acknowledged and not kept where they name no customer', async () => {
    const { ws, deliver } = await subscribed();
    expect((await deliver(webhook('agent:login', { taskId: undefined, agentId: 'a-1' }))).status).toBe(202);
    expect((await ws.get(history)).status).toBe(404);
  });

  it('are refused without the right signature, without a subscription, and where they are no event', async () => {
    const { ws, path, deliver } = await subscribed();
    const body = webhook('task:new', { origin: '+15550100199' });
    expect((await deliver(body, 'another secret')).status).toBe(401);
    expect((await ws.call('POST', path, { token: null, body })).status).toBe(401);
    expect((await ws.call('POST', path, { body })).status).toBe(401);
    expect((await deliver({ type: 'task:new' })).status).toBe(400);
    expect((await deliver({ ...body, id: 7 })).status).toBe(400);
    expect((await service.workspace().call('POST', '/webhooks/wxcc/v1/workspace-id/{ws}', { body })).status).toBe(401);
    expect((await ws.call('POST', '/webhooks/wxcc/v1/workspace-id/none', { body })).status).toBe(404);
  });
});
