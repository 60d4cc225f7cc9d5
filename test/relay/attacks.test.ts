// What somebody on the open internet may try, with a public key from a page's source: each attack from the threat list.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer, type WorkspaceConfig } from '../../src/server/index.ts';
import {
  aConfig,
  anEvent,
  aToken,
  collect,
  historyOf,
  identityKey,
  outcomes,
  read,
  siteKey,
  siteOrigin,
  workspace,
} from '../helpers.ts';

const backendToken = 'sk_of-the-back-end-of-the-tests';
const olderToken = 'sk_with-the-older-scope-of-the-tests';
const shopKey = 'pk_test_home_shop';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Home Bank, with a shop that may only send its own source, and a back end that may write. */
function theBank(folder: string): WorkspaceConfig {
  const [bank] = aConfig(folder).workspaces;
  if (!bank) throw new Error('the test configuration has a workspace');
  return {
    ...bank,
    siteKeys: [
      ...(bank.siteKeys ?? []),
      {
        key: shopKey,
        origins: [siteOrigin],
        sources: ['shop.example:*'],
        types: ['webvisit*'],
        identitytypes: ['email'],
      },
    ],
    serverKeys: [
      ...(bank.serverKeys ?? []),
      { name: 'back end', token: backendToken, scopes: ['cjp:config_write'] },
      { name: 'older back end', token: olderToken, scopes: ['cjp:config'] },
    ],
    identityKeys: [...(bank.identityKeys ?? []), { kid: 'ec', alg: 'ES256', secret: publicPem }],
  };
}

const event = (who: string, attributes: Parameters<typeof anEvent>[0] = {}) =>
  anEvent({ identity: who, temporarysecret: `secret-of-${who}`, ...attributes });
const login = (who: string, identity: string, identitytoken?: string) =>
  event(who, {
    type: 'webvisitLogin',
    identity,
    identitytype: 'email',
    previousidentity: who,
    ...(identitytoken !== undefined && { identitytoken }),
  });
const types = async (url: string, identity: string) => (await historyOf(url, identity)).map(({ type }) => type).sort();

