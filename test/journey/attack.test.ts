import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import { aConfig, aFolder } from '../helpers.ts';
import { bodiless, calls, refused } from './calls.ts';
import { type Parsed, type TestWorkspace, useService } from './service.ts';

const service = useService();
const person = '/admin/v1/api/person';

let pair: [TestWorkspace, TestWorkspace] | undefined;

/** Two workspaces for calls that are all refused. */
function closed(): [TestWorkspace, TestWorkspace] {
  pair ??= [service.workspace(), service.workspace()];
  return pair;
}

describe('every call', () => {
  it('stands in the list of these tests, once', () => {
    const served = Object.entries<Parsed>(service.document.paths).flatMap(([template, methods]) =>
      Object.entries<Parsed>(methods)
        // The receiver of webhooks takes no token.
        .filter(([, { description }]) => !description.includes('signature'))
        .map(([method]) => ({ method: method.toUpperCase(), template })),
    );
    const listed = ({ method, template }: (typeof served)[number]): boolean => {
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}(\\?|$)`);
      return calls.some(([, itsMethod, path]) => itsMethod === method && pattern.test(path));
    };
    expect(served.filter((one) => !listed(one))).toEqual([]);
    expect(served).toHaveLength(calls.length);
  });

  it.each(calls)('%s admits the scopes of the contract and no others', async (name, method, path, admitted) => {
    const ws = service.workspace();
    const options = method === 'GET' || bodiless.has(name) ? {} : refused;
    for (const role of ['nothing', 'agent', 'reader', 'orgReader', 'fullAdmin', 'config', 'admin'] as const) {
      const { status } = await ws.call(method, path, { ...options, role });
      if (admitted.includes(role)) expect(status, role).not.toBe(403);
      else expect(status, role).toBe(403);
    }
  });

  it.each(calls)('%s is closed to anybody without a token of this workspace', async (_name, method, path) => {
    const [ws, other] = closed();
    for (const token of [null, 'no such token', '', 'Bearer', 'eyJhbGciOiJub25lIn0.e30.']) {
      expect((await ws.call(method, path, { ...refused, token })).status, String(token)).toBe(401);
    }
    // A token in the URL counts for streams only.
    const inQuery = `${path}${path.includes('?') ? '&' : '?'}bearerToken=${ws.tokens.admin}`;
    const { status: withToken } = await ws.call(method, inQuery, { ...refused, token: null });
    if (path.includes('/stream/')) expect(withToken).not.toBe(401);
    else expect(withToken).toBe(401);
    if (!path.includes('{ws}')) return;
    const { status, body } = await ws.call(method, path, { ...refused, token: other.tokens.admin });
    expect([status, body.message]).toEqual([404, 'The workspace was not found']);
  });
});

describe('several workspaces', () => {
  it('share no person, event, link or id', async () => {
    const [ws, other] = [service.workspace(), service.workspace()];
    await ws.publish({ identity: 'rue@bank.test' });
    await other.publish({ identity: 'ann@bank.test' });
    const persons = `${person}/workspace-id/{ws}`;
    const [mine] = (await ws.get(persons)).body.data;
    const theirs = (await other.get(persons)).body.data;
    expect(theirs).toHaveLength(1);
    expect((await other.get(`${persons}?personId=${mine.id}`)).status).toBe(404);
    expect((await other.get(`${persons}/aliases/rue@bank.test`)).status).toBe(404);
    expect((await other.get('/v1/api/events/workspace-id/{ws}?identity=rue@bank.test')).status).toBe(404);
    expect((await other.get(`${persons}/person-id/${mine.id}/links`)).status).toBe(404);
    expect((await other.get(`${persons}/person-id/${mine.id}/export`)).status).toBe(404);
    expect((await other.call('POST', `${persons}/person-id/${mine.id}/erase`)).status).toBe(404);
    const merge = `${person}/merge/workspace-id/{ws}/primary-person-id/${theirs[0].id}`;
    expect((await other.call('POST', merge, { body: { personIdsToMerge: [mine.id] } })).status).toBe(404);
    expect((await ws.get(persons)).body.data).toHaveLength(1);
  });
});

const injections = [
  `' OR '1'='1`,
  `"; DROP TABLE event; --`,
  `x') OR 1=1 --`,
  '%27%20OR%201=1',
  '$.type',
  '{"$ne":null}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '\r\nx-injected: 1',
  '{{7*7}}#{7*7}',
  '*',
  '%',
  '_',
];

describe('injection', () => {
  it.each(injections)('of %j through any parameter finds, changes and breaks nothing', async (text) => {
    const ws = service.workspace();
    await ws.publish({ identity: 'rue@bank.test', data: { category: 'Water' } });
    const raw = encodeURIComponent(text);
    const quoted = encodeURIComponent(`'${text.replaceAll('\\', '\\\\').replaceAll(`'`, `\\'`)}'`);
    const persons = `${person}/workspace-id/{ws}`;
    const history = '/v1/api/events/workspace-id/{ws}';
    for (const path of [
      `${history}?identity=${raw}`,
      `${history}?filter=identity==${quoted}`,
      `${history}?data=category=in=(${quoted})`,
      `${persons}?personId=${raw}`,
      `${persons}/aliases/${raw}`,
      `${persons}/person-id/${raw}/links`,
      `/v1/api/events/workspace-id/${raw}`,
      `/admin/v1/api/workspace/workspace-id/${raw}`,
    ]) {
      const { status, headers, body } = await ws.get(path);
      const wildcard = text === '*' && path.includes('filter');
      expect(wildcard ? 404 : status, path).toBe(404);
      expect(headers.has('x-injected')).toBe(false);
      if (!wildcard) expect(body.status).toBe('404 NOT_FOUND');
    }
    expect((await ws.get(`${history}?before=${raw}`)).body.data).toEqual([]);
    for (const parameter of ['sortBy', 'sort', 'page', 'pageSize', 'filter', 'data']) {
      expect((await ws.get(`${history}?${parameter}=${raw}`)).status, parameter).toBe(400);
    }
    const stored = await ws.publish({
      identity: text.trim(),
      identitytype: 'customerId',
      type: text,
      data: { [text]: text },
    });
    expect([202, 400]).toContain(stored.status);
    expect((await ws.get(`${history}?identity=rue@bank.test`)).body.data).toHaveLength(1);
  });
});

describe('the log', () => {
  it('holds the trackingId of a refusal, and no identity or token of the request', async () => {
    const folder = aFolder();
    const lines: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string | Uint8Array, ...rest: never[]) => {
      lines.push(String(text));
      return write(text, ...rest);
    }) as typeof process.stdout.write;
    const server = await startServer(aConfig(folder, { log: 'info' }));
    try {
      const token = 'desk-token-of-the-tests';
      const workspace = '64f000000000000000000001';
      const answers = [
        `/v1/api/events/workspace-id/${workspace}?identity=rue%40bank.test&bearerToken=${token}`,
        `/admin/v1/api/person/workspace-id/${workspace}/aliases/rue@bank.test`,
        `/v1/api/events/stream/workspace-id/${workspace}/identity/rue@bank.test?bearerToken=${token}&filter=x`,
        `/admin/v1/api/person/workspace-id/${workspace}/aliases/rue@bank.test%`,
      ].map(async (path) => (await fetch(server.url + path)).json() as Promise<{ trackingId: string }>);
      const ids = (await Promise.all(answers)).map(({ trackingId }) => trackingId);
      expect(ids.every((trackingId) => lines.join('').includes(trackingId))).toBe(true);
    } finally {
      await server.close();
      process.stdout.write = write;
    }
    expect(lines.join('')).not.toMatch(/rue(@|%40)|desk-token/);
  });
});
