// How the script is put into a page: pinned by its hash, on https, with a cookie that subdomains share.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { browserName } from '../browsers/browser.ts';
import { script } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

/** Pages, the script and the relay on a host that is nowhere, by https. */
async function host(origin: string, attributes: string): Promise<void> {
  const tag = `<script async src="/waymark.js" data-key="pk_test" data-automation="track" ${attributes}></script>`;
  await site.context.route(`${origin}/**`, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    if (pathname === '/collect')
      return route.fulfill({ response: await route.fetch({ url: `${site.receiver.relayUrl}/collect${search}` }) });
    if (pathname === '/waymark.js') return route.fulfill({ contentType: 'text/javascript', body: script });
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Shop</title><body>${tag}` });
  });
}

// Elsewhere the tool that drives the browser cannot answer for a host, or not see what a request holds.
if (browserName === 'chromium')
  test('on https the cookies are marked as secure, and with a domain all its subdomains share one temporaryId', async () => {
    for (const name of ['www', 'my']) await host(`https://${name}.shop.test`, 'data-domain="shop.test"');
    const tab = await site.context.newPage();
    await tab.goto('https://www.shop.test/');
    await site.arrived('webvisit');
    await tab.goto('https://my.shop.test/');
    const visits = await site.arrived('webvisit', 2);
    expect(new Set(visits.map(({ identity, data }) => `${identity} ${data['taskId']}`)).size).toBe(1);
    const cookies = await site.context.cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual(['wm_id', 'wm_s']);
    for (const { secure, domain, sameSite } of cookies)
      expect([secure, domain, sameSite]).toEqual([true, '.shop.test', 'Lax']);
  });

if (browserName === 'chromium')
  test('a domain that comes later leaves no cookie of the host behind that would bring the visitor before back', async () => {
    const origin = 'https://www.shop.test';
    const tab = await site.context.newPage();
    const open = async (): Promise<string | undefined> => {
      await tab.goto(origin);
      await tab.waitForFunction(() => typeof waymark?.getState === 'function');
      return tab.evaluate(() => waymark.getState().temporaryId);
    };
    await host(origin, '');
    const before = await open();
    await site.arrived('webvisit');
    await host(origin, 'data-domain="shop.test"');
    expect(await open()).toBe(before);
    await tab.evaluate(() => waymark.identify('ann@example.com'));
    await site.arrived('webvisitLogin');
    const after = await tab.evaluate(() => {
      waymark.reset();
      return waymark.getState().temporaryId;
    });
    expect(after).not.toBe(before);
    expect(await open()).toBe(after);
    await tab.evaluate(() => waymark.setConsent('denied'));
    expect(await site.context.cookies()).toEqual([]);
  });

test('on http they are not, or the browser would not keep them', async () => {
  await site.open('/');
  await site.arrived('webvisit');
  expect((await site.context.cookies()).map(({ secure }) => secure)).toEqual([false, false]);
});

test('pinned by its hash it works, and with another hash it does not run and breaks nothing', async () => {
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
  site.put('/pinned', { attributes: `crossorigin integrity="${integrity}"` });
  site.put('/other', { attributes: `crossorigin integrity="sha384-${'A'.repeat(64)}"`, title: 'Other' });
  const tab = await site.open('/pinned');
  await site.arrived('webvisit');
  await tab.goto(`${site.receiver.siteUrl}/other`);
  expect(await tab.evaluate(() => [typeof waymark, document.title])).toEqual(['undefined', 'Other']);
});

test('data that the site changes after the call is told as it was, with the page as it was', async () => {
  const tab = await site.open('/first');
  await site.arrived('webvisit');
  await tab.evaluate(() => {
    const cart = { items: [1] };
    waymark.track('cart', cart);
    cart.items.push(2);
    history.pushState({}, '', '/second');
    document.title = 'Second';
  });
  const [cart] = await site.arrived('cart');
  expect(cart?.data).toMatchObject({ items: [1], url: `${site.receiver.siteUrl}/first`, title: 'Home' });
});

test('what happened in the task in which the page is left arrives, ordered before the login that joins it', async () => {
  const tab = await site.open('/');
  await site.arrived('webvisit');
  await tab.evaluate(() => {
    waymark.track('last');
    waymark.identify('ann@example.com', { token: 'a.b.c' });
    waymark.track('after');
    location.assign('/next');
  });
  await tab.waitForURL('**/next');
  const [login] = await site.arrived('webvisitLogin');
  const [last] = await site.arrived('last');
  await site.arrived('after');
  expect(last?.identity).toBe(login?.previousidentity);
  expect(Date.parse(last?.time ?? '')).toBeLessThan(Date.parse(login?.time ?? ''));
});
