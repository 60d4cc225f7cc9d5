// Safari deletes a cookie that script wrote after seven days, so the relay may keep the visitor's for longer. What it sets with an
// answer says who the visitor was when the request left, and must never be taken for who they are since.
import { expect, test } from 'vitest';
import { renewedCookie } from '../../src/relay/cookie-renewal.ts';
import { page, until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

/** The relay is on the site's own origin, and renews as ours does. */
async function enter(): Promise<import('playwright').Page> {
  site.receiver.pages.set('/', page({ relayUrl: '' }));
  site.receiver.renew = (request, temporaryId) =>
    renewedCookie(request, { temporaryId, consent: 'granted', renewal: {} });
  return site.open('/');
}

const whoIs = (tab: import('playwright').Page) => tab.evaluate(() => waymark.getState().temporaryId);

test('an answer that comes after a logout does not bring the visitor before back', async () => {
  site.receiver.delayMs = 1_000;
  const tab = await enter();
  const before = await whoIs(tab);
  await until(() => site.receiver.batches.length > 0);
  const after = await tab.evaluate(() => {
    waymark.reset();
    return waymark.getState().temporaryId;
  });
  expect(after).not.toBe(before);
  await site.quiet(tab);
  expect(await whoIs(tab)).toBe(after);
  await site.open('/', tab);
  expect(await whoIs(tab)).toBe(after);
});

test('a browser that forgot what script wrote is the same visitor, for the back end too', async () => {
  const tab = await enter();
  const before = await whoIs(tab);
  await site.arrived('webvisit');
  await site.quiet(tab);
  const cookie = await site.cookie('wm_id');
  await site.context.clearCookies({ name: /^wm_(id|s)$/ });
  await site.open('/', tab);
  expect(await whoIs(tab)).toBe(before);
  expect(await site.cookie('wm_id')).toBe(cookie);
});

test('who declines is forgotten there as well', async () => {
  const tab = await enter();
  await site.arrived('webvisit');
  await site.quiet(tab);
  await tab.evaluate(() => waymark.setConsent('denied'));
  await tab.waitForTimeout(200);
  expect((await site.context.cookies()).filter(({ name }) => name.startsWith('wm_'))).toEqual([]);
});
