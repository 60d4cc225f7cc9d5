// Consent in every order, at once in all tabs, judged by what reached the relay and what stays in the browser.
import { expect, test } from 'vitest';
import { until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

function stored(tab: import('playwright').Page): Promise<string[]> {
  return tab.evaluate(async () => [
    document.cookie,
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name }) => name ?? ''),
  ]);
}

test('denied, then granted: the page that the visitor is on is told from then on, and nothing before', async () => {
  site.put('/denied', { attributes: 'data-consent="denied"' });
  const tab = await site.open('/denied');
  await tab.evaluate(() => waymark.track('before'));
  await tab.waitForTimeout(600);
  expect(await stored(tab)).toEqual(['']);
  await tab.evaluate(() => waymark.setConsent('granted'));
  await tab.evaluate(() => waymark.track('after'));
  await site.arrived('webvisit');
  await site.arrived('after');
  expect(site.ofType('before')).toEqual([]);
});

test('pending, then denied: nothing was stored, nothing is sent', async () => {
  site.put('/pending', { attributes: 'data-consent="pending"' });
  const tab = await site.open('/pending');
  await tab.evaluate(() => {
    waymark.track('early');
    waymark.identify('ann@example.com');
  });
  await tab.waitForTimeout(400);
  expect(await stored(tab)).toEqual(['']);
  await tab.evaluate(() => waymark.setConsent('denied'));
  await tab.waitForTimeout(1_500);
  await tab.close();
  expect(site.receiver.batches).toEqual([]);
});

test('pending, then granted: what happened meanwhile is told in order, as of when it happened', async () => {
  site.put('/pending', { attributes: 'data-consent="pending"' });
  const tab = await site.open('/pending');
  await tab.evaluate(() => waymark.track('early'));
  await tab.evaluate(() => waymark.identify('ann@example.com', { token: 'a.b.c' }));
  await tab.waitForTimeout(300);
  await tab.evaluate(() => waymark.setConsent('granted'));
  const [login] = await site.arrived('webvisitLogin');
  const [visit] = await site.arrived('webvisit');
  const [early] = await site.arrived('early');
  const times = [visit, early, login].map((event) => event?.time);
  expect([...times].sort()).toEqual(times);
  expect(visit?.data['channelType']).toBe('NewVisit');
  expect(login?.previousidentity).toBe(visit?.identity);
});

test('granted, then denied: everything is removed in all tabs, and granted again means a new temporaryId', async () => {
  const tab = await site.open('/one');
  const other = await site.open('/two');
  await site.arrived('webvisit', 2);
  await site.quiet(tab);
  const before = await tab.evaluate(() => waymark.getState().temporaryId);
  await tab.evaluate(() => waymark.setConsent('denied'));
  await until(() => other.evaluate(() => waymark.getState().consent === 'denied'));
  await other.evaluate(() => waymark.track('after'));
  await until(async () => (await stored(other)).filter((name) => name !== 'waymark').join('') === '');
  await other.evaluate(() => waymark.setConsent('granted'));
  await until(() => tab.evaluate(() => waymark.getState().consent === 'granted'));
  await tab.evaluate(() => waymark.track('again'));
  const [again] = await site.arrived('again');
  expect(again?.identity).not.toBe(before);
  expect(site.ofType('after')).toEqual([]);
});

test('a tab in the back/forward cache does not come back with a consent that was taken back meanwhile', async () => {
  const tab = await site.open('/one');
  const other = await site.open('/other');
  await site.arrived('webvisit', 2);
  await tab.goto(`${site.receiver.siteUrl}/two`);
  await site.arrived('webvisit', 3);
  await other.evaluate(() => waymark.setConsent('denied'));
  expect(await tab.evaluate(() => waymark.getState().consent)).toBe('denied');
});

test('what an earlier page has left is removed where a page starts without consent', async () => {
  site.receiver.judge = () => ({ result: 'retry', retryAfterMs: 60_000 });
  const tab = await site.open('/one');
  await until(() => site.receiver.batches.length);
  site.put('/denied', { attributes: 'data-consent="denied"' });
  await site.open('/denied', tab);
  await until(async () => (await stored(tab)).filter((name) => name !== 'waymark').join('') === '');
});

test('Global Privacy Control means denied, unless the site says granted itself', async () => {
  const gpc = '<script>Object.defineProperty(navigator, "globalPrivacyControl", { value: true })</script>';
  site.put('/gpc', { head: gpc });
  site.put('/asked', { head: gpc, attributes: 'data-consent="granted"' });
  const tab = await site.open('/gpc');
  await tab.waitForTimeout(600);
  expect(await stored(tab)).toEqual(['']);
  await site.open('/asked', tab);
  const visits = await site.arrived('webvisit');
  expect(visits.map(({ data }) => data['url'])).toEqual([`${site.receiver.siteUrl}/asked`]);
});

test('without cookies by choice nothing is written to the device, also while the relay is away', async () => {
  site.receiver.judge = () => ({ result: 'retry', retryAfterMs: 60_000 });
  site.put('/cookieless', { attributes: 'data-cookieless' });
  const tab = await site.open('/cookieless');
  await tab.evaluate(() => {
    waymark.identify('ann@example.com');
    waymark.track('one');
  });
  await until(() => site.receiver.batches.length);
  await tab.waitForTimeout(300);
  expect(await tab.evaluate(() => waymark.getState().waiting)).toBeGreaterThan(0);
  expect(await stored(tab)).toEqual(['']);
  expect(await tab.evaluate(async () => [...(await caches.keys()), history.state])).toEqual([null]);
  expect(await site.context.cookies()).toEqual([]);
});

test('without cookies by choice, the temporaryId lives as long as the page', async () => {
  site.put('/cookieless', { attributes: 'data-cookieless' });
  const tab = await site.open('/cookieless');
  await tab.evaluate(() => waymark.track('one'));
  await site.open('/cookieless', tab);
  const visits = await site.arrived('webvisit', 2);
  const [one] = await site.arrived('one');
  expect(await site.context.cookies()).toEqual([]);
  expect(visits[1]?.identity).not.toBe(visits[0]?.identity);
  expect(one?.identity).toBe(visits[0]?.identity);
});
