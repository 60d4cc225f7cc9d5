// WebKitGTK with as much of Playwright's interface as the tracker's tests ask for. It tells nothing of its own accord:
// what the console says, and which exceptions nobody caught, is seen in the other browsers.
import type { Browser, BrowserContext, Page } from 'playwright';
import { until } from '../helpers.ts';
import { startWebKit, type WebKitBrowser, type WebKitTab } from './webkit.ts';

export async function launchWebKit(): Promise<Browser> {
  const webKit = await startWebKit();
  const newContext = async () => asContext(await webKit.start());
  // Of one browser, as a visitor's tabs are.
  let own: Promise<BrowserContext> | undefined;
  const newPage = async () => {
    own ??= newContext();
    return (await own).newPage();
  };
  const close = async () => {
    await (await own)?.close();
    await webKit.close();
  };
  return { newContext, newPage, close } as unknown as Browser;
}

function asContext(browser: WebKitBrowser): BrowserContext {
  const tabs: WebKitTab[] = [];
  let siteUrl = 'about:blank';
  /** All tabs of a test show pages of one site, and a tab knows the cookies of the one it shows. */
  const ofSite = async <Value>(method: 'GET' | 'DELETE', path: string): Promise<Value> => {
    const tab = tabs[0] ?? (await browser.newTab());
    if (!tabs[0]) await tab.goto(`${siteUrl}/favicon.ico`);
    return tab.command(method, path);
  };
  const subset = {
    async newPage() {
      const tab = await browser.newTab();
      tabs.push(tab);
      const goto = (url: string): Promise<void> => {
        siteUrl = new URL(url).origin;
        return tab.goto(url);
      };
      return asPage({ ...tab, goto }, () => tabs.splice(tabs.indexOf(tab), 1));
    },
    cookies: () => ofSite('GET', '/cookie'),
    clearCookies: ({ name }: { name?: string } = {}) => ofSite('DELETE', name ? `/cookie/${name}` : '/cookie'),
    on: () => {},
    close: () => browser.close(),
  };
  return subset as unknown as BrowserContext;
}

function asPage(tab: WebKitTab, closed: () => void): Page {
  const { command, goto, run: evaluate } = tab;
  const element = async (selector: string): Promise<string> => {
    const found = await command<Record<string, string>>('POST', '/element', { using: 'css selector', value: selector });
    return `/element/${Object.values(found)[0]}`;
  };
  const subset = {
    goto,
    evaluate,
    click: async (selector: string) => command('POST', `${await element(selector)}/click`),
    fill: async (selector: string, text: string) => command('POST', `${await element(selector)}/value`, { text }),
    // Soon, and not waited for, so that several tabs can do it at once.
    reload: () => evaluate(() => void setTimeout(() => location.reload(), 50)),
    // The browser's own button skips what a page pushed without being touched.
    goBack: () => evaluate(() => void setTimeout(() => history.back(), 0)),
    waitForTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    waitForFunction: (condition: () => boolean) => until('the condition holds', () => evaluate(condition)),
    waitForURL: (pattern: string) =>
      until(`the address is ${pattern}`, () =>
        evaluate((end) => location.href.endsWith(end), pattern.replace('**', '')),
      ),
    addScriptTag: ({ url }: { url: string }) =>
      evaluate(
        (src) =>
          new Promise<void>((onload) =>
            document.head.append(Object.assign(document.createElement('script'), { src, onload })),
          ),
        url,
      ),
    on: () => {},
    async close() {
      closed();
      await tab.close();
    },
  };
  return subset as unknown as Page;
}
