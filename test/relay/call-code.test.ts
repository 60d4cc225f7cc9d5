// Call codes from the page's request to the joined journey, and what somebody may try on the way.
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import {
  aConfig,
  aFolder,
  anEvent,
  aServer,
  aToken,
  deskToken,
  outcomes,
  siteKey,
  siteOrigin,
  workspace,
} from '../helpers.ts';

const phone = '+15550100199';
const other = { id: '64f000000000000000000002', siteKey: 'pk_test_other', token: 'desk-token-of-the-other' };

/** Two companies on one server. */
function workspaces(folder: string) {
  const [bank] = aConfig(folder).workspaces;
  if (!bank) throw new Error('the test configuration has a workspace');
  return [
    {
      ...bank,
      serverKeys: [
        ...(bank.serverKeys ?? []),
        { name: 'ivr', token: 'ivr-token', scopes: ['cjp:config_write' as const] },
      ],
    },
    {
      id: other.id,
      name: 'Other',
      siteKeys: [{ key: other.siteKey, origins: [siteOrigin] }],
      serverKeys: [{ name: 'desk', token: other.token, scopes: ['cjp:user' as const] }],
    },
  ];
}

let server: RunningServer;
beforeEach(async () => {
  server = await aServer({ workspaces: workspaces('') });
});

async function ask(body: unknown, { key = siteKey, origin = siteOrigin, url = server.url } = {}) {
  const response = await fetch(`${url}/call-code?key=${key}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Somebody looks at a page and gets a code. */
async function visitorWithCode(temporaryId: string): Promise<string> {
  const secret = `secret-of-${temporaryId}`;
  expect(await outcomes(server.url, [anEvent({ identity: temporaryId, temporarysecret: secret })])).toEqual(['ok']);
  const { status, body } = await ask({ temporaryId, secret });
  expect(status).toBe(200);
  return body.code;
}

async function redeem(body: unknown, { token = deskToken, ws = workspace, url = server.url } = {}) {
  const response = await fetch(`${url}/v1/api/call-code/workspace-id/${ws}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const withPhone = (code: string, identity = phone) => ({ code, identity, identitytype: 'phone' });

async function links(personId: string) {
  const path = `/admin/v1/api/person/workspace-id/${workspace}/person-id/${personId}/links`;
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
  return (await response.json()).data;
}

describe('a call code', () => {
  it('joins the caller’s phone to the live web journey, once, and says by whom', async () => {
    const code = await visitorWithCode('v1');
    expect(code).toMatch(/^\d{6}$/);
    const { status, body } = await redeem(withPhone(`${code.slice(0, 3)} ${code.slice(3)}`));
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ phone: [phone], temporaryId: ['v1'] });
    expect(await links(body.data.id)).toMatchObject([{ trust: 'agent', cause: 'agent:desk call-code' }]);
    expect((await redeem(withPhone(code))).status).toBe(404);
  });

  it('is redeemed by a call flow too, as trust `api`', async () => {
    const { body } = await redeem(withPhone(await visitorWithCode('v1')), { token: 'ivr-token' });
    expect(await links(body.data.id)).toMatchObject([{ trust: 'api', cause: 'api:ivr call-code' }]);
  });

  it('brings the journey to the customer who owns the phone', async () => {
    await redeem(withPhone(await visitorWithCode('v1')));
    const { body } = await redeem(withPhone(await visitorWithCode('v2'), '+1 555 0100 199'));
    expect(body.data.temporaryId).toEqual(['v1', 'v2']);
  });

  it('shows the journey and joins nothing where no identity is given', async () => {
    const { body } = await redeem({ code: await visitorWithCode('v1') });
    expect(body.data).toMatchObject({ temporaryId: ['v1'], phone: [] });
    expect(await links(body.data.id)).toEqual([]);
  });

  it('joins nothing where the journey belongs to another known person', async () => {
    await redeem(withPhone(await visitorWithCode('v1'), '+15550100001'));
    const token = await aToken('v2');
    const code = await visitorWithCode('v2');
    const login = anEvent({
      identity: 'ruegreen@example.com',
      identitytype: 'email',
      previousidentity: 'v2',
      identitytoken: token,
      temporarysecret: 'secret-of-v2',
    });
    expect(await outcomes(server.url, [login])).toEqual(['ok']);
    const { status, body } = await redeem(withPhone(code, '+15550100001'));
    expect(status).toBe(409);
    expect(body.errors[0]).toContain('identity-conflict');
    const path = `/admin/v1/api/person/workspace-id/${workspace}/aliases/v2`;
    const person = await fetch(server.url + path, { headers: { authorization: `Bearer ${deskToken}` } });
    expect((await person.json()).data).toMatchObject([{ email: ['ruegreen@example.com'], phone: [] }]);
    // Spent all the same: a code is one try.
    expect((await redeem({ code })).status).toBe(404);
  });

  it('adds an unknown number to whoever is logged in at the browser, but not one that is a person already', async () => {
    for (const [visitor, email] of [
      ['v1', 'ann@example.com'],
      ['v2', 'bob@example.com'],
    ] as const) {
      await visitorWithCode(visitor);
      const secret = `secret-of-${visitor}`;
      const token = await aToken(visitor, { identity: email });
      const login = {
        identity: email,
        identitytype: 'email',
        previousidentity: visitor,
        identitytoken: token,
      } as const;
      expect(await outcomes(server.url, [anEvent({ ...login, temporarysecret: secret })])).toEqual(['ok']);
    }
    const code = async (temporaryId: string) =>
      (await ask({ temporaryId, secret: `secret-of-${temporaryId}` })).body.code as string;
    const { body } = await redeem(withPhone(await code('v1')));
    expect(body.data).toMatchObject({ email: ['ann@example.com'], phone: [phone] });
    expect((await redeem(withPhone(await code('v2')))).status).toBe(409);
  });

  it('survives a restart of the relay', async () => {
    const folder = aFolder();
    const config = aConfig(folder, { workspaces: workspaces(folder) });
    server = await startServer(config);
    const code = await visitorWithCode('v1');
    await server.close();
    server = await startServer(config);
    expect((await redeem(withPhone(code))).body.data.phone).toEqual([phone]);
    await server.close();
  });
});

