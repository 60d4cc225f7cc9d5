import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Parsed, type Role, type TestWorkspace, useService } from './service.ts';

const keys = await generateKeyPair('ES256', { extractable: true });
const publicKey = await exportSPKI(keys.publicKey);
const service = useService({
  tokenIssuers: (id) => [{ issuer: 'https://idp.test', audience: `jds-${id}`, publicKey, algorithms: ['ES256'] }],
});
const token = '/v1/api/token/workspace-id/{ws}';
const history = '/v1/api/events/workspace-id/{ws}';
const persons = '/admin/v1/api/person/workspace-id/{ws}';
const audit = '/v1/api/audit/workspace-id/{ws}';

describe('short-lived tokens', () => {
  it('read, and do nothing else, whatever made them', async () => {
    const { ws, made } = await withToken({ role: 'admin', body: {} });
    expect((await ws.get(history, { token: made })).status).toBe(200);
    expect((await ws.get(persons, { token: made })).status).toBe(200);
    expect((await ws.publish({}, { token: made })).status).toBe(403);
    expect((await ws.call('POST', persons, { body: { email: ['x@bank.test'] }, token: made })).status).toBe(403);
    expect((await ws.call('POST', token, { body: {}, token: made })).status).toBe(403);
    const [person] = (await ws.get(persons)).body.data;
    const patch = [{ op: 'add', path: '/firstName', value: 'x' }];
    expect((await ws.call('PATCH', `${persons}/person-id/${person.id}`, { body: patch, token: made })).status).toBe(
      403,
    );
    expect((await ws.get(audit, { token: made })).status).toBe(403);
  });

  it('are told with the links of a person that they may not change them, as keys are', async () => {
    const { ws, made } = await withToken({ role: 'admin', body: {} });
    await ws.publish({ identity: 'rue@bank.test' });
    const path = `${persons}/person-id/${(await ws.get(persons)).body.data[0].id}`;
    const type = 'application/json-patch+json';
    const body = [{ op: 'replace', path: '/firstName', value: 'Rue' }];
    for (const caller of [{ token: made }, { role: 'agent' }, { role: 'reader' }, { role: 'config' }] as const) {
      const { meta } = (await ws.get(`${path}/links`, caller)).body;
      const may = (await ws.call('PATCH', path, { body, type, ...caller })).status < 300;
      expect(meta.mayEdit, JSON.stringify(caller)).toBe(may);
      expect(may).toBe('role' in caller && caller.role !== 'reader');
    }
  });

  it('read no more than the key that asked for them', async () => {
    const { ws, made } = await withToken({ role: 'orgReader', body: {} });
    expect((await ws.get(persons, { role: 'orgReader' })).status).toBe(403);
    expect((await ws.get(persons, { token: made })).status).toBe(403);
    expect((await ws.get(history, { token: made })).status).toBe(200);
    for (const role of ['agent', 'reader', 'config', 'admin'] as const) {
      expect((await ws.get(persons, { token: (await withToken({ role, body: {}, ws })).made })).status, role).toBe(200);
    }
  });

  it('live a quarter of an hour, and never longer than asked', async () => {
    const ws = service.workspace();
    const { body, status } = await ws.call('POST', token, { role: 'agent' });
    expect(status).toBe(201);
    expect(Math.abs(Date.parse(body.data.expiresAt) - Date.now() - 900_000)).toBeLessThan(30_000);
    for (const expiresInSeconds of [0, -1, 43_201, 1.5, '60']) {
      expect((await ws.call('POST', token, { body: { expiresInSeconds } })).status).toBe(400);
    }
    expect((await ws.call('POST', token, { body: { use: 'write' } })).status).toBe(400);
    expect((await ws.call('POST', token, { body: { identity: '' } })).status).toBe(400);
  });

  it('bound to an identity read this person under every alias, and nobody else, known or not', async () => {
    const { ws, made } = await withToken({ body: { identity: 'rue@bank.test' } });
    await ws.publish({ identity: 'visitor-1', identitytype: 'temporaryId' });
    await ws.publish({ identity: 'rue@bank.test', previousidentity: 'visitor-1' });
    await ws.publish({ identity: 'ann@bank.test' });
    for (const identity of ['rue@bank.test', 'RUE@bank.test', 'visitor-1']) {
      expect((await ws.get(`${history}?identity=${identity}`, { token: made })).status, identity).toBe(200);
      expect((await ws.get(`${persons}/aliases/${identity}`, { token: made })).status, identity).toBe(200);
    }
    const all = (await ws.get(persons)).body.data;
    const ann = all.find(({ email }: Parsed) => email.includes('ann@bank.test'));
    for (const path of [
      history,
      `${history}?identity=ann@bank.test`,
      `${history}?identity=nobody`,
      `${history}?personId=${ann.id}`,
      `${history}?identity=rue@bank.test&personId=${ann.id}`,
      persons,
      `${persons}?personId=${ann.id}`,
      `${persons}?personId=ffffffffffffffffffffffff`,
      `${persons}/aliases/ann@bank.test`,
      `${persons}/aliases/rue@bank.test,ann@bank.test`,
      `${persons}/aliases/nobody`,
      `${persons}/person-id/${ann.id}/links`,
      '/v1/api/events/stream/workspace-id/{ws}/identity/ann@bank.test',
      '/v1/api/events/stream/workspace-id/{ws}/identity/nobody',
    ]) {
      expect((await ws.get(path, { token: made })).status, path).toBe(403);
    }
  });

  it('bound to somebody unknown wait for them', async () => {
    const { ws, made } = await withToken({ body: { identity: 'new@bank.test' } });
    expect((await ws.get(`${history}?identity=new@bank.test`, { token: made })).status).toBe(404);
    await ws.publish({ identity: 'new@bank.test' });
    expect((await ws.get(`${history}?identity=new@bank.test`, { token: made })).status).toBe(200);
  });

  it('for streams open streams and nothing else', async () => {
    const { ws, made } = await withToken({ body: { use: 'stream' } });
    expect((await ws.get(history, { token: made })).status).toBe(403);
    expect((await ws.get(persons, { token: made })).status).toBe(403);
  });

  it('are good for their own workspace only, and not once altered', async () => {
    const { ws, made } = await withToken({ body: {} });
    const other = service.workspace();
    expect((await other.get(history, { token: made })).status).toBe(404);
    const [head, , signature] = made.split('.');
    const forged = Buffer.from(JSON.stringify({ aud: other.id, sub: 'x', use: 'read', exp: 9_999_999_999 }));
    expect((await other.get(history, { token: `${head}.${forged.toString('base64url')}.${signature}` })).status).toBe(
      401,
    );
    expect((await ws.get(history, { token: `${made.slice(0, -2)}AA` })).status).toBe(401);
  });
});

