// The browser of a test, by Playwright: Chromium, or the one that test/vitest.config.ts runs the test in once more (Firefox,
// WebKit), where there is one (the set-up script names it).
import { type Browser, firefox } from 'playwright';
import puppeteer, { type Browser as PuppeteerBrowser } from 'puppeteer-core';
import { chromiumArgs, chromiumPath, launchChromium } from './chromium.ts';
import { launchWebKit } from './webkit-browser.ts';

export const browserName: string = process.env['TEST_BROWSER'] || 'chromium';

const firefoxPath: string = process.env['FIREFOX_PATH'] || '/usr/bin/firefox-esr';

/** `args` are Chromium's. */
export function launchBrowser(args: string[] = []): Promise<Browser> {
  // The Firefox that people use, over WebDriver BiDi, and not Playwright's own build.
  if (browserName === 'firefox') return firefox.launch({ channel: 'moz-firefox', executablePath: firefoxPath });
  return browserName === 'webkit' ? launchWebKit() : launchChromium({ args });
}

/** By Puppeteer, where a page's life goes on as it does for people: hidden, restored, prerendered. In WebKit it does anyway. */
export async function launchForLife(): Promise<Pick<PuppeteerBrowser, 'newPage' | 'close'>> {
  if (browserName === 'webkit') return (await launchWebKit()) as unknown as PuppeteerBrowser;
  return browserName === 'firefox'
    ? puppeteer.launch({ browser: 'firefox', executablePath: firefoxPath })
    : puppeteer.launch({ executablePath: chromiumPath, args: chromiumArgs });
}
