// Home Bank's back end, as its pages and a curious visitor speak to it.
import { createHmac } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBank } from '../../demo-site/bank.mjs';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const webhookSecret = `whsec_${Buffer.from('of-this-test-alone').toString('base64')}`;
const workspace = '0123456789abcdef01234567';
const rue = { email: 'ruegreen@example.com', password: 'meadow-lane' };
const ola = { email: 'ola.brandt@example.com', password: 'winter-harbour' };

let bank: { url: string; close(): Promise<void> };
let time: number;

beforeEach(async () => {
  time = Date.now();
  bank = await startBank({
    port: 0,
    relayUrl: 'http://relay.example:1/',
    workspace,
    siteKey: 'pk_<test>',
    identityKey: { kid: 'key-1', secret },
    deskToken: 'desk-token-of-the-test',
    webhookSecret,
    now: () => time,
  });
});
afterEach(() => bank.close());

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of several calls, each checked where it is used
  body: any;
  cookie: string;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(bank.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: 'wm_id=visitor-1.its-secret', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const cookie = response.headers.get('set-cookie') ?? '';
  return { status: response.status, body: await response.json(), cookie };
}

async function claimsOf(token: string) {
  const { payload, protectedHeader } = await jwtVerify(token, new TextEncoder().encode(secret), {
    audience: workspace,
  });
  return { ...payload, kid: protectedHeader.kid };
}

async function codeFor(phone: string): Promise<string> {
  return (await post('/api/sms/start', { phone })).body.pretendPhone.code;
}

test('fills the relay and the site key into the pages, and nothing that could be markup', async () => {
  const html = await (await fetch(`${bank.url}/`)).text();
  expect(html).toContain('<script async src="http://relay.example:1/waymark.js" data-key="pk_&#60;test&#62;"');
  expect(html).not.toContain('{{');
});

