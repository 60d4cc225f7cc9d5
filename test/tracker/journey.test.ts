// The main walk of a visitor, in a real browser with the built script, judged by what reaches the relay.
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { Tracker } from '../../src/tracker/index.ts';
import { launchBrowser } from '../browsers/browser.ts';
import { page, type Receiver, startReceiver, until } from './receiver.ts';

declare global {
  var waymark: Tracker & ((...call: unknown[]) => void);
}

let browser: Browser;
let context: BrowserContext;
let receiver: Receiver;
const errors: Error[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  receiver = await startReceiver();
  context = await browser.newContext();
  context.on('weberror', (webError) => errors.push(webError.error()));
});
afterEach(async () => {
  await context.close();
  await receiver.close();
  expect(errors.splice(0), 'the page saw an exception').toEqual([]);
});

async function open(path = '/', tab?: Page): Promise<Page> {
  const opened = tab ?? (await context.newPage());
  await opened.goto(receiver.siteUrl + path);
  await opened.waitForFunction(() => typeof waymark?.getState === 'function');
  return opened;
}

function ofType(type: string): WireEvent[] {
  return receiver.events().filter((event) => event.type === type);
}

async function cookie(name: string): Promise<string | undefined> {
  return (await context.cookies()).find((one) => one.name === name)?.value;
}

test('a visit to each page arrives once, under one temporaryId and one session', async () => {
  const tab = await open('/');
  await open('/about', tab);
  await open('/contact', tab);
  await until(() => ofType('webvisit').length === 3);
  const [first] = receiver.events();
  expect(new Set(receiver.events().map((event) => event.identity)).size).toBe(1);
  expect(new Set(receiver.events().map((event) => event.data['taskId'])).size).toBe(1);
  expect(first).toMatchObject({
    specversion: '1.0',
    source: 'localhost:website',
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: {
      taskId: expect.stringMatching(/^web-[\w-]{21}$/),
      origin: 'Website',
      channelType: 'NewVisit',
      channelBreakout: 'Web',
      notes: 'Website Visit',
      url: `${receiver.siteUrl}/`,
      title: 'Home',
    },
  });
  expect(await cookie('wm_id')).toMatch(new RegExp(`^${first?.identity}\\.[\\w-]{21}$`));
  expect(first?.temporarysecret).toBe((await cookie('wm_id'))?.split('.')[1]);
});

test('tabs that start at once tell under one temporaryId and one session', async () => {
  const tabs = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
  await Promise.all(tabs.map((tab, index) => open(`/${index}`, tab)));
  // Firefox gets it wrong in most rounds where a tab only reads document.cookie under the lock.
  for (const round of [1, 2, 3, 4, 5]) {
    if (round > 1) {
      await context.clearCookies(round === 2 ? { name: 'wm_s' } : {});
      await Promise.all(tabs.map((tab) => tab.reload()));
    }
    const visits = await until(() => (ofType('webvisit').length === 3 * round ? ofType('webvisit') : undefined));
    expect(new Set(visits.map(({ identity, data }) => `${identity} ${data['taskId']}`)).size).toBe(round);
    expect(new Set(visits.map(({ identity }) => identity)).size).toBe(Math.max(1, round - 1));
  }
});

test('the body tells what a visit is called, with no code', async () => {
  const body =
    'data-waymark-type="webvisitMortgage" data-waymark-source="home.com:web:mortgage" ' +
    'data-waymark-origin="Mortgage Rates" data-waymark-channel-type="MortgageRates"';
  receiver.pages.set('/mortgage', page({ relayUrl: receiver.relayUrl, body }));
  await open('/mortgage');
  const [event] = await until(() => (receiver.events().length ? receiver.events() : undefined));
  expect(event).toMatchObject({
    type: 'webvisitMortgage',
    source: 'home.com:web:mortgage',
    data: { origin: 'Mortgage Rates', channelType: 'MortgageRates' },
  });
});

test('a login joins the temporaryId to the identity with the token, once, and later visits keep the temporaryId', async () => {
  const tab = await open('/');
  await tab.evaluate(() => {
    waymark.identify('ann@example.com', { token: 'a.b.c' });
    waymark.identify('Ann@example.com', { token: 'a.b.c' });
  });
  await open('/account', tab);
  await tab.evaluate(() => waymark.identify('ann@example.com', { token: 'a.b.c' }));
  await until(() => ofType('webvisit').length === 2);
  expect(ofType('webvisitLogin')).toHaveLength(1);
  const temporaryId = ofType('webvisit')[0]?.identity;
  expect(ofType('webvisitLogin')[0]).toMatchObject({
    identity: 'ann@example.com',
    identitytype: 'email',
    previousidentity: temporaryId,
    identitytoken: 'a.b.c',
    data: { channelType: 'LoginUser' },
  });
  expect(ofType('webvisit')[1]).toMatchObject({
    identity: temporaryId,
    identitytype: 'temporaryId',
    data: { channelType: 'IdentifiedWeb' },
  });
});

