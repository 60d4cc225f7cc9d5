// What the Journey Data Service still knows after a restart, and what it no longer keeps.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type RunningServer, type ServerConfig, startServer } from '../../src/server/index.ts';
import { aConfig, aFolder, anEvent, historyOf, until, workspace } from '../helpers.ts';

const admin = { name: 'admin', token: 'admin-token-of-the-tests', scopes: ['cjp:config_write' as const] };

function configOf(settings: { dataRetentionDays?: number } = {}): ServerConfig {
  const config = aConfig(aFolder());
  return {
    ...config,
    workspaces: config.workspaces.map((one) => ({
      ...one,
      ...settings,
      serverKeys: [...(one.serverKeys ?? []), admin],
    })),
  };
}

async function post({ url }: RunningServer, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json', ...headers };
  const response = await fetch(url + path, { method: 'POST', headers: all, ...(text && { body: text }) });
  return { status: response.status, body: JSON.parse((await response.text()) || 'null') };
}

const publish = (server: RunningServer, event: object) =>
  post(server, `/publish/v1/api/event?workspaceId=${workspace}`, event);

describe('a call of the contact centre', () => {
  it('stays with its caller over a restart, and not once the caller was erased', async () => {
    const config = configOf();
    let server = await startServer(config);
    const made = await post(server, `/admin/v1/api/wxcc-subscription/workspace-id/${workspace}`);
    const [{ secret, destinationUrl }] = made.body.data;
    const deliver = async (type: string, data: object) => {
      const body = {
        id: `hook-${type}`,
        specversion: '1.0',
        type,
        source: '/wxcc',
        data: { taskId: 'task-1', ...data },
      };
      const signature = createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex');
      return post(server, new URL(destinationUrl).pathname, body, { 'x-webexcc-signature': signature });
    };
    const customer = '+15550100199';
    expect((await deliver('task:new', { origin: customer, channelType: 'telephony' })).status).toBe(202);
    await server.close();

    server = await startServer(config);
    await deliver('task:connected', {});
    expect((await historyOf(server.url, customer)).map(({ type }) => type).sort()).toEqual([
      'task:connected',
      'task:new',
    ]);
    const header = { authorization: `Bearer ${admin.token}` };
    const base = `/admin/v1/api/person/workspace-id/${workspace}`;
    const found = await fetch(`${server.url}${base}/aliases/${encodeURIComponent(customer)}`, { headers: header });
    const { data } = (await found.json()) as { data: { id: string }[] };
    expect((await post(server, `${base}/person-id/${data[0]?.id}/erase`)).status).toBe(200);
    await server.close();
    // Nothing of the number is left in the file.
    expect(readFileSync(config.database).includes(customer)).toBe(false);

    server = await startServer(config);
    expect((await deliver('task:ended', {})).status).toBe(202);
    expect(await historyOf(server.url, customer)).toEqual([]);
    await server.close();
  });
});

describe('retention', () => {
  it('deletes what is older than the workspace keeps, at the start, and nothing else', async () => {
    const config = configOf({ dataRetentionDays: 30 });
    let server = await startServer(config);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    for (const [id, days] of [
      ['old', 31],
      ['young', 29],
    ] as const) {
      const event = anEvent({ id, identity: 'rue@example.com', identitytype: 'email', time: daysAgo(days) });
      expect((await publish(server, event)).status).toBe(202);
    }
    expect(await historyOf(server.url, 'rue@example.com')).toHaveLength(2);
    const shown = await post(server, '/admin/v1/api/workspace', { name: 'Second', description: 'two' });
    expect(shown.body.data.settings.general.dataRetentionDays).toBe(30);
    await server.close();

    server = await startServer(config);
    const left = await until('the old event is gone', async () => {
      const events = await historyOf(server.url, 'rue@example.com');
      return events.length === 1 ? events : undefined;
    });
    expect(left.map(({ id }) => id)).toEqual(['young']);
    await server.close();
  });

  it('is a year where the workspace says nothing', async () => {
    const config = configOf();
    let server = await startServer(config);
    for (const days of [364, 366]) {
      const time = new Date(Date.now() - days * 86_400_000).toISOString();
      await publish(server, anEvent({ identity: 'rue@example.com', identitytype: 'email', time, id: `${days}` }));
    }
    await server.close();
    server = await startServer(config);
    await until('the older one is gone', async () => (await historyOf(server.url, 'rue@example.com')).length === 1);
    await server.close();
  });
});
