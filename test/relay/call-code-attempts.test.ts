// What is seen of those who try codes: limits that hold for the whole company, the audit, and the numbers.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/access/index.ts';
import { aConfig, anEvent, aServer, aToken, outcomes, siteKey, siteOrigin, workspace } from '../helpers.ts';

const other = '64f000000000000000000002';
const key = (name: string, scope: Scope) => ({ name, token: `token-of-${name}-in-the-tests`, scopes: [scope] });
const agents = Array.from({ length: 5 }, (_, index) => key(`agent-${index}`, 'cjp:user'));

function companies() {
  const [bank] = aConfig('').workspaces;
  if (!bank) throw new Error('the test configuration has a workspace');
  const serverKeys = [...agents, key('admin', 'cjp:config_write'), key('prometheus', 'cjp:config_read')];
  return [
    { ...bank, serverKeys },
    { id: other, name: 'Other', serverKeys: [key('stranger', 'cjp:user')] },
  ];
}

let url: string;
beforeEach(async () => {
  ({ url } = await aServer({ workspaces: companies() }));
});

const ask = (body: unknown, { site = siteKey, origin = siteOrigin } = {}) =>
  fetch(`${url}/call-code?key=${site}`, { method: 'POST', headers: { origin }, body: JSON.stringify(body) });

async function visitorWithCode(temporaryId: string): Promise<string> {
  const secret = `secret-of-${temporaryId}`;
  expect(await outcomes(url, [anEvent({ identity: temporaryId, temporarysecret: secret })])).toEqual(['ok']);
  return (await (await ask({ temporaryId, secret })).json()).code;
}

async function redeem(code: string, identity: string, { name = 'agent-0', ws = workspace } = {}): Promise<number> {
  const response = await fetch(`${url}/v1/api/call-code/workspace-id/${ws}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key(name, 'cjp:user').token}` },
    body: JSON.stringify({ code, identity, identitytype: 'phone' }),
  });
  return response.status;
}

async function get(path: string, name: string): Promise<Response> {
  return fetch(url + path, { headers: { authorization: `Bearer ${key(name, 'cjp:user').token}` } });
}

const metric = async (name: string) =>
  (await (await get('/metrics', 'prometheus')).text()).split('\n').filter((line) => line.startsWith(`${name}{`));
const phone = (number: number) => `+15550${String(number).padStart(6, '0')}`;
const unlike = (code: string) => (code === '000000' ? '000001' : '000000');

describe('wrong call codes', () => {
  it('are a hundred for a company, whichever keys and phones try; another company still may', async () => {
    const code = await visitorWithCode('v1');
    for (let tries = 0; tries < 100; tries += 1) {
      const name = `agent-${Math.floor(tries / 25)}`;
      expect(await redeem(unlike(code), phone(tries), { name }), `try ${tries}`).toBe(404);
    }
    expect(await redeem(code, phone(100), { name: 'agent-4' })).toBe(429);
    expect(await redeem(code, phone(0), { name: 'stranger', ws: other })).toBe(404);
  });

  it('stand in the audit with whose key it was, and in the numbers', async () => {
    const code = await visitorWithCode('v1');
    expect(await redeem(unlike(code), phone(1))).toBe(404);
    expect(await redeem(code, phone(1), { name: 'agent-1' })).toBe(200);
    const taken = await visitorWithCode('v2');
    const login = { identity: 'ann@example.com', identitytype: 'email', previousidentity: 'v2' } as const;
    const identitytoken = await aToken('v2', { identity: 'ann@example.com' });
    expect(await outcomes(url, [anEvent({ ...login, identitytoken, temporarysecret: 'secret-of-v2' })])).toEqual([
      'ok',
    ]);
    expect(await redeem(taken, phone(1), { name: 'agent-2' })).toBe(409);
    expect(await redeem('12', phone(1))).toBe(400);
    for (let tries = 0; tries < 4; tries += 1) await redeem(unlike(code), phone(1));
    expect(await redeem(unlike(code), phone(1), { name: 'agent-3' })).toBe(429);

    const { data } = await (await get(`/v1/api/audit/workspace-id/${workspace}`, 'admin')).json();
    const attempts = data.filter(({ call }: { call: string }) => call === 'redeemCallCode');
    expect(attempts.map(({ caller, refused }: { caller: string; refused?: number }) => [caller, refused])).toEqual([
      ['agent-3', 429],
      ...new Array(4).fill(['agent-0', 404]),
      ['agent-2', 409],
      ['agent-1', undefined],
      ['agent-0', 404],
    ]);
    expect((await metric('waymark_call_codes_total')).sort()).toEqual([
      'waymark_call_codes_total{outcome="conflict"} 1',
      'waymark_call_codes_total{outcome="limited"} 1',
      'waymark_call_codes_total{outcome="malformed"} 1',
      'waymark_call_codes_total{outcome="redeemed"} 1',
      'waymark_call_codes_total{outcome="unknown"} 5',
    ]);
  });
});

it('counts what a page was refused by its site key, and makes no label of one that is none', async () => {
  const collect = (site: string, origin: string) =>
    fetch(`${url}/collect?key=${site}`, { method: 'POST', headers: { origin }, body: '[]' });
  for (const origin of ['https://new-branch.test', 'https://evil.test']) await collect(siteKey, origin);
  await ask({}, { origin: 'https://new-branch.test' });
  for (const made of ['pk_made_up_1', 'pk_made_up_2']) {
    await collect(made, siteOrigin);
    await ask({}, { site: made });
  }
  await fetch(`${url}/collect`, { method: 'POST', headers: { authorization: 'Bearer sk_guessed' }, body: '[]' });
  expect((await metric('waymark_key_refusals_total')).sort()).toEqual([
    `waymark_key_refusals_total{key="${siteKey}",code="wrong-origin"} 3`,
    'waymark_key_refusals_total{key="server",code="unknown-key"} 1',
    'waymark_key_refusals_total{key="unknown",code="unknown-key"} 4',
  ]);
});
