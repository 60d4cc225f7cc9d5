// Links from one of the company's domains to another: from the announced code to one person, and what somebody may try.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { aConfig, aFolder, anEvent, aServer, aToken, deskToken, outcomes, siteKey, workspace } from '../helpers.ts';

const shop = 'http://shop.test';
const bank = 'http://bank.test';
const evil = 'https://evil.test';
const other = { id: '64f000000000000000000002', siteKey: 'pk_test_other' };
const bankKey = 'pk_test_bank_only';
const eraser = { name: 'bank', token: 'eraser-token', scopes: ['cjp:config_write' as const] };

/** A company with two domains, and another company on the same server. */
function workspaces() {
  const [home] = aConfig('').workspaces;
  if (!home) throw new Error('the test configuration has a workspace');
  return [
    {
      ...home,
      siteKeys: [
        { key: siteKey, origins: [shop, bank] },
        { key: bankKey, origins: [bank] },
      ],
      serverKeys: [...(home.serverKeys ?? []), eraser],
    },
    { id: other.id, name: 'Other', siteKeys: [{ key: other.siteKey, origins: [shop, bank] }] },
  ];
}

let server: RunningServer;
beforeEach(async () => {
  server = await aServer({ workspaces: workspaces() });
});

interface Asking {
  key?: string;
  origin?: string | null;
  headers?: Record<string, string>;
}

/** As a browser would, whose own headers `fetch` of Node lets nobody set. */
async function ask(body: unknown, { key = siteKey, origin = bank, headers = {} }: Asking = {}) {
  const asking = request(`${server.url}/cross-domain?key=${key}`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      'user-agent': 'a browser',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'cross-site',
      ...(origin !== null && { origin }),
      ...headers,
    },
  });
  asking.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(await text(response)) };
}

const proofOf = (temporaryId: string) => ({ temporaryId, secret: `secret-of-${temporaryId}` });

async function visit(...temporaryIds: string[]): Promise<void> {
  for (const identity of temporaryIds) {
    const event = anEvent({ identity, temporarysecret: `secret-of-${identity}` });
    expect(await outcomes(server.url, [event], {})).toEqual(['ok']);
  }
}

async function logIn(temporaryId: string, identity: string, identitytype: 'email' | 'phone' = 'email') {
  const event = anEvent({
    identity,
    identitytype,
    previousidentity: temporaryId,
    identitytoken: await aToken(temporaryId, { identity, identitytype }),
    temporarysecret: `secret-of-${temporaryId}`,
  });
  return outcomes(server.url, [event]);
}

let made = 0;

/** A click in the shop on a link to the bank, by default. */
async function leave(
  temporaryId: string,
  { target = bank, origin = shop, ...asking }: Asking & { target?: string } = {},
) {
  made += 1;
  const code = `code${String(made).padStart(17, '-')}`;
  const { status } = await ask({ ...proofOf(temporaryId), code, target }, { origin, ...asking });
  expect(status).toBe(200);
  return code;
}

/** The page at the bank that it leads to. */
function arrive(
  temporaryId: string,
  code: string,
  { referrer = shop, ...asking }: Asking & { referrer?: string } = {},
) {
  return ask({ ...proofOf(temporaryId), code, referrer }, asking);
}

async function personOf(alias: string) {
  const path = `/admin/v1/api/person/workspace-id/${workspace}/aliases/${encodeURIComponent(alias)}`;
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
  return response.status === 404 ? undefined : (await response.json()).data[0];
}

async function temporaryIdsOf(alias: string): Promise<string[] | undefined> {
  return (await personOf(alias))?.temporaryId;
}

/** Refused as a code that is none, with nobody joined. */
async function expectNothing(answer: { status: number; body: { code: string; detail: string } }) {
  expect([answer.status, answer.body.code]).toEqual([404, 'cross-domain-unknown']);
  expect(answer.body.detail).toBe('never announced here, used already, expired, or for another page');
  expect(await temporaryIdsOf('s1')).toEqual(['s1']);
  expect(await temporaryIdsOf('b1')).toEqual(['b1']);
}

