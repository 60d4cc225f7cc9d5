// Chromium by Playwright.
import type { BrowserContext, Page } from 'playwright';
import { launchChromium } from '../../browsers/chromium.ts';
import { closed, type Driver, type Tab, type Visitor } from './driver.ts';

export async function playwrightChromium(): Promise<Driver> {
  const browser = await launchChromium({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  return {
    name: 'Chromium by Playwright',
    sendsAfterClose: true,
    fetchLater: true,
    visitor: async () => asVisitor(await browser.newContext()),
    close: () => browser.close(),
  };
}

function asVisitor(context: BrowserContext): Visitor {
  return {
    async open(url, before) {
      const page = await context.newPage();
      if (before) await page.addInitScript(before);
      await page.goto(url);
      return asTab(page, context);
    },
    setOffline: (offline) => context.setOffline(offline),
    close: () => closed(context.close()),
  };
}

function asTab(page: Page, context: BrowserContext): Tab {
  return {
    goto: async (url) => void (await page.goto(url)),
    run: (work, given) => page.evaluate(work as never, given as never),
    back: async () => void (await page.goBack({ waitUntil: 'commit' })),
    close: () => closed(page.close()),
    async crash() {
      const session = await context.newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      session.send('Page.crash').catch(() => {});
      await crashed;
    },
  };
}