describe('somebody who tries', () => {
  it('gets no code for a temporaryId of somebody else, and learns nothing about it', async () => {
    await visitorWithCode('v1');
    const wrong = await ask({ temporaryId: 'v1', secret: 'a guess' });
    const unknown = await ask({ temporaryId: 'nobody', secret: 'a guess' });
    expect(wrong.status).toBe(403);
    expect(wrong.body).toEqual(unknown.body);
    expect(wrong.body.code).toBe('visitor-unknown');
  });

  it('gets no code with another company’s key, from another site, or without the form', async () => {
    await visitorWithCode('v1');
    const mine = { temporaryId: 'v1', secret: 'secret-of-v1' };
    expect((await ask(mine, { key: other.siteKey })).body.code).toBe('visitor-unknown');
    expect((await ask(mine, { key: 'pk_guess' })).body.code).toBe('unknown-key');
    const elsewhere = await ask(mine, { origin: 'https://evil.test' });
    expect(elsewhere.body.code).toBe('wrong-origin');
    expect(elsewhere.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}-\w+$/);
    expect(elsewhere.headers.get('access-control-allow-origin')).toBe('https://evil.test');
    for (const bad of [null, [], {}, { temporaryId: 'v1' }, { temporaryId: 'v1', secret: 'x'.repeat(300) }]) {
      expect((await ask(bad)).body.code).toBe('call-code-malformed');
    }
    expect((await ask('{')).body.code).toBe('not-json');
    expect((await ask('x'.repeat(3_000))).status).toBe(413);
  });

  it('redeems nothing with a public key, a reading token, or the key of another company', async () => {
    const code = await visitorWithCode('v1');
    expect((await redeem(withPhone(code), { token: siteKey })).status).toBe(401);
    const made = await fetch(`${server.url}/v1/api/token/workspace-id/${workspace}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${deskToken}` },
    });
    expect((await redeem(withPhone(code), { token: (await made.json()).data.token })).status).toBe(403);
    expect((await redeem(withPhone(code), { token: other.token })).status).toBe(404);
    expect((await redeem(withPhone(code), { token: other.token, ws: other.id })).body.errors[0]).toContain(
      'call-code-unknown',
    );
    expect((await redeem(withPhone(code))).status).toBe(200);
  });

  it('is answered alike whatever is wrong with the code', async () => {
    const used = await visitorWithCode('v1');
    await redeem({ code: used });
    const never = used === '000000' ? '000001' : '000000';
    const answers = [
      await redeem(withPhone(used)),
      await redeem(withPhone(never)),
      await redeem(withPhone('123456789')),
    ];
    const shown = answers.map(({ status, body: { message, errors } }) => ({ status, message, errors }));
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('may be wrong five times for one phone, in whatever spelling, and is then refused a right one too', async () => {
    const code = await visitorWithCode('v1');
    const wrong = code === '000000' ? '000001' : '000000';
    for (const spelling of [phone, '15550100199', '+1 555 0100 199', '+1 (555) 010-0199', phone]) {
      expect((await redeem(withPhone(wrong, spelling))).status).toBe(404);
    }
    const { status, headers } = await redeem(withPhone(code));
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await redeem(withPhone(code, '+15550100002'))).status).toBe(200);
  });

  it('may be wrong thirty times with one key, whoever calls', async () => {
    const code = await visitorWithCode('v1');
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await redeem(withPhone(wrong, `+155502${String(tries).padStart(5, '0')}`))).status).toBe(404);
    }
    expect((await redeem(withPhone(code))).status).toBe(429);
    // Another key of the same company still may.
    expect((await redeem(withPhone(code), { token: 'ivr-token' })).status).toBe(200);
  });

  it('may not ask for codes without end', async () => {
    const answers: number[] = [];
    for (let tries = 0; tries < 70; tries += 1) answers.push((await ask({ temporaryId: 'v1', secret: 'x' })).status);
    expect(answers.slice(0, 60).every((status) => status === 403)).toBe(true);
    expect(answers).toContain(429);
  });

  it('finds nobody who was erased since the code was issued, and brings nobody back', async () => {
    const code = await visitorWithCode('v1');
    const base = `${server.url}/admin/v1/api/person/workspace-id/${workspace}`;
    const headers = { authorization: 'Bearer ivr-token' };
    const { data } = await (await fetch(`${base}/aliases/v1`, { headers })).json();
    expect((await fetch(`${base}/person-id/${data[0].id}/erase`, { method: 'POST', headers })).status).toBe(200);
    expect((await redeem(withPhone(code))).body.errors[0]).toContain('call-code-unknown');
    expect((await fetch(`${base}/aliases/v1`, { headers })).status).toBe(404);
    expect((await fetch(`${base}/aliases/${encodeURIComponent(phone)}`, { headers })).status).toBe(404);
  });

  it('is not joined under a name that is none', async () => {
    const code = await visitorWithCode('v1');
    expect((await redeem({ code, identity: 'v2', identitytype: 'temporaryId' })).status).toBe(400);
    expect((await redeem({ code, identity: phone })).status).toBe(400);
    for (const bad of ['12345', '1234567890', 'abcdef', 482913, null]) {
      expect((await redeem({ ...withPhone(code), code: bad })).body.errors[0]).toContain('call-code-malformed');
    }
    expect((await redeem({ code, identity: 'test@test.com', identitytype: 'email' })).body.errors[0]).toContain(
      'identity-blocked',
    );
  });

  it('is not shown a customer whose number reads like the name that they chose for their browser', async () => {
    const made = await fetch(`${server.url}/admin/v1/api/person/workspace-id/${workspace}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ivr-token' },
      body: JSON.stringify({ customerId: ['K-1000'], firstName: 'Victim' }),
    });
    expect(made.status).toBe(201);
    const { body } = await redeem({ code: await visitorWithCode('K-1000') });
    expect(body.data).toMatchObject({ firstName: null, customerId: [], temporaryId: ['K-1000'] });
  });
});
