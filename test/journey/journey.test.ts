import { beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aServer, aToken, deskToken, historyOf, outcomes, read, until, workspace } from '../helpers.ts';

const history = `/v1/api/events/workspace-id/${workspace}`;
const persons = `/admin/v1/api/person/workspace-id/${workspace}`;
const secret = 'secret-of-visitor-1';

describe('the Journey Data Service', () => {
  let url: string;
  beforeEach(async () => {
    ({ url } = await aServer());
  });

  const visit = (attributes: Parameters<typeof anEvent>[0] = {}) =>
    outcomes(url, [anEvent({ temporarysecret: secret, ...attributes })]);
  const both = {
    identities: [
      { identity: '+15550100199', identitytype: 'phone' },
      { identity: 'ruegreen@example.com', identitytype: 'email' },
    ],
  } as const;
  const optIn = async () =>
    visit({
      type: 'webvisitOptIn',
      identity: '+15550100199',
      identitytype: 'phone',
      previousidentity: 'visitor-1',
      identitytoken: await aToken('visitor-1', {
        identity: '+15550100199',
        identitytype: 'phone',
        identities: [...both.identities],
      }),
    });
  const logIn = async (identity = 'ruegreen@example.com') =>
    visit({
      type: 'webvisitLogin',
      identity,
      identitytype: 'email',
      previousidentity: 'visitor-1',
      identitytoken: await aToken('visitor-1', {
        identity,
        identities: [{ identity: '+15550100199', identitytype: 'phone' }],
      }),
    });

  describe('history', () => {
    it('is newest first, in the contract’s envelope, with every key of an event', async () => {
      const earlier = new Date(Date.now() - 60_000).toISOString();
      await visit();
      await visit({ type: 'webvisitMortgage', time: earlier });
      const { status, body } = await read(url, `${history}?identity=visitor-1&organizationId=x`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ meta: { workspaceId: workspace, resultCount: 2, identity: 'visitor-1' } });
      expect((body as { data: unknown[] }).data[1]).toEqual({
        specversion: '1.0',
        id: expect.any(String),
        type: 'webvisitMortgage',
        source: 'home.com:website',
        time: earlier,
        identity: 'visitor-1',
        identitytype: 'temporaryId',
        previousidentity: null,
        datacontenttype: 'application/json',
        data: { taskId: 'web-1', origin: 'Website', channelType: 'NewVisit', channelBreakout: 'Web' },
      });
    });

    it('follows all aliases of the person, phone forms and letter case too', async () => {
      await optIn();
      await logIn();
      for (const identity of [
        'visitor-1',
        'ruegreen@example.com',
        'RueGreen@Example.com',
        '+15550100199',
        '15550100199',
        '+1 (555) 010-0199',
      ]) {
        expect(await historyOf(url, identity), identity).toHaveLength(2);
      }
    });

    it('is a 404 in the contract’s error body when there is none', async () => {
      const { status, body } = await read(url, `${history}?identity=nobody`);
      expect(status).toBe(404);
      expect(body).toMatchObject({
        status: '404 NOT_FOUND',
        trackingId: expect.any(String),
        errors: [expect.any(String)],
        timestamp: expect.any(String),
      });
    });

    it('pages, and a page past the end is empty', async () => {
      for (let index = 0; index < 3; index += 1) await visit();
      const counts = [];
      for (const page of [0, 1, 2]) {
        const { body } = await read(url, `${history}?identity=visitor-1&pageSize=2&page=${page}`);
        counts.push((body as { data: unknown[] }).data.length);
      }
      expect(counts).toEqual([2, 1, 0]);
      expect((await read(url, `${history}?identity=visitor-1&pageSize=0`)).status).toBe(400);
      expect((await read(url, `${history}?identity=visitor-1&page=-1`)).body).toMatchObject({
        errors: [expect.stringContaining('page:')],
      });
    });
  });

  describe('persons', () => {
    it('are found by any alias, in an array, with their aliases by type', async () => {
      await optIn();
      await logIn();
      const { status, body } = await read(url, `${persons}/aliases/+15550100199`);
      expect(status).toBe(200);
      expect((body as { data: unknown[] }).data).toEqual([
        expect.objectContaining({
          id: expect.stringMatching(/^[0-9a-f]{24}$/),
          email: ['ruegreen@example.com'],
          phone: ['+15550100199'],
          temporaryId: ['visitor-1'],
          customerId: [],
          socialId: [],
          workspaceId: workspace,
        }),
      ]);
    });

    it('come once for several aliases of one, and are a 404 when unknown', async () => {
      await visit();
      await logIn();
      const { body } = await read(url, `${persons}/aliases/visitor-1,ruegreen%40example.com,nobody`);
      expect((body as { data: unknown[] }).data).toHaveLength(1);
      expect((await read(url, `${persons}/aliases/nobody`)).status).toBe(404);
    });

    it('are listed, and read by id', async () => {
      await visit();
      const { body } = await read(url, persons);
      const [person] = (body as { data: { id: string }[] }).data;
      expect((await read(url, `${persons}?personId=${person?.id}`)).body).toMatchObject({ data: [{ id: person?.id }] });
      expect((await read(url, `${persons}?personId=000000000000000000000000`)).status).toBe(404);
    });
  });

  describe('the live stream', () => {
    it('brings each new event, nothing old, and follows the visitor into the customer', async () => {
      await visit();
      const stream = await openStream(url, 'visitor-1');
      await visit({ type: 'webvisitMortgage' });
      await logIn();
      await visit({ type: 'webvisitAfter' });
      await until('three live events', () => stream.events.length >= 3);
      expect(stream.events.map(({ type }) => type)).toEqual(['webvisitMortgage', 'webvisitLogin', 'webvisitAfter']);
      stream.close();
    });

    it('waits for somebody who is still unknown', async () => {
      const stream = await openStream(url, 'ruegreen@example.com');
      await visit();
      await logIn();
      await until('the login', () => stream.events.length >= 1);
      expect(stream.events.at(-1)?.type).toBe('webvisitLogin');
      stream.close();
    });

    it('shows nothing of other persons', async () => {
      const stream = await openStream(url, 'visitor-1');
      await outcomes(url, [anEvent({ identity: 'visitor-2', temporarysecret: 'secret-of-visitor-2' })]);
      await visit({ type: 'mine' });
      await until('my event', () => stream.events.length >= 1);
      expect(stream.events.map(({ type }) => type)).toEqual(['mine']);
      stream.close();
    });
  });

  it('reads nothing for a caller without a valid token of this workspace', async () => {
    await visit();
    for (const path of [
      `${history}?identity=visitor-1`,
      persons,
      `${persons}/aliases/visitor-1`,
      `/v1/api/events/stream/workspace-id/${workspace}/identity/visitor-1`,
    ]) {
      expect((await fetch(url + path)).status, path).toBe(401);
      expect((await read(url, path, 'wrong-token')).status, path).toBe(401);
      expect((await read(url, path.replace(workspace, '64f000000000000000000009'))).status, path).toBe(404);
    }
    // Only streams take the token in the URL.
    expect((await fetch(`${url}${history}?identity=visitor-1&bearerToken=${deskToken}`)).status).toBe(401);
  });

  it('answers a preflight of any widget', async () => {
    const response = await fetch(url + history, {
      method: 'OPTIONS',
      headers: { origin: 'https://desktop.test', 'access-control-request-headers': 'authorization' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
  });
});

async function openStream(url: string, identity: string) {
  const abort = new AbortController();
  const path = `/v1/api/events/stream/workspace-id/${workspace}/identity/${identity}?bearerToken=${deskToken}`;
  const response = await fetch(url + path, { signal: abort.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: { type: string }[] = [];
  void (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data) events.push(JSON.parse(data));
      }
    }
  })().catch(() => {});
  return { events, close: () => abort.abort() };
}
