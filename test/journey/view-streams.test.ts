// Streams of views (contract 4.7) over HTTP.
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../helpers.ts';
import { anAttribute } from './profiles/helpers.ts';
import { openStream, type Parsed, type TestStream, type TestWorkspace, useService } from './service.ts';

const service = useService();
const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
const person = '/admin/v1/api/person';
const visit = (members: object = {}) => ({ type: 'webvisit', source: 'home.com:website', ...members });

async function follow(ws: TestWorkspace, identity: string, headers: Record<string, string> = {}): Promise<TestStream> {
  const path = `/v1/api/progressive-profile-view/stream/workspace-id/${ws.id}/identity/${identity}/template-id/T?bearerToken=${ws.tokens.agent}`;
  const stream = await openStream(service.url, path, { headers });
  onTestFinished(() => stream.close());
  expect(stream.status).toBe(200);
  return stream;
}

async function prepared(attributes = [anAttribute()]): Promise<TestWorkspace> {
  const ws = service.workspace();
  expect((await ws.call('POST', templates, { body: { name: 'T', attributes } })).status).toBe(201);
  return ws;
}

const results = ({ events }: TestStream): string[] =>
  events.map(({ attributes }: Parsed) => attributes.map(({ result }: Parsed) => result).join(' '));
const shows = (stream: TestStream, ...expected: string[]) =>
  until(expected.join(', '), () => results(stream).join(', ') === expected.join(', '));

describe('a stream of a view', () => {
  it('tells the bare view as it is, and a new one only when a result changed', async () => {
    const ws = await prepared();
    await ws.publish(visit());
    const stream = await follow(ws, 'jane@bank.test');
    await shows(stream, '1');
    expect(stream.events[0]).toMatchObject({ workspaceId: ws.id, attributes: [{ result: '1', error: null }] });
    await ws.publish({ type: 'another' });
    await ws.publish(visit());
    await shows(stream, '1', '2');
    expect(stream.ids[0]).not.toBe(stream.ids[1]);
  });

  it('tells that an event has slid out of its window', async () => {
    const ws = await prepared();
    await ws.publish(visit());
    await ws.publish(visit({ time: new Date(Date.now() - 30 * 60_000 + 2_000).toISOString() }));
    const stream = await follow(ws, 'jane@bank.test');
    await shows(stream, '2', '1');
  });

  it('begins when somebody unknown comes, and follows merges and un-merges, also those without an event', async () => {
    const ws = await prepared();
    const stream = await follow(ws, 'browser-1');
    await ws.publish(visit({ identity: 'browser-1', identitytype: 'temporaryId' }));
    await shows(stream, '1');
    await ws.publish(visit());
    const [jane] = (await ws.get(`${person}/workspace-id/{ws}/aliases/jane@bank.test`)).body.data;
    const [browser] = (await ws.get(`${person}/workspace-id/{ws}/aliases/browser-1`)).body.data;
    const body = { personIdsToMerge: [browser.id] };
    await ws.call('POST', `${person}/merge/workspace-id/{ws}/primary-person-id/${jane.id}`, { body });
    await shows(stream, '1', '2');
    expect(stream.events[1].personId).toBe(jane.id);
    await ws.call('PATCH', `${person}/remove-identities/workspace-id/{ws}/person-id/${jane.id}`, {
      body: ['browser-1'],
    });
    await shows(stream, '1', '2', '1');
  });

  it('does not tell again what a reader that comes back has, and ends with its template', async () => {
    const ws = await prepared();
    await ws.publish(visit());
    const first = await follow(ws, 'jane@bank.test');
    await shows(first, '1');
    const again = await follow(ws, 'jane@bank.test', { 'last-event-id': first.ids[0] ?? '' });
    await ws.publish(visit());
    await shows(again, '2');
    await ws.call('DELETE', `${templates}/template-id/T`);
    await ws.publish(visit());
    await until('the streams end', () => first.ended() && again.ended());
  });

  it('follows its template at once when that is edited, and ends when it is removed', async () => {
    const ws = await prepared();
    await ws.publish(visit());
    await ws.publish(visit({ time: new Date(Date.now() - 45 * 60_000).toISOString() }));
    const stream = await follow(ws, 'jane@bank.test');
    await shows(stream, '1');
    const body = { name: 'T', attributes: [anAttribute({ lookBackPeriod: 60 })] };
    expect((await ws.call('PUT', `${templates}/template-id/T`, { body })).status).toBe(200);
    await shows(stream, '1', '2');
    await ws.call('DELETE', `${templates}/template-id/T`);
    await until('the stream ends', stream.ended);
  });

  it('is closed to tokens of others and for templates that do not exist', async () => {
    const ws = await prepared();
    const body = { identity: 'jane@bank.test', use: 'stream' };
    const { token } = (await ws.call('POST', '/v1/api/token/workspace-id/{ws}', { body })).body.data;
    const path = (identity: string, template: string) =>
      `/v1/api/progressive-profile-view/stream/workspace-id/${ws.id}/identity/${identity}/template-name/${template}`;
    expect((await openStream(service.url, path('rue@bank.test', 'T'), { token })).status).toBe(403);
    expect((await openStream(service.url, path('jane@bank.test', 'none'), { token })).status).toBe(404);
    expect((await openStream(service.url, path('jane@bank.test', 'T'))).status).toBe(401);
    const own = await openStream(service.url, path('jane@bank.test', 'T'), { token });
    expect(own.status).toBe(200);
    own.close();
  });
});
