// WebKitGTK by WebDriver.
import { startWebKit } from '../../browsers/webkit.ts';
import type { Driver } from './driver.ts';

export async function webKit(): Promise<Driver> {
  const webKit = await startWebKit();
  return {
    name: 'WebKitGTK by WebDriver',
    sendsAfterClose: false,
    fetchLater: false,
    async visitor() {
      const browser = await webKit.start();
      return {
        async open(url, before) {
          const tab = await browser.newTab();
          // The site's pages run it first; no script can be put before them from outside.
          await tab.goto(before ? `${url}#before=${encodeURIComponent(before)}` : url);
          return { ...tab, back: () => tab.run(() => void setTimeout(() => history.back(), 0)) };
        },
        close: () => browser.close(),
      };
    },
    close: () => webKit.close(),
  };
}