describe('a link to another domain', () => {
  it('makes one person of the two visitors, once, and says by what', async () => {
    await visit('s1', 'b1');
    const code = await leave('s1');
    const { status, body, headers } = await arrive('b1', code);
    expect([status, body]).toEqual([200, { ok: true }]);
    expect(headers['access-control-allow-origin']).toBe(bank);
    const person = await personOf('b1');
    expect(person.temporaryId).toEqual(['s1', 'b1']);
    const path = `/admin/v1/api/person/workspace-id/${workspace}/person-id/${person.id}/links`;
    const links = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
    expect((await links.json()).data).toMatchObject([
      { trust: 'verified', cause: `cross-domain:${shop}`, from: { value: 's1' }, to: { value: 'b1' } },
    ]);
  });

  it('brings a customer along, in either direction', async () => {
    await visit('s1', 'b1', 'b2');
    expect(await logIn('s1', 'ann@example.com')).toEqual(['ok']);
    expect((await arrive('b1', await leave('s1'))).body).toEqual({ ok: true });
    expect(
      (await arrive('s1', await leave('b2', { origin: bank, target: shop }), { origin: shop, referrer: bank })).body,
    ).toEqual({ ok: true });
    expect(await temporaryIdsOf('ann@example.com')).toEqual(['s1', 'b1', 'b2']);
  });

  it('waits for the first event of who arrives, and for the code that is still on its way', async () => {
    await visit('s1');
    const code = await leave('s1');
    expect((await arrive('b1', code)).body.code).toBe('visitor-unknown');
    await visit('b1');
    expect((await arrive('b1', code.replace('code', 'late'))).status).toBe(404);
    expect((await arrive('b1', code)).status).toBe(200);
  });

  it('may be announced twice, and with another key of the company redeemed', async () => {
    await visit('s1', 'b1');
    const code = await leave('s1');
    expect((await ask({ ...proofOf('s1'), code, target: bank }, { origin: shop })).status).toBe(200);
    expect((await arrive('b1', code, { key: bankKey })).status).toBe(200);
  });

  it('changes nothing where the two are one person already', async () => {
    await visit('s1', 'b1');
    await arrive('b1', await leave('s1'));
    expect((await arrive('b1', await leave('s1'))).body).toEqual({ ok: true });
    expect((await arrive('s1', await leave('s1'))).body).toEqual({ ok: true });
    const { id } = await personOf('s1');
    const path = `/admin/v1/api/person/workspace-id/${workspace}/person-id/${id}/links`;
    const links = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
    expect((await links.json()).data).toHaveLength(1);
  });

  it('survives a restart of the relay', async () => {
    const config = aConfig(aFolder(), { workspaces: workspaces() });
    server = await startServer(config);
    await visit('s1', 'b1');
    const code = await leave('s1');
    await server.close();
    server = await startServer(config);
    expect((await arrive('b1', code)).body).toEqual({ ok: true });
    await server.close();
  });

  it('does not make an anonymous visitor a recognised one, before one of the two is known', async () => {
    await visit('s1', 'b1');
    await arrive('b1', await leave('s1'));
    const trusts = async () => {
      await visit('b1');
      const path = `/v1/api/events/workspace-id/${workspace}?identity=b1`;
      const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
      return (await response.json()).meta.trust;
    };
    expect(new Set(await trusts())).toEqual(new Set(['anonymous']));
    await logIn('s1', 'ann@example.com');
    expect((await trusts())[0]).toBe('recognised');
  });
});

