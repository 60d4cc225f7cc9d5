import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../helpers.ts';
import { openStream, type TestStream, type TestWorkspace, useService } from './service.ts';

const service = useService();
const open: TestStream[] = [];
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

async function follow(
  ws: TestWorkspace,
  identity: string,
  { query = '', ...options }: { query?: string } & Parameters<typeof openStream>[2] = {},
): Promise<TestStream> {
  const path = `/v1/api/events/stream/workspace-id/${ws.id}/identity/${identity}${query}`;
  const stream = await openStream(service.url, path, { token: ws.tokens.agent, ...options });
  open.push(stream);
  return stream;
}

const types = (stream: TestStream) => stream.events.map(({ type }) => type);

describe('live streams (contract 2.3)', () => {
  it('bring bare events as unnamed messages with ids, and nothing that was before', async () => {
    const ws = service.workspace();
    await ws.publish({ type: 'before' });
    const stream = await follow(ws, 'jane@bank.test');
    expect(stream.type).toContain('text/event-stream');
    await ws.publish({ type: 'after', time: '2026-01-02T03:04:05.000Z' });
    await until('the event', () => stream.events.length > 0);
    expect(stream.events).toEqual([
      expect.objectContaining({ type: 'after', previousidentity: null, time: '2026-01-02T03:04:05.000Z' }),
    ]);
    expect(stream.ids[0]).toMatch(/^\d+$/);
  });

  it('take the token as bearerToken in the query, and identities raw and encoded', async () => {
    const ws = service.workspace();
    const query = `?organizationId=undefined&bearerToken=${ws.tokens.agent}`;
    const streams = await Promise.all(
      ['+15550100199', '%2B15550100199', '15550100199'].map((identity) =>
        follow(ws, identity, { query, headers: {}, token: '' }),
      ),
    );
    await ws.publish({ identity: '+15550100199', identitytype: 'phone', type: 'call' });
    for (const stream of streams) {
      await until('the call', () => stream.events.length > 0);
      expect(types(stream)).toEqual(['call']);
    }
  });

  it('are opened by POST too, with identity and filter in the body', async () => {
    const ws = service.workspace();
    const path = `/v1/api/events/stream/workspace-id/${ws.id}/identity`;
    const body = { identity: 'jane@bank.test', filter: 'type==wanted' };
    const stream = await openStream(service.url, path, { token: ws.tokens.agent, body });
    open.push(stream);
    for (const type of ['other', 'wanted']) await ws.publish({ type });
    await until('the event', () => stream.events.length > 0);
    expect(types(stream)).toEqual(['wanted']);
    for (const bad of [{}, { identity: '' }, { identity: 7 }]) {
      expect((await ws.call('POST', path, { body: bad })).status).toBe(400);
    }
  });

  it('filter as the history does', async () => {
    const ws = service.workspace();
    const query = `?filter=${encodeURIComponent(`type=='Payment'`)}&data=${encodeURIComponent('category==Water')}`;
    const stream = await follow(ws, 'jane@bank.test', { query });
    await ws.publish({ type: 'Payment', data: { category: 'Power' } });
    await ws.publish({ type: 'Other', data: { category: 'Water' } });
    await ws.publish({ type: 'Payment', data: { category: 'Water', status: 'overdue' } });
    await until('the event', () => stream.events.length > 0);
    expect(stream.events.map(({ data }) => data.status)).toEqual(['overdue']);
    expect((await follow(ws, 'jane@bank.test', { query: '?filter=type==' })).status).toBe(400);
  });

  it('wait for somebody who is still unknown', async () => {
    const ws = service.workspace();
    const stream = await follow(ws, 'new@bank.test');
    await ws.publish({ identity: 'NEW@bank.test' });
    await until('the event', () => stream.events.length > 0);
  });

  it('follow the person when journeys are joined, and part when the link is removed', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'visitor-1', identitytype: 'temporaryId' });
    const stream = await follow(ws, 'visitor-1');
    await ws.publish({ type: 'login', identity: 'rue@bank.test', previousidentity: 'visitor-1' });
    await ws.publish({ type: 'call', identity: 'rue@bank.test' });
    await until('login and call', () => stream.events.length >= 2);
    expect(types(stream)).toEqual(['login', 'call']);
    const [person] = (await ws.get('/admin/v1/api/person/workspace-id/{ws}')).body.data;
    const links = `/admin/v1/api/person/workspace-id/{ws}/person-id/${person.id}/links`;
    const [link] = (await ws.get(links)).body.data;
    await ws.call('DELETE', `${links}/${link.id}`);
    await ws.publish({ type: 'no longer', identity: 'rue@bank.test' });
    await ws.publish({ type: 'mine', identity: 'visitor-1', identitytype: 'temporaryId' });
    await until('my event', () => types(stream).includes('mine'));
    expect(types(stream)).toEqual(['login', 'call', 'mine']);
  });

  it('do not take a temporaryId for the customer number of the same text', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'C-1007', identitytype: 'customerId' });
    const stream = await follow(ws, 'C-1007');
    await ws.publish({ type: 'squatter', identity: 'C-1007', identitytype: 'temporaryId' });
    await ws.publish({ type: 'mine', identity: 'C-1007', identitytype: 'customerId' });
    await until('my event', () => stream.events.length > 0);
    expect(types(stream)).toEqual(['mine']);
  });

  it('show nothing of other persons and other workspaces', async () => {
    const [ws, other] = [service.workspace(), service.workspace()];
    const stream = await follow(ws, 'jane@bank.test');
    await ws.publish({ identity: 'ann@bank.test' });
    await other.publish({});
    await ws.publish({ type: 'mine' });
    await until('my event', () => stream.events.length > 0);
    expect(types(stream)).toEqual(['mine']);
  });

  it('resume after Last-Event-ID with what was missed, each event once and in order', async () => {
    const ws = service.workspace();
    const first = await follow(ws, 'jane@bank.test');
    await ws.publish({ type: 'one' });
    await until('the first event', () => first.ids.length > 0);
    first.close();
    // Late in time, but stored after.
    await ws.publish({ type: 'two', time: '2026-01-01T00:00:00Z' });
    await ws.publish({ type: 'three' });
    const again = await follow(ws, 'jane@bank.test', { headers: { 'last-event-id': first.ids[0] ?? '' } });
    const byQuery = await follow(ws, 'jane@bank.test', { query: `?lastEventId=${first.ids[0]}` });
    await ws.publish({ type: 'four' });
    for (const stream of [again, byQuery]) {
      await until('all events', () => stream.events.length >= 3);
      expect(types(stream)).toEqual(['two', 'three', 'four']);
    }
    expect((await follow(ws, 'jane@bank.test', { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });

  it('end when the token expires, and are not opened with it any more', async () => {
    const ws = service.workspace();
    const made = await ws.call('POST', '/v1/api/token/workspace-id/{ws}', {
      body: { use: 'stream', expiresInSeconds: 2 },
      role: 'agent',
    });
    const stream = await follow(ws, 'jane@bank.test', { token: made.body.data.token });
    expect(stream.status).toBe(200);
    await until('the end', () => stream.ended());
    expect((await follow(ws, 'jane@bank.test', { token: made.body.data.token })).status).toBe(401);
  });

  it('cut a reader that does not read, and serve the others on', async () => {
    const ws = service.workspace();
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      `GET /v1/api/events/stream/workspace-id/${ws.id}/identity/jane@bank.test HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ws.tokens.agent}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', () => undefined);
    const reader = await follow(ws, 'jane@bank.test');
    const data = { transcript: 'x'.repeat(500_000) };
    for (let sent = 0; sent < 40; sent += 1) await ws.publish({ type: `large-${sent}`, data });
    await until('all events at the reader', () => reader.events.length >= 40);
    socket.resume();
    await until('the cut', () => closed);
  });
});