describe('an attacker with the public key', () => {
  let folder: string;
  let server: RunningServer;
  let url: string;
  let people = 0;
  let victim: string;
  let phone: string;
  let attacker: string;
  let attackerMail: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-'));
    server = await startServer(aConfig(folder, { workspaces: [theBank(folder)] }));
    url = server.url;
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // One server for all: each test has a victim and an attacker of its own.
  beforeEach(async () => {
    people += 1;
    victim = `victim-${people}@example.com`;
    phone = `phone-of-victim-${people}`;
    attacker = `attacker-${people}`;
    attackerMail = `attacker-${people}@example.com`;
    await outcomes(url, [event(phone), login(phone, victim, await aToken(phone, { identity: victim }))]);
    await outcomes(url, [event(attacker, { type: 'webvisitOfAttacker' })]);
  });
  const untouched = async () => expect(await types(url, victim)).toEqual(['webvisit', 'webvisitLogin']);

  describe('who wants to get into a victim’s journey', () => {
    it('does not by naming the victim as identity, with no token or with one of their own', async () => {
      const own = await aToken(attacker, { identity: attackerMail });
      expect(await outcomes(url, [login(attacker, victim), login(attacker, victim, own)])).toEqual([
        'ok identity-unproven',
        'ok identity-unproven',
      ]);
      await untouched();
    });

    it('does not by naming the victim’s temporaryId or address as previousidentity', async () => {
      const own = await aToken(phone, { identity: attackerMail });
      for (const previousidentity of [phone, victim, ` ${victim} `, victim.toUpperCase()]) {
        const claim = { ...login(attacker, attackerMail, own), previousidentity };
        const [outcome] = await outcomes(url, [claim]);
        expect(outcome, previousidentity).toMatch(/^refused|^ok identity-unproven/);
      }
      await untouched();
      expect(await types(url, attackerMail)).not.toContain('webvisitLogin');
    });

    it('does not by passing the victim’s address off as a temporaryId', async () => {
      for (const identity of [victim, victim.toUpperCase(), ` ${victim}`]) {
        await outcomes(url, [event(identity, { type: 'webvisitPlanted' })]);
      }
      await untouched();
    });

    it('does not by registering an address as a temporaryId before its owner comes', async () => {
      const later = 'later@example.com';
      await outcomes(url, [event(later, { type: 'webvisitPlanted' })]);
      await outcomes(url, [event('newcomer')]);
      await outcomes(url, [login('newcomer', later, await aToken('newcomer', { identity: later }))]);
      expect(await types(url, later)).toEqual(['webvisit', 'webvisitLogin']);
    });

    it('does not by planting their own identified temporaryId in the victim’s browser', async () => {
      const mine = await aToken(attacker, { identity: attackerMail });
      await outcomes(url, [login(attacker, attackerMail, mine)]);
      // The victim's page took over the cookie whole, and the bank vouches for the victim in that browser.
      const planted = await aToken(attacker, { identity: victim });
      expect(await outcomes(url, [login(attacker, victim, planted)])).toEqual(['ok identity-conflict']);
      expect(await types(url, victim)).not.toContain('webvisitOfAttacker');
    });

    it('does not by planting a temporaryId alone, as a decorated link can: the secret does not come along', async () => {
      const planted = await aToken(attacker, { identity: 'other@example.com' });
      const claim = {
        ...login(attacker, 'other@example.com', planted),
        temporarysecret: 'minted by the victim’s page',
      };
      expect(await outcomes(url, [claim])).toEqual(['refused identity-unproven']);
      expect(await types(url, 'other@example.com')).toEqual([]);
    });

    it('does not by writing under a temporaryId that was learnt from a log', async () => {
      for (const temporarysecret of [undefined, '', 'guess', `secret-of-${attacker}`]) {
        const { temporarysecret: _own, ...bare } = event(phone, { type: 'webvisitForged' });
        const forged = temporarysecret === undefined ? bare : { ...bare, temporarysecret };
        expect(await outcomes(url, [forged])).toEqual(['refused temporaryid-not-yours']);
        expect(await outcomes(url, [event(attacker), forged, event(attacker)])).toEqual([
          'ok',
          'refused temporaryid-not-yours',
          'ok',
        ]);
      }
      await untouched();
    });
  });

  it('reads nothing back: neither as a bearer, nor from what collect answers', async () => {
    for (const path of [
      `/v1/api/events/workspace-id/${workspace}?identity=${encodeURIComponent(victim)}`,
      `/admin/v1/api/person/workspace-id/${workspace}/aliases/${encodeURIComponent(victim)}`,
    ]) {
      expect((await read(url, path, siteKey)).status).toBe(401);
      expect((await fetch(`${url}${path}&bearerToken=${siteKey}&key=${siteKey}`)).status).toBe(401);
    }
    expect((await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${siteKey}` } })).status).toBe(401);
    const response = await collect(url, [login(attacker, victim), login(attacker, 'nobody@example.com')]);
    const { results } = await response.json();
    const plain = results.map(({ index: _index, id: _id, ...rest }: Record<string, unknown>) => rest);
    expect(plain[0]).toEqual(plain[1]);
  });

  describe('with tokens that are not theirs to use', () => {
    const now = Math.floor(Date.now() / 1000);
    let claims: Record<string, unknown>;
    beforeEach(() => {
      claims = {
        aud: workspace,
        sub: victim,
        identitytype: 'email',
        tid: attacker,
        iat: now,
        exp: now + 600,
        jti: 'x',
      };
    });
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = (
      payload: object,
      header: { alg: string; kid: string },
      secret: string | Uint8Array = identityKey.secret,
    ) =>
      new SignJWT({ ...payload })
        .setProtectedHeader(header)
        .sign(typeof secret === 'string' ? Buffer.from(secret) : secret);
    const mine = { alg: 'HS256', kid: identityKey.kid };

    it.each([
      ['alg none', async () => `${encode({ alg: 'none', kid: 'test' })}.${encode(claims)}.`],
      ['no algorithm', async () => `${encode({ kid: 'test' })}.${encode(claims)}.`],
      ['a public key as HMAC secret', () => signed(claims, { alg: 'HS256', kid: 'ec' }, publicPem)],
      ['another secret', () => signed(claims, mine, 'x'.repeat(32))],
      ['an empty kid', () => signed(claims, { alg: 'HS256', kid: '' })],
      ['another workspace', () => signed({ ...claims, aud: '64f000000000000000000002' }, mine)],
      ['no audience', () => signed({ ...claims, aud: undefined }, mine)],
      ['another browser', () => signed({ ...claims, tid: phone }, mine)],
      ['no browser', () => signed({ ...claims, tid: undefined }, mine)],
      ['a life that is over', () => signed({ ...claims, iat: now - 7200, exp: now - 3600 }, mine)],
      ['a life of a year', () => signed({ ...claims, exp: now + 31_536_000 }, mine)],
      ['no end', () => signed({ ...claims, exp: undefined }, mine)],
      ['a temporaryId as identity', () => signed({ ...claims, identitytype: 'temporaryId' }, mine)],
      ['another type', () => signed({ ...claims, identitytype: 'phone' }, mine)],
      ['a signature cut off', async () => (await signed(claims, mine)).slice(0, -4)],
      [
        'claims swapped under a signature',
        async () => {
          const [head, , signature] = (await signed({ ...claims, sub: attackerMail }, mine)).split('.');
          return `${head}.${encode(claims)}.${signature}`;
        },
      ],
      [
        'a key of their own in the header',
        async () =>
          `${encode({ alg: 'ES256', kid: 'ec', jwk: publicKey.export({ format: 'jwk' }) })}.${encode(claims)}.AAAA`,
      ],
    ])('joins nobody: %s', async (_what, make) => {
      expect(await outcomes(url, [login(attacker, victim, await make())])).toEqual(['ok identity-unproven']);
      await untouched();
    });

    it('joins nobody with a token that another browser already used', async () => {
      const stolen = await signed({ ...claims, tid: phone }, mine);
      expect(await outcomes(url, [login(phone, victim, stolen)])).toEqual(['ok']);
      expect(await outcomes(url, [login(attacker, victim, stolen)])).toEqual(['ok identity-unproven']);
      expect(await types(url, victim)).not.toContain('webvisitOfAttacker');
    });

    it('joins nobody with a token that names no browser and that another one showed first', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'waymark-'));
      const config = aConfig(folder, {
        workspaces: [{ ...theBank(folder), identity: { verify: 'enforce', unboundTokens: true } }],
      });
      let server = await startServer(config);
      const { tid: _none, ...unbound } = claims;
      const copied = await signed(unbound, mine);
      const first = login(phone, victim, copied);
      expect(await outcomes(server.url, [first])).toEqual(['ok']);
      expect(await outcomes(server.url, [login(attacker, victim, copied)])).toEqual(['ok identity-unproven']);
      // Nor after a restart; and the first browser may send again as often as it has to.
      await server.close();
      server = await startServer(config);
      expect(await outcomes(server.url, [login(attacker, victim, copied)])).toEqual(['ok identity-unproven']);
      expect(await outcomes(server.url, [first, login(phone, victim, copied)])).toEqual(['duplicate', 'ok']);
      expect(await types(server.url, victim)).toEqual(['webvisitLogin', 'webvisitLogin']);
      const another = await signed({ ...unbound, jti: 'y' }, mine);
      expect(await outcomes(server.url, [login('laptop', victim, another)])).toEqual(['ok']);
      await server.close();
      rmSync(folder, { recursive: true });
    });

    it('makes the relay check twenty tokens a batch at most', async () => {
      const good = await signed(claims, mine);
      const batch = Array.from({ length: 40 }, () => login(attacker, 'me@example.com', good));
      expect((await outcomes(url, batch)).every((outcome) => outcome === 'ok identity-unproven')).toBe(true);
    });

    it('takes the same claims when all is in order, with either algorithm', async () => {
      const ec = await new SignJWT({ ...claims, sub: 'honest@example.com', tid: 'honest' })
        .setProtectedHeader({ alg: 'ES256', kid: 'ec' })
        .sign(privateKey);
      expect(await outcomes(url, [event('honest'), login('honest', 'honest@example.com', ec)])).toEqual(['ok', 'ok']);
    });
  });

  it('sends nothing that is kept for server keys, however it is spelt', async () => {
    const attempts = [
      { type: 'task:new' },
      { type: 'TASK:ended' },
      { type: ' agent:login' },
      { type: 'empath:data' },
      { source: '/com/cisco/wxcc/1' },
      { source: '/com/cisco/WxCC' },
      { source: '/com/cisco/%77xcc/1' },
    ];
    const found = await outcomes(
      url,
      attempts.map((attributes) => event(attacker, attributes)),
    );
    expect(new Set(found)).toEqual(new Set(['refused type-reserved']));
  });

  it('sends nothing under a source, type or identitytype that the key does not allow', async () => {
    const own = { source: 'shop.example:website' };
    const token = await aToken('shopper', { identity: '+15550100199', identitytype: 'phone' });
    const phone = { ...login('shopper', '+15550100199', token), ...own, identitytype: 'phone' as const };
    expect(
      await outcomes(
        url,
        [event('shopper', own), event('shopper'), event('shopper', { ...own, type: 'purchase' }), phone],
        { key: shopKey },
      ),
    ).toEqual(['ok', 'refused source-not-allowed', 'refused type-not-allowed', 'refused identitytype-not-allowed']);
  });

  it('cannot take the id of an event that a back end is about to send', async () => {
    const body = { id: 'order-4711', source: 'home.com:orders', time: '2026-11-22T10:00:00.000Z' };
    expect(await outcomes(url, [event(attacker, body)])).toEqual(['ok']);
    const response = await fetch(`${url}/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${backendToken}`, 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(anEvent({ ...body, identity: attacker, type: 'order' })),
    });
    expect((await response.json()).results).toEqual([{ index: 0, id: 'order-4711', result: 'ok' }]);
  });

  it('is no trusted sender without the right scope', async () => {
    const send = (token: string) =>
      fetch(`${url}/collect?key=${siteKey}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: '[]',
      });
    expect((await send('desk-token-of-the-tests')).status).toBe(403);
    expect((await send('sk_guessed')).status).toBe(401);
    expect((await send(backendToken)).status).toBe(202);
    expect((await send(olderToken)).status).toBe(202);
  });

  it('changes nothing by SQL in any field, and neither by names of prototypes', async () => {
    const texts = [
      "'; DROP TABLE event; --",
      "' OR 1=1 --",
      '"; DELETE FROM alias; --',
      '\\',
      '%',
      '__proto__',
      'constructor',
      'toString',
    ];
    for (const text of texts) {
      const unspaced = text.replaceAll(' ', '/**/');
      await outcomes(url, [
        event(attacker, { id: text }),
        event(attacker, { type: text }),
        event(attacker, { source: unspaced }),
        event(text),
        login(text, text),
        event(attacker, { previousidentity: text }),
        event(attacker, { data: { taskId: text, [text]: text } }),
        { ...event(attacker), [text]: text },
        event(attacker, { identitytype: text as never }),
        event(attacker, { temporarysecret: text }),
      ]);
      await collect(url, [event(attacker)], { sent: text, consent: text, counters: text });
      await historyOf(url, text);
    }
    await untouched();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