describe('somebody who tries', () => {
  beforeEach(() => visit('s1', 'b1', 'eve'));

  it('redeems no code twice, whoever was first', async () => {
    const code = await leave('s1');
    expect((await arrive('eve', code, { referrer: evil })).status).toBe(404);
    await expectNothing(await arrive('b1', code));
  });

  it('is told once when two redeem it at the same moment', async () => {
    const code = await leave('s1');
    const answers = await Promise.all([arrive('b1', code), arrive('eve', code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('redeems no code that was stolen on another site, in another browser, or without being a page', async () => {
    const foreign = await arrive('eve', await leave('s1'), { origin: evil });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'wrong-origin']);
    for (const origin of [null, 'null']) {
      const answer = await arrive('eve', await leave('s1'), { origin });
      expect([answer.status, answer.body.code]).toEqual([403, 'wrong-origin']);
    }
    await expectNothing(await arrive('eve', await leave('s1'), { headers: { 'user-agent': 'another browser' } }));
    await expectNothing(await arrive('eve', await leave('s1'), { headers: { 'sec-fetch-mode': 'no-cors' } }));
    await expectNothing(await arrive('eve', await leave('s1'), { headers: { 'sec-fetch-site': 'none' } }));
    expect(await temporaryIdsOf('eve')).toEqual(['eve']);
  });

  it('redeems a code nowhere but at the origin that the link led to', async () => {
    await expectNothing(await arrive('b1', await leave('s1', { target: 'http://www.bank.test' })));
    await expectNothing(await arrive('b1', await leave('s1'), { origin: shop }));
  });

  it('plants no code by a link on a site of their own, nor by one that hides it', async () => {
    await expectNothing(await arrive('b1', await leave('s1'), { referrer: evil }));
    await expectNothing(await arrive('b1', await leave('s1'), { referrer: bank }));
    const hidden = await ask({ ...proofOf('b1'), code: await leave('s1'), referrer: '' });
    expect([hidden.status, hidden.body.code]).toEqual([400, 'cross-domain-malformed']);
    // And says of no other page that it was left.
    const announced = await ask({ ...proofOf('s1'), code: 'c'.repeat(21), target: bank }, { origin: evil });
    expect(announced.body.code).toBe('wrong-origin');
  });

  it('joins no two people who are known, with a code of their own on a customer’s browser', async () => {
    expect(await logIn('eve', '+15550100666', 'phone')).toEqual(['ok']);
    expect(await logIn('b1', 'ann@example.com')).toEqual(['ok']);
    const { status, body } = await arrive('b1', await leave('eve'));
    expect([status, body]).toEqual([200, { ok: false }]);
    expect(await personOf('ann@example.com')).toMatchObject({ temporaryId: ['b1'], phone: [] });
    expect(await personOf('+15550100666')).toMatchObject({ temporaryId: ['eve'], email: [] });
  });

  it('gains no name by a code on a visitor who then logs in: two of one type stay two people', async () => {
    expect(await logIn('eve', 'eve@example.com')).toEqual(['ok']);
    expect((await arrive('b1', await leave('eve'))).body).toEqual({ ok: true });
    expect(await logIn('b1', 'ann@example.com')).toEqual(['ok identity-conflict']);
    expect(await personOf('ann@example.com')).toMatchObject({ email: ['ann@example.com'] });
    expect(await personOf('eve@example.com')).toMatchObject({ email: ['eve@example.com'] });
  });

  it('announces and redeems nothing for a temporaryId of somebody else, and learns nothing about it', async () => {
    const code = await leave('eve');
    for (const about of [{ target: bank }, { referrer: shop }]) {
      const wrong = await ask({ temporaryId: 'b1', secret: 'a guess', code, ...about });
      const unknown = await ask({ temporaryId: 'nobody', secret: 'a guess', code, ...about });
      expect([wrong.status, wrong.body.code]).toEqual([403, 'visitor-unknown']);
      expect(wrong.body).toEqual(unknown.body);
    }
  });

  it('takes over no code that somebody else has announced', async () => {
    const code = await leave('s1');
    const taken = await ask({ ...proofOf('eve'), code, target: bank }, { origin: shop });
    expect([taken.status, taken.body.code]).toEqual([400, 'cross-domain-malformed']);
    expect((await arrive('b1', code)).body).toEqual({ ok: true });
    expect(await temporaryIdsOf('b1')).toEqual(['s1', 'b1']);
  });

  it('redeems nothing with another company’s key, an unknown one, or a server key', async () => {
    const code = await leave('s1');
    expect((await arrive('b1', code, { key: other.siteKey })).body.code).toBe('visitor-unknown');
    const events = [anEvent({ identity: 'b1', temporarysecret: 'secret-of-b1' })];
    expect(await outcomes(server.url, events, { key: other.siteKey })).toEqual(['ok']);
    await expectNothing(await arrive('b1', code, { key: other.siteKey }));
    expect((await arrive('b1', code, { key: 'pk_guess' })).body.code).toBe('unknown-key');
    const trusted = await arrive('b1', code, { headers: { authorization: `Bearer ${eraser.token}` } });
    expect(trusted.body.code).toBe('not-authorized');
    expect((await arrive('b1', code)).body).toEqual({ ok: true });
  });

  it('finds nobody who was erased since, and brings nobody back', async () => {
    const code = await leave('s1');
    const base = `${server.url}/admin/v1/api/person/workspace-id/${workspace}`;
    const headers = { authorization: `Bearer ${eraser.token}` };
    const { id } = await personOf('s1');
    expect((await fetch(`${base}/person-id/${id}/erase`, { method: 'POST', headers })).status).toBe(200);
    const { status, body } = await arrive('b1', code);
    expect([status, body.code]).toEqual([404, 'cross-domain-unknown']);
    expect(await personOf('s1')).toBeUndefined();
    expect(await temporaryIdsOf('b1')).toEqual(['b1']);
    expect((await ask({ ...proofOf('s1'), code, target: bank }, { origin: shop })).body.code).toBe('visitor-unknown');
  });

  it('is refused what has not the form', async () => {
    const good = { ...proofOf('s1'), code: 'c'.repeat(21), target: bank };
    for (const bad of [
      null,
      [],
      {},
      { ...good, code: 'short' },
      { ...good, code: 7 },
      { ...good, target: undefined },
      { ...good, target: 'javascript:alert(1)' },
      { ...good, target: `${bank}/path` },
      { ...good, target: 'http://user@bank.test' },
      { ...good, referrer: shop },
      { ...good, secret: 'x'.repeat(300) },
    ]) {
      const { status, body } = await ask(bad);
      expect([status, body.code], JSON.stringify(bad)).toEqual([400, 'cross-domain-malformed']);
    }
    expect((await ask('{')).body.code).toBe('not-json');
    expect((await ask('x'.repeat(3_000))).status).toBe(413);
  });

  it('may not announce codes without end', async () => {
    const answers: number[] = [];
    const good = { ...proofOf('s1'), code: 'c'.repeat(21), target: bank };
    for (let tries = 0; tries < 70; tries += 1) answers.push((await ask(good)).status);
    expect(answers).toContain(429);
  });
});