describe('JWTs of a configured issuer', () => {
  const sign = (ws: TestWorkspace, claims: Record<string, unknown> = {}, key = keys.privateKey) =>
    new SignJWT({ scope: 'cjp:user cjp:config_read', ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('https://idp.test')
      .setAudience(`jds-${ws.id}`)
      .setSubject('agent-7')
      .setExpirationTime('5 min')
      .sign(key);

  it('are taken with their scopes', async () => {
    const ws = service.workspace();
    await ws.publish({});
    expect((await ws.get(history, { token: await sign(ws) })).status).toBe(200);
    expect((await ws.publish({}, { token: await sign(ws) })).status).toBe(403);
    expect((await ws.publish({}, { token: await sign(ws, { scope: 'cjp:config_write' }) })).status).toBe(202);
  });

  it('name their own workspace where the address names none', async () => {
    const [, ws] = [service.workspace(), service.workspace()];
    const base = '/admin/v1/api/workspace';
    const { status, body } = await ws.get(base, { token: await sign(ws) });
    expect([status, body.data?.map(({ id }: Parsed) => id)]).toEqual([200, [ws.id]]);
    const { privateKey } = await generateKeyPair('ES256');
    expect((await ws.get(base, { token: await sign(ws, {}, privateKey) })).status).toBe(401);
    expect((await ws.get(base, { token: await sign(ws, { scope: 'cjp:user' }) })).status).toBe(403);
  });

  it('are refused for another audience, workspace, key, or when they are expired', async () => {
    const [ws, other] = [service.workspace(), service.workspace()];
    const { privateKey } = await generateKeyPair('ES256');
    for (const bad of [
      await sign(other),
      await sign(ws, { workspaceId: other.id }),
      await sign(ws, {}, privateKey),
      await new SignJWT({ scope: 'cjp:user' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('https://idp.test')
        .setAudience(`jds-${ws.id}`)
        .setSubject('x')
        .setExpirationTime('5 min')
        .sign(Buffer.from(publicKey)),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"iss":"https://idp.test","aud":"jds-${ws.id}","sub":"x","exp":9999999999,"scope":"cjp:user"}`).toString('base64url')}.`,
    ]) {
      expect((await ws.get(history, { token: bad })).status).toBe(401);
    }
  });
});

describe('the audit', () => {
  it('tells who read and changed whom, by id and never by identity', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'rue@bank.test' });
    const made = await ws.call('POST', token, { body: { name: 'maria' }, role: 'agent' });
    await ws.get(`${history}?identity=rue@bank.test`, { token: made.body.data.token });
    const [person] = (await ws.get(`${persons}/aliases/rue@bank.test`, { role: 'reader' })).body.data;
    const patch = [{ op: 'add', path: '/firstName', value: 'Rue' }];
    await ws.call('PATCH', `${persons}/person-id/${person.id}`, { body: patch, role: 'agent' });
    const { data } = (await ws.get(`${audit}?personId=${person.id}`)).body;
    expect(data.map(({ caller, call }: Parsed) => [caller, call])).toEqual([
      ['agent', 'patchPerson'],
      ['reader', 'getPersonsByAliases'],
      ['agent/maria', 'getEvents'],
    ]);
    expect(JSON.stringify((await ws.get(audit)).body)).not.toContain('rue@');
    expect((await ws.get(`${audit}?pageSize=1`)).body.data).toHaveLength(1);
    expect((await service.workspace().get(audit)).body.data).toEqual([]);
  });

  it('tells of reads that were refused, by whom as far as that is known, and not without end', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'rue@bank.test' });
    expect((await ws.get(`${history}?identity=nobody`, { role: 'agent' })).status).toBe(404);
    expect((await ws.get(history, { role: 'nothing' })).status).toBe(403);
    expect((await ws.get(history, { token: 'guessed' })).status).toBe(401);
    const strange = service.workspace();
    const elsewhere = history.replace('{ws}', strange.id);
    expect((await ws.get(elsewhere, { role: 'agent' })).status).toBe(404);
    const { data } = (await ws.get(audit)).body;
    expect(data.map(({ caller, call, refused }: Parsed) => [caller, call, refused])).toEqual([
      ['agent', 'getEvents', 404],
      ['unknown', 'getEvents', 401],
      ['nothing', 'getEvents', 403],
      ['agent', 'getEvents', 404],
    ]);
    // Nobody fills the audit without a token.
    for (let time = 0; time < 150; time += 1) await strange.get(history, { token: 'guessed' });
    expect((await strange.get(audit)).body.data.length).toBeLessThanOrEqual(120);
  });
});

async function withToken({
  body,
  role = 'agent',
  ws = service.workspace(),
}: {
  body: unknown;
  role?: Role;
  ws?: TestWorkspace;
}) {
  await ws.publish({ identity: 'someone@bank.test' });
  const answer = await ws.call('POST', token, { body, role });
  return { ws, made: answer.body.data.token as string };
}
