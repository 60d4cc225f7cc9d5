// The site, the relay and the visitor's browser of a browser test: fresh for each test, and no page may see an exception.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { Tracker } from '../../src/tracker/index.ts';
import { launchBrowser } from '../browsers/browser.ts';
import { page, type Receiver, startReceiver, until } from './receiver.ts';

declare global {
  var waymark: Tracker & ((...call: unknown[]) => void);
}

export interface VisitedSite {
  receiver: Receiver;
  context: BrowserContext;
  /** Puts a page there; see `page` in receiver.ts. */
  put(path: string, given: Omit<Parameters<typeof page>[0], 'relayUrl'>): void;
  /** Opens a page and waits for the tracker. */
  open(path?: string, tab?: Page): Promise<Page>;
  ofType(type: string): WireEvent[];
  /** Waits until as many events of the type have arrived. */
  arrived(type: string, count?: number): Promise<WireEvent[]>;
  /** Waits until nothing is under way. */
  quiet(tab: Page): Promise<void>;
  cookie(name: string): Promise<string | undefined>;
}

export function useVisitedSite(options: BrowserContextOptions = {}, args: string[] = []): VisitedSite {
  const site = {} as VisitedSite;
  const errors: Error[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser(args);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site.receiver = await startReceiver();
    site.context = await browser.newContext(options);
    site.context.on('weberror', (webError) => {
      // Firefox also reports here which script it has refused, and what it could not reach.
      if (!/integrity attribute|Same Origin Policy/.test(webError.error().message)) errors.push(webError.error());
    });
  });
  afterEach(async () => {
    await site.context.close();
    await site.receiver.close();
    expect(errors.splice(0), 'the page saw an exception').toEqual([]);
  });

  site.put = (path, given) => {
    const { receiver } = site;
    receiver.pages.set(path, page({ relayUrl: receiver.relayUrl, ...given }));
  };
  site.open = async (path = '/', tab) => {
    const opened = tab ?? (await site.context.newPage());
    await opened.goto(site.receiver.siteUrl + path);
    await opened.waitForFunction(() => typeof waymark?.getState === 'function');
    return opened;
  };
  site.ofType = (type) => site.receiver.events().filter((event) => event.type === type);
  site.arrived = async (type, count = 1) => {
    await until(() => site.ofType(type).length >= count);
    return site.ofType(type);
  };
  site.quiet = async (tab) => {
    await tab.waitForTimeout(400);
    await until(() => tab.evaluate(() => waymark.getState().waiting === 0));
  };
  site.cookie = async (name) => (await site.context.cookies()).find((one) => one.name === name)?.value;
  return site;
}
