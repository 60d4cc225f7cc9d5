// What counts as a visit, in a real browser: page loads, routes of single-page apps, the back/forward cache, prerendering.
import { describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import { browserName, launchForLife } from '../browsers/browser.ts';
import { page, type Receiver, startReceiver, until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

describe.each([
  ['the Navigation API', ''],
  ['History', `<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>`],
])('in a single-page app with %s', (_name, head) => {
  test('each route is a visit, with the title that it gets a little later', async () => {
    site.put('/app', { head, title: 'App' });
    const tab = await site.open('/app');
    await site.arrived('webvisit');
    await tab.evaluate(() => {
      history.pushState({}, '', '/app/rates');
      setTimeout(() => (document.title = 'Rates'), 50);
    });
    await site.arrived('webvisit', 2);
    await tab.goBack();
    const visits = await site.arrived('webvisit', 3);
    const { siteUrl } = site.receiver;
    expect(visits.map(({ data }) => [data['url'], data['arrival'], data['referrer']])).toEqual([
      [`${siteUrl}/app`, 'navigate', ''],
      [`${siteUrl}/app/rates`, 'navigate', `${siteUrl}/app`],
      [`${siteUrl}/app`, 'back', `${siteUrl}/app/rates`],
    ]);
    expect(visits[1]?.data['title']).toBe('Rates');
  });

  test('a router that replaces and pushes for one click counts once, and so do anchors and query changes', async () => {
    site.put('/app', { head });
    const tab = await site.open('/app');
    await site.arrived('webvisit');
    await tab.evaluate(() => {
      history.replaceState({ scroll: 1 }, '', location.href);
      history.pushState({}, '', '/app/contact');
      history.replaceState({}, '', '/app/contact/');
    });
    await site.arrived('webvisit', 2);
    await tab.evaluate(() => {
      location.hash = 'form';
      history.replaceState({}, '', '?q=what');
    });
    await site.quiet(tab);
    expect(site.ofType('webvisit')).toHaveLength(2);
    await tab.evaluate(() => {
      location.hash = '#/inner';
    });
    const visits = await site.arrived('webvisit', 3);
    expect(visits[2]?.data['url']).toBe(`${site.receiver.siteUrl}/app/contact/#/inner`);
  });
});

test('a route that has not settled when the tab is closed is told all the same', async () => {
  const tab = await site.open('/app');
  await site.arrived('webvisit');
  await tab.evaluate(() => history.pushState({}, '', '/app/last'));
  await tab.close();
  await site.arrived('webvisit', 2);
});

test('a rule names visits by path, the page itself goes before it, and `visit` before both', async () => {
  const rules = [
    { match: '/mortgage*', type: 'webvisitMortgage', origin: 'Mortgage Rates', uiData: { title: 'Rates' } },
    { match: '*', origin: 'Elsewhere' },
  ];
  const attributes = `data-rules='${JSON.stringify(rules)}'`;
  site.put('/mortgage/fixed', { attributes, head: '<meta name="waymark-channel-type" content="MortgageRates">' });
  const called =
    "window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)};waymark('visit',{type:'webvisitAbout'})";
  site.put('/about', { attributes, body: `data-waymark-origin="About us"><script>${called}</script><i` });
  const tab = await site.open('/mortgage/fixed');
  const [mortgage] = await site.arrived('webvisitMortgage');
  expect(mortgage?.data).toMatchObject({
    origin: 'Mortgage Rates',
    channelType: 'MortgageRates',
    uiData: { title: 'Rates' },
  });
  await site.open('/about', tab);
  const [about] = await site.arrived('webvisitAbout');
  expect(about?.data['origin']).toBe('About us');
  await site.quiet(tab);
  expect(site.ofType('webvisit')).toEqual([]);
});

test('an address is told without what it may give away, with the campaign and the named parameters', async () => {
  site.put('/shop', { attributes: `data-parameters='["product"]'` });
  const tab = await site.open('/shop?product=7&email=ann%40example.com&utm_source=news&gclid=x1#token=hush');
  const [visit] = await site.arrived('webvisit');
  expect(visit?.data).toMatchObject({
    url: `${site.receiver.siteUrl}/shop?product=7`,
    campaign: { utm_source: 'news', gclid: 'x1' },
    language: await tab.evaluate(() => navigator.language),
    viewport: 'large',
  });
  expect(JSON.stringify(visit)).not.toMatch(/hush|example/);
});

describe('page life cycle', () => {
  async function drive(work: (browser: Awaited<ReturnType<typeof launchForLife>>) => Promise<void>): Promise<void> {
    const browser = await launchForLife();
    try {
      await work(browser);
    } finally {
      await browser.close();
    }
  }

  /** To one page, on to another, and back; then a third page in another tab. */
  async function thereAndBack(
    browser: Awaited<ReturnType<typeof launchForLife>>,
    receiver: Receiver,
  ): Promise<WireEvent[]> {
    const tab = await browser.newPage();
    await tab.goto(`${receiver.siteUrl}/one`);
    await until(() => receiver.events().length === 1);
    await tab.goto(`${receiver.siteUrl}/two`);
    await until(() => receiver.events().length === 2);
    await tab.evaluate(() => void setTimeout(() => history.back(), 0));
    await until(() => receiver.events().length > 2);
    await (await browser.newPage()).goto(`${receiver.siteUrl}/three`);
    await until(() => receiver.events().some(({ data }) => `${data['url']}`.endsWith('/three')));
    return receiver.events();
  }

  test('a page that comes back from the back/forward cache is one more visit', async () => {
    const receiver = await startReceiver();
    await drive(async (browser) => {
      const visits = await thereAndBack(browser, receiver);
      expect(visits.map(({ data }) => data['arrival'])).toEqual(['navigate', 'navigate', 'restore', 'navigate']);
      expect(new Set(visits.map(({ identity }) => identity)).size).toBe(1);
    });
    await receiver.close();
  });

  test('it is one more visit also where the app then notes something in its history', async () => {
    const receiver = await startReceiver();
    const note = `<script>addEventListener('pageshow', ({ persisted }) => {
      if (persisted) setTimeout(() => history.replaceState({ scroll: 0 }, ''))
    })</script>`;
    receiver.pages.set('/one', page({ relayUrl: receiver.relayUrl, head: note }));
    await drive(async (browser) => {
      const visits = await thereAndBack(browser, receiver);
      expect(visits[2]?.data).toMatchObject({ url: `${receiver.siteUrl}/one`, arrival: 'restore' });
    });
    await receiver.close();
  });

  test('where a framework has made the tracker twice, the return counts once', async () => {
    const receiver = await startReceiver();
    const twice = `<script type="module">
      import { createTracker } from '/esm/tracker.js';
      for (const n of [1, 2]) createTracker({ key: 'pk_test', endpoint: '${receiver.relayUrl}/collect' });
    </script>`;
    receiver.pages.set('/one', `<!doctype html><title>One</title><body>${twice}`);
    await drive(async (browser) => {
      const visits = await thereAndBack(browser, receiver);
      expect(visits.map(({ data }) => data['arrival'])).toEqual(['navigate', 'navigate', 'restore', 'navigate']);
    });
    await receiver.close();
  });

  // The others render nothing ahead.
  if (browserName === 'chromium')
    test('a prerendered page is a visit when it is shown, and none before', async () => {
      const receiver = await startReceiver();
      const rules = JSON.stringify({ prerender: [{ source: 'list', urls: ['/ahead'], eagerness: 'immediate' }] });
      const head = `<script type="speculationrules">${rules}</script>`;
      receiver.pages.set('/', page({ relayUrl: receiver.relayUrl, head }));
      await drive(async (browser) => {
        const tab = await browser.newPage();
        await tab.goto(receiver.siteUrl);
        await until(() => receiver.paths.includes('/ahead'));
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect(receiver.events().map(({ data }) => data['url'])).toEqual([`${receiver.siteUrl}/`]);
        await tab.evaluate(() => void setTimeout(() => location.assign('/ahead'), 0));
        const visits = await until(() => (receiver.events().length === 2 ? receiver.events() : undefined));
        expect(visits[1]?.data).toMatchObject({ url: `${receiver.siteUrl}/ahead`, arrival: 'prerender' });
      });
      await receiver.close();
    });
});
