// What identify and optIn tell, how they understand an identity, and what getState says, in a browser by what reached the relay.
import { expect, test } from 'vitest';
import { until } from './receiver.ts';
import { createSimulatedBrowser } from './simulated-browser.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

const listening =
  '<script>window.said=[];window.waymark=function(){(waymark.q=waymark.q||[]).push(arguments)};' +
  "waymark('init',{onError:function(e){said.push(e.message)}})</script>";

test('e-mail addresses and E.164 numbers speak for themselves, all else needs its identitytype, and a wrong one is said', async () => {
  site.put('/', { head: listening });
  const tab = await site.open('/');
  await tab.evaluate(() => {
    const claim = (identity: string, identitytype?: string): void => {
      waymark.reset();
      waymark.identify(identity, identitytype ? { identitytype: identitytype as 'email' } : {});
    };
    claim('ann@example.com');
    claim('+1 555 010-0199');
    claim('4711', 'customerId');
    claim('@ann', 'socialId');
    claim('555 0100', 'phone');
    claim('4711');
    claim('555 0100');
    claim('@ann');
    claim('ann@example.com', 'temporaryId');
    claim('ann@example.com', 'mail');
    claim('');
  });
  const claims = await site.arrived('webvisitLogin', 5);
  await site.quiet(tab);
  expect(claims.map(({ identity, identitytype }) => [identity, identitytype])).toEqual([
    ['ann@example.com', 'email'],
    ['+1 555 010-0199', 'phone'],
    ['4711', 'customerId'],
    ['@ann', 'socialId'],
    ['555 0100', 'phone'],
  ]);
  // Once about each kind of mistake.
  expect(await tab.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toHaveLength(1);
});

test('identify and optIn take a type, a source and data of the site, and a repeat is sent when forced', async () => {
  const tab = await site.open('/');
  await tab.evaluate(() => {
    const how = { type: 'signedIn', source: 'shop:app', origin: 'The shop', data: { method: 'passkey' } };
    waymark.identify('ann@example.com', how);
    waymark.identify('ann@example.com', how);
    waymark.identify('ann@example.com', { ...how, force: true });
    waymark.optIn({
      channel: 'sms',
      phone: '+15550100',
      type: 'smsAllowed',
      source: 'shop:sms',
      data: { list: 'news' },
    });
  });
  const [first, second, ...more] = await site.arrived('signedIn', 2);
  const [optIn] = await site.arrived('smsAllowed');
  expect(more).toEqual([]);
  expect(first).toMatchObject({ source: 'shop:app', data: { origin: 'The shop', method: 'passkey' } });
  expect(second?.id).not.toBe(first?.id);
  expect(second?.previousidentity).toBe(first?.previousidentity);
  expect(optIn).toMatchObject({
    source: 'shop:sms',
    identitytype: 'phone',
    data: { list: 'news', channelType: 'sms' },
  });
});

test('getState tells support, and the login form, what there is', async () => {
  site.receiver.judge = () => ({ result: 'retry', retryAfterMs: 60_000 });
  site.put('/', { attributes: 'data-consent="pending"' });
  const tab = await site.open('/');
  const state = () => tab.evaluate(() => waymark.getState());
  expect(await state()).toMatchObject({
    temporaryId: undefined,
    session: undefined,
    identitytypes: [],
    consent: 'pending',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  await tab.evaluate(() => {
    waymark.setConsent('granted');
    waymark.identify('ann@example.com');
    waymark.optIn({ channel: 'sms', phone: '+15550100' });
  });
  await until(async () => (await state()).identitytypes.length === 2);
  const { temporaryId, session, identitytypes, consent, waiting } = await state();
  expect(await site.cookie('wm_id')).toMatch(new RegExp(`^${temporaryId}\\.`));
  expect(session).toMatch(/^web-[\w-]{21}$/);
  expect([identitytypes, consent]).toEqual([['phone', 'email'], 'granted']);
  expect(waiting).toBeGreaterThan(1);
});

test('a session ends after 30 minutes in which nothing happens, in all tabs, and the visitor stays the same', async () => {
  const browser = createSimulatedBrowser();
  const one = browser.open('/one');
  const two = browser.open('/two');
  await browser.pass(300);
  // Half an hour since the first page, but not since the last one.
  for (const [tab, type] of [
    [one, 'a'],
    [two, 'b'],
    [one, 'c'],
  ] as const) {
    await browser.pass(1_500_000);
    tab.waymark.track(type);
    await browser.pass(10);
  }
  await browser.pass(1_801_000);
  two.waymark.track('d');
  one.waymark.track('e');
  await browser.pass(10_000);
  const sessionOf = (type: string) => browser.events().find((event) => event.type === type)?.data['taskId'];
  expect(new Set(['webvisit', 'a', 'b', 'c'].map(sessionOf)).size).toBe(1);
  expect(sessionOf('d')).not.toBe(sessionOf('c'));
  expect(sessionOf('e')).toBe(sessionOf('d'));
  expect(browser.minted().size).toBe(1);
});
