// The page goes while events wait: nothing is lost. Judged by the store of a real relay.
import { afterEach, expect, it } from 'vitest';
import type { Tab, Visitor } from './driver.ts';
import { allDrivers, aRun, expectInStore, inEach } from './drivers.ts';

inEach(allDrivers, (set, name) => {
  let visitor: Visitor | undefined;
  afterEach(async () => {
    set.stage.proxy.behaviour = 'passes';
    await visitor?.close().catch(() => {});
    visitor = undefined;
  });

  async function enter(): Promise<Tab> {
    visitor = await set.driver.visitor();
    return visitor.open(set.stage.siteUrl);
  }

  const expectStored = (run: string, count: number) => expectInStore(set.stage, run, count);

  it('20 events and the tab is closed at once', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 20), run);
    await tab.close();
    await expectStored(run, 20);
  });

  it('20 events and the page navigates away at once', async () => {
    const run = aRun();
    const tab = await enter();
    await tab
      .run((id) => {
        sendMany(id, 20);
        location.href = 'about:blank';
      }, run)
      .catch(() => {}); // The answer may be lost with the page.
    await expectStored(run, 20);
  });

  it('20 events and the window is closed at once', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 20), run);
    await visitor?.close();
    await expectStored(run, 20);
  });

  it('60 events of 2 kB, more than a beacon takes, and the next visit brings the rest', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 60, { padding: 2_000 }), run);
    await tab.close();
    await visitor?.open(set.stage.siteUrl);
    await expectStored(run, 60);
  });

  if (name === 'playwrightChromium') {
    it('20 events and the renderer is killed 50 ms later: they arrive without another visit', async () => {
      const run = aRun();
      const tab = await enter();
      await tab.run(async (id) => {
        sendMany(id, 20);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }, run);
      await tab.crash?.();
      await expectStored(run, 20);
    });

    it('fewer events than make a batch, and the renderer is killed: what was left with the browser arrives', async () => {
      const run = aRun();
      visitor = await set.driver.visitor();
      // The page itself would send them soon, perhaps before it is killed.
      const patient = 'globalThis.transportOptions = { flushMs: 60_000, firstFlushMs: 60_000 }';
      const tab = await visitor.open(set.stage.siteUrl, patient);
      await tab.run(async (id) => {
        sendMany(id, 5);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }, run);
      await tab.crash?.();
      await expectStored(run, 5);
      expect(set.stage.proxy.requests.at(-1)?.deferred).toBe(true);
    });

    it('20 events and the renderer is killed without fetchLater: they arrive with the next visit', async () => {
      const run = aRun();
      visitor = await set.driver.visitor();
      const tab = await visitor.open(set.stage.siteUrl, 'delete globalThis.fetchLater');
      set.stage.proxy.behaviour = 'silent';
      await tab.run(async (id) => {
        sendMany(id, 20);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }, run);
      await tab.crash?.();
      set.stage.proxy.behaviour = 'passes';
      await visitor.open(set.stage.siteUrl);
      await expectStored(run, 20);
    });
  }

  if (name === 'puppeteerChromium') {
    it('the browser is killed a second after 20 events, the relay out of reach: they arrive with the next visit', async () => {
      const run = aRun();
      const own = await set.driver.ownBrowser?.();
      if (!own) throw new Error('the driver has no browser of its own');
      try {
        const tab = await own.open(set.stage.siteUrl);
        set.stage.proxy.behaviour = 'refuses';
        await tab.run(async (id) => {
          sendMany(id, 20);
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }, run);
        await own.kill();
        set.stage.proxy.behaviour = 'passes';
        await own.restart();
        await own.open(set.stage.siteUrl);
        await expectStored(run, 20);
      } finally {
        await own.close();
      }
    });
  }
});
