// Services that read or render pages for others are known by their names, also where no program seems to drive the browser.
import type { BrowserContext } from 'playwright';
import { expect, test } from 'vitest';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite({}, [
  '--host-resolver-rules=MAP shop.test 127.0.0.1',
  // As in a browser that a person uses: `navigator.webdriver` is false.
  '--disable-blink-features=AutomationControlled',
]);

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const agents = {
  person: chrome,
  phone: chrome.replace('X11; Linux x86_64', 'Linux; Android 14; CUBOT KINGKONG 9'),
  google: `${chrome} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
  bing: `${chrome} (compatible; bingbot/2.0)`,
  crawler: 'ExampleCrawler/1.0',
  spider: 'Baiduspider+(+http://www.baidu.com/search/spider.htm)',
  prerender: `${chrome} Prerender (+https://github.com/prerender/prerender)`,
  headless: chrome.replace('Chrome/', 'HeadlessChrome/'),
  lighthouse: `${chrome} Chrome-Lighthouse`,
};

test('bots, crawlers, renderers and headless browsers tell nothing, people and their phones do', async () => {
  const shop = site.receiver.siteUrl.replace('localhost', 'shop.test');
  const contexts: BrowserContext[] = [];
  const browser = site.context.browser();
  for (const [name, userAgent] of Object.entries(agents)) {
    const context = await browser?.newContext({ userAgent });
    if (!context) throw new Error('the browser is gone');
    contexts.push(context);
    const tab = await context.newPage();
    await tab.goto(`${shop}/${name}`);
    await tab.waitForFunction(() => typeof waymark?.getState === 'function');
    await tab.evaluate(() => waymark.flush());
  }
  await site.arrived('webvisit', 2);
  for (const [index, name] of Object.keys(agents).entries()) {
    const cookies = await contexts[index]?.cookies();
    expect(cookies?.length, name).toBe(name === 'person' || name === 'phone' ? 2 : 0);
    await contexts[index]?.close();
  }
  expect(
    site
      .ofType('webvisit')
      .map(({ data }) => data['url'])
      .sort(),
  ).toEqual([`${shop}/person`, `${shop}/phone`]);
});