test('serves every page under a strict policy, and none of its own code', async () => {
  for (const page of [
    '',
    'about.html',
    'mortgage.html',
    'contact.html',
    'sms-expert.html',
    'login.html',
    'houses.html',
    'desk.html',
  ]) {
    const response = await fetch(`${bank.url}/${page}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self' http://relay.example:1;");
  }
  for (const path of [
    '/bank.mjs',
    '/parts/layout.html',
    '/bank/http.mjs',
    '/../package.json',
    '/%2e%2e/package.json',
    '/nothing.html',
  ])
    expect((await fetch(bank.url + path)).status).toBe(404);
});

test('vouches at login for the e-mail and the phone on file, bound to this browser', async () => {
  const { status, body, cookie } = await post('/api/login', rue);
  expect(status).toBe(200);
  expect(body).toMatchObject({ identity: rue.email, identitytype: 'email' });
  expect(cookie).toContain('HttpOnly');
  expect(await claimsOf(body.token)).toMatchObject({
    kid: 'key-1',
    sub: rue.email,
    identitytype: 'email',
    tid: 'visitor-1',
    identities: expect.arrayContaining([
      { identity: rue.email, identitytype: 'email' },
      { identity: '+15550100199', identitytype: 'phone' },
    ]),
  });
});

test('names no further identity for a customer with an e-mail address only', async () => {
  const { body } = await post('/api/login', ola);
  expect(await claimsOf(body.token)).not.toHaveProperty('identities');
});

test('logs in without a token where the browser has no temporaryId to bind it to', async () => {
  const { status, body } = await post('/api/login', rue, { Cookie: 'theme=dark' });
  expect([status, body.token]).toEqual([200, null]);
});

test('remembers who is logged in until the logout, and shows the account to nobody else', async () => {
  const login = await post('/api/login', ola);
  const session = login.cookie.split(';')[0] ?? '';
  const ask = async (path: string) => fetch(bank.url + path, { headers: { Cookie: session }, redirect: 'manual' });
  expect(await (await ask('/api/session')).json()).toMatchObject({ customer: { firstName: 'Ola', phone: null } });
  expect((await ask('/account.html')).status).toBe(200);
  await post('/api/logout', {}, { Cookie: session });
  expect(await (await ask('/api/session')).json()).toEqual({ customer: null });
  expect((await ask('/account.html')).status).toBe(302);
});

test('refuses wrong passwords, wrong bodies and other sites, in words', async () => {
  expect(await post('/api/login', { ...rue, password: 'x' })).toMatchObject({ status: 401 });
  expect(await post('/api/login', '{')).toMatchObject({ status: 400, body: { error: 'The body is not JSON.' } });
  expect(await post('/api/login', [])).toMatchObject({ status: 400 });
  expect(await post('/api/login', rue, { 'Content-Type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await post('/api/login', rue, { 'Sec-Fetch-Site': 'cross-site' })).toMatchObject({ status: 403 });
  expect(await post('/api/login', { email: 'x'.repeat(20_000) })).toMatchObject({ status: 413 });
  expect(await post('/api/nothing', {})).toMatchObject({ status: 404 });
});

test('vouches for a phone by its code, and names the e-mail where the phone is a customer’s', async () => {
  const code = await codeFor('+1 (555) 0100-199');
  const { status, body } = await post('/api/sms/verify', { phone: '+15550100199', code });
  expect([status, body.phone]).toEqual([200, '+15550100199']);
  expect(await claimsOf((await post('/api/sms/token', body)).body.token)).toMatchObject({
    sub: '+15550100199',
    identitytype: 'phone',
    tid: 'visitor-1',
    identities: expect.arrayContaining([{ identity: rue.email, identitytype: 'email' }]),
  });

  const other = await post('/api/sms/verify', { phone: '+15550100142', code: await codeFor('+15550100142') });
  const word = await post('/api/sms/token', other.body);
  expect(await claimsOf(word.body.token)).not.toHaveProperty('identities');
});

test('takes a code once, from the browser that asked, for the number it was for', async () => {
  const phone = '+15550100199';
  const code = await codeFor(phone);
  const elsewhere = { Cookie: 'wm_id=visitor-2.other' };
  expect(await post('/api/sms/verify', { phone, code }, elsewhere)).toMatchObject({ status: 400 });
  expect(await post('/api/sms/verify', { phone: '+15550100142', code })).toMatchObject({ status: 400 });
  expect(await post('/api/sms/verify', { phone, code })).toMatchObject({ status: 200 });
  expect(await post('/api/sms/verify', { phone, code })).toMatchObject({ status: 400 });
});

test('gives its word for a phone once, soon, and for the temporaryId that the browser has by then', async () => {
  const proven = async () =>
    (await post('/api/sms/verify', { phone: '+15550100142', code: await codeFor('+15550100142') })).body;
  const body = await proven();
  const renewed = await post('/api/sms/token', body, { Cookie: 'wm_id=visitor-2.other' });
  expect(await claimsOf(renewed.body.token)).toMatchObject({ sub: '+15550100142', tid: 'visitor-2' });
  expect(await post('/api/sms/token', body)).toMatchObject({ status: 400 });
  expect(await post('/api/sms/token', { ticket: 'guess' })).toMatchObject({ status: 400 });
  const late = await proven();
  time += 60_000;
  expect(await post('/api/sms/token', late)).toMatchObject({ status: 400 });
});

test('says the visitor’s choice in the script tag, and takes Global Privacy Control for a refusal', async () => {
  const consent = async (headers: Record<string, string>) =>
    /data-consent="(\w+)"/.exec(await (await fetch(bank.url, { headers })).text())?.[1];
  expect(await consent({})).toBe('pending');
  expect(await consent({ Cookie: 'homebank_privacy=granted' })).toBe('granted');
  expect(await consent({ Cookie: 'homebank_privacy=denied' })).toBe('denied');
  expect(await consent({ Cookie: 'homebank_privacy="><script>' })).toBe('pending');
  expect(await consent({ 'Sec-GPC': '1' })).toBe('denied');
  expect(await consent({ 'Sec-GPC': '1', Cookie: 'homebank_privacy=granted' })).toBe('granted');
});

test('shows, exports and erases what is known only to whoever is logged in', async () => {
  expect((await fetch(`${bank.url}/known.html`, { redirect: 'manual' })).status).toBe(302);
  expect((await fetch(`${bank.url}/api/known`)).status).toBe(401);
  expect((await fetch(`${bank.url}/api/known/export`)).status).toBe(401);
  expect(await post('/api/known/erase', {})).toMatchObject({ status: 401 });
  expect(await post('/api/known/erase', {}, { 'Sec-Fetch-Site': 'cross-site' })).toMatchObject({ status: 403 });
});

test('gives a code five tries and five minutes', async () => {
  const phone = '+15550100199';
  const code = await codeFor(phone);
  const wrong = code === '000000' ? '000001' : '000000';
  for (const left of [4, 3, 2, 1]) {
    const { body } = await post('/api/sms/verify', { phone, code: wrong });
    expect(body.error).toContain(`Tries left: ${left}`);
  }
  await post('/api/sms/verify', { phone, code: wrong });
  expect(await post('/api/sms/verify', { phone, code })).toMatchObject({ status: 400 });

  const late = await codeFor(phone);
  time += 5 * 60_000;
  expect((await post('/api/sms/verify', { phone, code: late })).body.error).toContain('expired');
});

test('sends no codes without end, none to what is no number, and none without a cookie', async () => {
  expect(await post('/api/sms/start', { phone: '0100 199' })).toMatchObject({ status: 400 });
  expect(await post('/api/sms/start', { phone: '+15550100199' }, { Cookie: '' })).toMatchObject({ status: 400 });
  for (let count = 0; count < 10; count += 1) await codeFor('+15550100199');
  expect(await post('/api/sms/start', { phone: '+15550100142' })).toMatchObject({ status: 429 });
});

test('gives the desk its configuration only under this machine’s own names and to its own page', async () => {
  const { request } = await import('node:http');
  const ask = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request(`${bank.url}/desk/config.json`, { headers }, (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end();
    });
  expect(await ask({ 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  expect(await ask({ 'Sec-Fetch-Site': 'none', Host: '127.0.0.1:4400' })).toBe(200);
  expect(await ask({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  expect(await ask({ 'Sec-Fetch-Site': 'same-site' })).toBe(403);
  expect(await ask({})).toBe(403);
  expect(await ask({ 'Sec-Fetch-Site': 'same-origin', Host: 'rebound.example' })).toBe(403);
});

test('shows and settles a bill for its own customer only, and sends notices for its own desk only', async () => {
  expect((await fetch(`${bank.url}/api/bill`)).status).toBe(401);
  expect((await post('/api/bill/pay', {})).status).toBe(401);
  const other = await post('/desk/notice', {}, { 'Sec-Fetch-Site': 'cross-site' });
  expect(other.status).toBe(403);
});

test('takes no webhook without signature, with another body than was signed, or from six minutes ago', async () => {
  const deliver = async (body: string, headers: Record<string, string>) =>
    (await fetch(`${bank.url}/hooks/mortgage-offer`, { method: 'POST', headers, body })).status;
  const signed = (body: string, at: number) => {
    const key = Buffer.from(webhookSecret.slice('whsec_'.length), 'base64');
    const timestamp = String(Math.floor(at / 1000));
    const signature = createHmac('sha256', key).update(`one.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': 'one', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  };
  expect(await deliver('{}', {})).toBe(401);
  expect(await deliver('{"visits":9}', signed('{}', time))).toBe(401);
  expect(await deliver('{}', signed('{}', time - 6 * 60_000))).toBe(401);
  expect(await deliver('{}', { ...signed('{}', time), 'webhook-timestamp': 'now' })).toBe(401);
});