test('an opt-in by SMS and a login of the same visitor carry the same previousidentity', async () => {
  const tab = await open('/');
  await tab.evaluate(() => {
    waymark('optIn', { channel: 'sms', phone: '+1 555 010 9999', token: 'p' });
    waymark('identify', 'ann@example.com', { token: 'e' });
  });
  await until(() => ofType('webvisitLogin').length && ofType('webvisitOptIn').length);
  expect(ofType('webvisitOptIn')[0]).toMatchObject({ identity: '+1 555 010 9999', identitytype: 'phone' });
  expect(ofType('webvisitOptIn')[0]?.previousidentity).toBe(ofType('webvisitLogin')[0]?.previousidentity);
});

test('a second customer at the same device gets a temporaryId of their own', async () => {
  const tab = await open('/');
  await tab.evaluate(() => {
    waymark.identify('ann@example.com');
    waymark.identify('bob@example.com');
  });
  await until(() => ofType('webvisitLogin').length === 2);
  const [ann, bob] = ofType('webvisitLogin');
  expect(bob?.previousidentity).not.toBe(ann?.previousidentity);
  expect(bob?.data['taskId']).not.toBe(ann?.data['taskId']);
});

test('a token function is asked when the cookie is the right one, and the login is told once, with its answer', async () => {
  const tab = await open('/');
  await until(() => ofType('webvisit').length);
  const asked = await tab.evaluate(async () => {
    waymark.identify('ann@example.com', { token: 'a.n.n' });
    const asked: string[][] = [];
    const token = async (temporaryId: string): Promise<string> => {
      asked.push([temporaryId, document.cookie]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return 'b.o.b';
    };
    waymark.identify('bob@example.com', { token });
    waymark.identify('bob@example.com', { token });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return asked;
  });
  await until(() => ofType('webvisitLogin').length === 2);
  // Two requests may overtake each other.
  const [ann, bob] = ['ann', 'bob'].map((who) =>
    ofType('webvisitLogin').find(({ identity }) => identity === `${who}@example.com`),
  );
  expect(bob).toMatchObject({ identity: 'bob@example.com', identitytoken: 'b.o.b' });
  expect(bob?.previousidentity).not.toBe(ann?.previousidentity);
  for (const [temporaryId, cookies] of asked) {
    expect(temporaryId).toBe(bob?.previousidentity);
    expect(cookies).toContain(`wm_id=${temporaryId}.`);
  }
});

test('without the answer of its token function a login is not told, and somebody else meanwhile starts anew', async () => {
  const tab = await open('/');
  await tab.evaluate(async () => {
    waymark.identify('ann@example.com', { token: () => Promise.reject(new Error('no session')) });
    let answer = (_token: string): void => {};
    waymark.identify('ann@example.com', { token: () => new Promise((resolve) => (answer = resolve)) });
    await Promise.resolve();
    waymark.identify('eve@example.com', { token: () => 'e.v.e' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    answer('a.n.n');
    waymark.track('after');
  });
  await until(() => ofType('after').length && ofType('webvisitLogin').length);
  const logins = ofType('webvisitLogin');
  expect(logins.map(({ identity }) => identity)).toEqual(['eve@example.com']);
  expect(logins[0]?.previousidentity).not.toBe(ofType('webvisit')[0]?.identity);
  expect(ofType('after')[0]?.identity).toBe(logins[0]?.previousidentity);
});

test('who is expected to log in is somebody else before the token is made', async () => {
  const tab = await open('/');
  await until(() => ofType('webvisit').length);
  const ids = await tab.evaluate(() => {
    const id = (): string | undefined => waymark.getState().temporaryId;
    const before = id();
    waymark.expect('ann@example.com');
    waymark.identify('ann@example.com');
    waymark.expect('Ann@example.com');
    const same = id();
    waymark.expect('bob@example.com');
    return { before, same, other: id() };
  });
  expect(ids.same).toBe(ids.before);
  expect(ids.other).not.toBe(ids.before);
});

test('a logout starts a new temporaryId and a new session', async () => {
  const tab = await open('/');
  const before = await tab.evaluate(() => waymark.getState());
  await tab.evaluate(() => {
    waymark.identify('ann@example.com');
    waymark.reset();
  });
  const after = await tab.evaluate(() => waymark.getState());
  expect(after.temporaryId).not.toBe(before.temporaryId);
  expect(after.session).not.toBe(before.session);
  expect(after.identitytypes).toEqual([]);
});

test('an identity that the relay found unproven is claimed again by the next call', async () => {
  receiver.judge = ({ type }) => (type === 'webvisitLogin' ? { code: 'identity-unproven' } : {});
  const tab = await open('/');
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  await until(() => ofType('webvisitLogin').length === 1);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  await tab.evaluate(() => waymark.identify('ann@example.com', { token: 'a.b.c' }));
  await until(() => ofType('webvisitLogin').length === 2);
});

test('calls made before the script has loaded are replayed in order', async () => {
  const stub = 'window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)};';
  const head = `<script>${stub}waymark('track','first',{n:1});waymark('track','second',{n:2})</script>`;
  receiver.pages.set('/stub', page({ relayUrl: receiver.relayUrl, head }));
  await open('/stub');
  await until(() => ofType('second').length);
  const tracked = receiver.events().filter((event) => event.type !== 'webvisit');
  expect(tracked.map((event) => event.data['n'])).toEqual([1, 2]);
});

test('twenty events and the tab closed at once arrive without another visit', async () => {
  const tab = await open('/');
  await tab.evaluate(() => {
    for (let n = 0; n < 20; n++) waymark.track('click', { n });
  });
  await tab.close();
  await until(() => ofType('click').length === 20);
});

test('what was not answered is sent by the next page and forgotten when answered', async () => {
  receiver.judge = () => ({ result: 'retry', retryAfterMs: 60_000 });
  const tab = await open('/');
  await tab.evaluate(() => waymark.track('kept'));
  await until(() => receiver.batches.length);
  receiver.judge = () => ({});
  await open('/next', tab);
  await until(() => ofType('kept').length === 1 && ofType('webvisit').length === 2);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  await until(() => tab.evaluate(() => !Object.keys(localStorage).some((name) => name.startsWith('waymark.'))));
});

test('an event that the relay refuses is given up and reported, and its neighbours arrive', async () => {
  receiver.judge = ({ type }) => (type === 'bad' ? { result: 'refused', code: 'type-not-allowed' } : {});
  const tab = await open('/');
  await tab.evaluate(() => {
    for (const type of ['good', 'bad', 'fine']) waymark.track(type);
  });
  await until(() => ofType('good').length && ofType('fine').length);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  expect(ofType('bad')).toEqual([]);
});

test('a relay whose answer is slow, or whose clock is a little behind, puts nothing out of order', async () => {
  receiver.clockMs = -4_000;
  const tab = await open('/');
  const visit = await until(() => ofType('webvisit')[0]);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  const login = await until(() => ofType('webvisitLogin')[0]);
  expect(Date.parse(`${login.time}`)).toBeGreaterThan(Date.parse(`${visit.time}`));
});

test('with a clock years wrong, later events carry the corrected time and what was added', async () => {
  receiver.clockMs = 3 * 365 * 86_400_000;
  const tab = await open('/');
  await until(() => receiver.events().length === 1);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  await tab.evaluate(() => waymark.track('later'));
  const [later] = await until(() => (ofType('later').length ? ofType('later') : undefined));
  expect(Math.abs(Date.parse(later?.time ?? '') - Date.now() - receiver.clockMs)).toBeLessThan(60_000);
  expect(later?.clockoffset).toBeGreaterThan(receiver.clockMs - 60_000);
});

test('without consent nothing is sent and nothing is stored', async () => {
  receiver.pages.set('/denied', page({ relayUrl: receiver.relayUrl, attributes: 'data-consent="denied"' }));
  const tab = await open('/denied');
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  await tab.close();
  expect(await context.cookies()).toEqual([]);
  expect(receiver.batches).toEqual([]);
});

test('what happened before consent is told once consent is given, as of when it happened', async () => {
  receiver.pages.set('/pending', page({ relayUrl: receiver.relayUrl, attributes: 'data-consent="pending"' }));
  const tab = await open('/pending');
  await tab.evaluate(() => waymark.track('early'));
  expect(await context.cookies()).toEqual([]);
  await tab.evaluate(() => waymark.setConsent('granted'));
  await until(() => ofType('early').length === 1 && ofType('webvisit').length === 1);
});
