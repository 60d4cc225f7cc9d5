// How much the relay takes from whom, over HTTP, and what it does with those who send too slowly.
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { EventResult } from '../../src/protocol/index.ts';
import type { LimitsConfig, ServerConfig } from '../../src/server/index.ts';
import { anEvent, aServer, collect, historyOf, siteKey, siteOrigin } from '../helpers.ts';

const event = (who: string, attributes: Parameters<typeof anEvent>[0] = {}) =>
  anEvent({ identity: who, temporarysecret: `secret-of-${who}`, ...attributes });
const events = (who: string, count: number) => Array.from({ length: count }, () => event(who));
const withLimits = (limits: LimitsConfig, more: Partial<ServerConfig> = {}) => aServer({ limits, ...more });
const some = { perSecond: 0.01, burst: 100 };
const plenty = { perSecond: 1_000_000, burst: 1_000_000 };

async function send(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/collect?key=${siteKey}`, {
    method: 'POST',
    headers: { origin: siteOrigin, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('limits of the collect endpoint', () => {
  it('put off only the events of a noisy visitor, not those of others in the same batch', async () => {
    const { url } = await withLimits({ visitor: { perSecond: 0.01, burst: 10 } });
    const response = await collect(url, [...events('noisy', 12), ...events('quiet', 3)]);
    const { results } = (await response.json()) as { results: EventResult[] };
    expect(response.status).toBe(202);
    expect(results.map(({ result }) => result)).toEqual([
      ...new Array(10).fill('ok'),
      'retry',
      'retry',
      ...new Array(3).fill('ok'),
    ]);
    expect(results[10]).toMatchObject({ code: 'rate-limited', id: expect.any(String) });
    expect(results[10]?.retryAfterMs).toBeGreaterThan(1000);
    expect((await send(url, [event('noisy')])).body.results[0].result).toBe('retry');
    expect((await send(url, [event('quiet')])).body.results[0].result).toBe('ok');
  });

  it('are not used up for a visitor by somebody who only knows the temporaryId', async () => {
    const { url } = await withLimits({ visitor: { perSecond: 0.01, burst: 10 } });
    await send(url, events('victim', 2));
    await send(
      url,
      events('victim', 50).map((one) => ({ ...one, temporarysecret: 'guessed' })),
    );
    expect((await send(url, [event('victim')])).body.results[0].result).toBe('ok');
  });

  it('answer 429 with Retry-After that the page can read where the address sent too much, whatever ids it makes up', async () => {
    const { url } = await withLimits({ address: some });
    let taken = 0;
    for (let index = 0; index < 40; index++) {
      const { status } = await send(url, events(`made-up-${index}`, 5), { 'x-forwarded-for': `203.0.113.${index}` });
      if (status === 202) taken += 5;
    }
    // Strangers may use three quarters of the burst.
    expect(taken).toBeLessThanOrEqual(75);
    expect(taken).toBeGreaterThanOrEqual(70);
    const { status, headers, body } = await send(url, events('another', 5));
    expect([status, body.code]).toEqual([429, 'rate-limited']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(1);
    expect(headers.get('access-control-allow-origin')).toBe(siteOrigin);
    expect(headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  it('let those who proved to hold their temporaryId go first', async () => {
    const { url } = await withLimits({ address: some });
    expect((await send(url, [event('regular')])).status).toBe(202);
    for (let index = 0; index < 20; index++) await send(url, events(`flood-${index}`, 10));
    expect((await send(url, events('stranger', 10))).status).toBe(429);
    expect((await send(url, [event('regular')])).status).toBe(202);
  });

  it('tell visitors behind a trusted proxy apart', async () => {
    const { url } = await withLimits({ address: some }, { collect: { trustedProxies: 1 } });
    for (let index = 0; index < 20; index++) {
      const forged = { 'x-forwarded-for': `1.1.1.${index}, 203.0.113.9` };
      await send(url, events(`flood-${index}`, 10), forged);
    }
    expect((await send(url, events('a', 10), { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' })).status).toBe(429);
    expect((await send(url, [event('b')], { 'x-forwarded-for': '1.1.1.1, 203.0.113.10' })).status).toBe(202);
  });

  it('hold a key to its own rate and its bytes a day', async () => {
    const limits = { eventsPerSecond: 0.01, burst: 10, bytesPerDay: 20_000 };
    const { url } = await aServer({
      workspaces: [
        {
          id: '64f000000000000000000001',
          name: 'Bank',
          siteKeys: [
            { key: siteKey, origins: [siteOrigin], limits },
            { key: 'pk_another_key', origins: [siteOrigin] },
          ],
        },
      ],
    });
    expect((await send(url, events('a', 7))).status).toBe(202);
    expect((await send(url, events('b', 7))).body.code).toBe('rate-limited');
    const big = [event('a', { data: { text: 'x'.repeat(15_000) } })];
    expect((await send(url, big)).status).toBe(202);
    const refused = await send(url, big);
    expect([refused.status, refused.body.code]).toEqual([429, 'over-quota']);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
    const other = await collect(url, events('c', 20), { key: 'pk_another_key' });
    expect(other.status).toBe(202);
  });

  it('refuse more events than the disk can take, without waiting for it', async () => {
    const { url } = await withLimits({ maxPending: 8, address: plenty, key: plenty });
    const { status, body } = await send(url, events('a', 9));
    expect([status, body.code]).toEqual([503, 'busy']);
    expect((await send(url, events('a', 5))).status).toBe(202);
  });

  it('answer 408 to a body and to headers that do not come, and close the connection', async () => {
    const { url } = await aServer({ collect: { bodyTimeoutMs: 300 } });
    const { hostname, port } = new URL(url);
    const talk = (text: string) =>
      new Promise<string>((resolve, reject) => {
        let answer = '';
        const socket = connect(Number(port), hostname, () => socket.write(text));
        socket.on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(answer));
      });
    const [body, headers] = await Promise.all([
      talk(
        `POST /collect?key=${siteKey} HTTP/1.1\r\nhost: x\r\norigin: ${siteOrigin}\r\ncontent-length: 1000\r\n\r\n[{"id":`,
      ),
      talk(`POST /collect?key=${siteKey} HTTP/1.1\r\nhost: x\r\nx-slow: `),
    ]);
    expect(body).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).toContain('too-slow');
    expect(body).toContain(`access-control-allow-origin: ${siteOrigin}`);
    expect(headers).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('a bad event', () => {
  it('still lends its secret to the events after it, with options that rewrite the batch too', async () => {
    for (const overrides of [{}, { collect: { browser: true } }] as Partial<ServerConfig>[]) {
      const { url } = await aServer(overrides);
      const bad = [event('a', { data: { text: 'x'.repeat(70_000) } }), event('b', { type: '' })];
      const { body } = await send(url, [...bad, anEvent({ identity: 'a' }), anEvent({ identity: 'b' })]);
      expect(body.results.map(({ result }: EventResult) => result)).toEqual(['refused', 'refused', 'ok', 'ok']);
    }
  });
});

describe('the door', () => {
  it('takes the origins of a key, with a wildcard for subdomains, and null only where the key says so', async () => {
    const { url } = await aServer({
      workspaces: [
        {
          id: '64f000000000000000000001',
          name: 'Bank',
          siteKeys: [
            { key: siteKey, origins: ['https://*.bank.test'] },
            { key: 'pk_sandboxed_frames', origins: ['null'] },
          ],
        },
      ],
    });
    const status = async (key: string, origin: string) =>
      (await fetch(`${url}/collect?key=${key}`, { method: 'POST', headers: { origin }, body: '[]' })).status;
    expect(await status(siteKey, 'https://www.bank.test')).toBe(202);
    expect(await status(siteKey, 'https://a.b.bank.test')).toBe(202);
    for (const origin of [
      'https://bank.test',
      'http://www.bank.test',
      'https://www.bank.test:8443',
      'https://evil.test',
      'https://bank.test.evil.test',
      'https://evil.test/.bank.test',
      'null',
    ]) {
      expect([origin, await status(siteKey, origin)]).toEqual([origin, 403]);
    }
    expect(await status('pk_sandboxed_frames', 'null')).toBe(202);
  });

  it('answers every method and preflight with CORS headers, and stands where the configuration says', async () => {
    const { url } = await aServer({ collect: { path: '/in' } });
    const ask = (path: string, method: string) =>
      fetch(`${url}${path}`, { method, headers: { origin: 'https://any.test' } });
    const preflight = await ask('/in?key=x', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-max-age')).toBe('7200');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    const read = await ask('/in', 'GET');
    expect([read.status, (await read.json()).code, read.headers.get('allow')]).toEqual([
      405,
      'method-not-allowed',
      'POST, OPTIONS',
    ]);
    expect(read.headers.get('access-control-allow-origin')).toBe('https://any.test');
    expect((await ask('/collect?key=x', 'POST')).status).toBe(404);
    expect((await ask('/inner', 'POST')).status).toBe(404);
  });

  it('adds what it knows of the browser only where the options say so, and never what a page wrote in its place', async () => {
    const forged = { clientbot: true, clientaddress: '1.2.3.4', clientbrowser: 'x' } as never;
    const plain = await aServer();
    await send(plain.url, [event('a', forged)]);
    expect(Object.keys((await historyOf(plain.url, 'a'))[0] ?? {}).filter((name) => name.startsWith('client'))).toEqual(
      [],
    );

    const telling = await aServer({
      collect: { browser: true, bots: 'mark', address: 'truncated', trustedProxies: 1 },
    });
    const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    await send(telling.url, [event('a', forged)], { 'user-agent': crawler, 'x-forwarded-for': '203.0.113.77' });
    expect((await historyOf(telling.url, 'a'))[0]).toMatchObject({
      clientbrowser: 'other desktop',
      clientbot: true,
      clientaddress: '203.0.113.0',
    });

    const strict = await aServer({ collect: { bots: 'refuse' } });
    expect((await send(strict.url, [event('a')], { 'user-agent': crawler })).body.results[0]).toMatchObject({
      result: 'refused',
      code: 'bot',
    });
  });

  it('keeps the cookie of a visitor who proved to be one: same origin, with consent, and only where configured', async () => {
    const { url } = await aServer({ collect: { cookie: {} } });
    const good = { 'sec-fetch-site': 'same-origin', cookie: 'a=b; wm_id=visitor.secret-of-visitor; c=d' };
    const renewed = async (headers: Record<string, string>, consent: string, who = 'visitor') => {
      const response = await fetch(`${url}/collect?key=${siteKey}&consent=${consent}`, {
        method: 'POST',
        headers: { origin: siteOrigin, ...headers },
        body: JSON.stringify([event(who)]),
      });
      return response.headers.get('set-cookie');
    };
    expect(await renewed(good, 'granted')).toBe(
      'wm_kept=visitor.secret-of-visitor; Max-Age=34560000; Path=/; SameSite=Lax',
    );
    expect(await renewed(good, 'pending')).toBeNull();
    expect(await renewed({ ...good, 'sec-fetch-site': 'cross-site' }, 'granted')).toBeNull();
    expect(await renewed({ ...good, cookie: 'wm_id=somebody.else' }, 'granted')).toBeNull();
    expect(await renewed({ ...good, cookie: 'wm_id=visitor.x\ty; Domain=evil.test' }, 'granted')).toBeNull();
    const origin = 'https://www.bank.test';
    const { url: secure } = await aServer({
      collect: { cookie: { domain: 'bank.test' } },
      workspaces: [{ id: '64f000000000000000000001', name: 'Bank', siteKeys: [{ key: siteKey, origins: [origin] }] }],
    });
    const overTls = await fetch(`${secure}/collect?key=${siteKey}&consent=granted`, {
      method: 'POST',
      headers: { ...good, origin },
      body: JSON.stringify([event('visitor')]),
    });
    expect(overTls.headers.get('set-cookie')).toMatch(
      /^wm_kept=visitor\.secret-of-visitor; .*; Secure; Domain=bank\.test$/,
    );
    const { url: silent } = await aServer();
    const response = await fetch(`${silent}/collect?key=${siteKey}&consent=granted`, {
      method: 'POST',
      headers: { origin: siteOrigin, ...good },
      body: JSON.stringify([event('visitor')]),
    });
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});
