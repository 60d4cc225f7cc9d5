// Chromium (over CDP) and Firefox (over WebDriver BiDi) by puppeteer-core: the tool that shows the life of a page as it
// is, with real hidden tabs, prerendering and the back/forward cache.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { chromiumArgs, chromiumPath } from '../../browsers/chromium.ts';
import { closed, type Driver, type OwnBrowser, type Tab, type Visitor } from './driver.ts';

const launch = {
  chromium: (userDataDir?: string): Promise<Browser> =>
    puppeteer.launch({
      browser: 'chrome',
      executablePath: chromiumPath,
      args: chromiumArgs,
      ...(userDataDir && { userDataDir }),
    }),
  firefox: (): Promise<Browser> =>
    puppeteer.launch({ browser: 'firefox', executablePath: process.env['FIREFOX_PATH'] ?? '' }),
};

export async function puppeteerChromium(): Promise<Driver> {
  const browser = await launch.chromium();
  return {
    name: 'Chromium by Puppeteer',
    sendsAfterClose: true,
    fetchLater: true,
    visitor: async () => asVisitor(await browser.createBrowserContext()),
    ownBrowser,
    close: () => browser.close(),
  };
}

export async function puppeteerFirefox(): Promise<Driver> {
  const browser = await launch.firefox();
  return {
    name: 'Firefox by Puppeteer',
    sendsAfterClose: false,
    fetchLater: false,
    visitor: async () => asVisitor(await browser.createBrowserContext()),
    close: () => browser.close(),
  };
}

function asVisitor(context: BrowserContext): Visitor {
  return {
    open: async (url, before) => asTab(await context.newPage(), url, before),
    close: () => closed(context.close()),
  };
}

async function asTab(page: Page, url: string, before?: string): Promise<Tab> {
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(url);
  return {
    goto: async (next) => void (await page.goto(next)),
    run: (work, given) => page.evaluate(work as never, given as never),
    back: async () => void (await page.evaluate(() => void setTimeout(() => history.back(), 0))),
    close: () => closed(page.close()),
    async cover() {
      const other = await page.browserContext().newPage();
      await other.bringToFront();
    },
  };
}

async function ownBrowser(): Promise<OwnBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-profile-'));
  let browser = await launch.chromium(folder);
  return {
    open: async (url, before) => asTab(await browser.newPage(), url, before),
    async kill() {
      const process = browser.process();
      const gone = new Promise((resolve) => process?.once('exit', resolve));
      process?.kill('SIGKILL');
      await gone;
    },
    async restart() {
      browser = await launch.chromium(folder);
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
