// The tracker's way: its events are taken by a starter, and the whole transport is loaded when they are not answered at once
// (decision 0022). The page, the browser or the relay fails before that has come, or it never comes.
import { afterEach, expect, it } from 'vitest';
import { until } from '../../helpers.ts';
import type { Tab, Visitor } from './driver.ts';
import { aRun, expectInStore, inEach } from './drivers.ts';

inEach(['playwrightChromium', 'puppeteerFirefox', 'webKit'], (set, name) => {
  let visitor: Visitor | undefined;
  afterEach(async () => {
    Object.assign(set.stage.proxy, { behaviour: 'passes', delayMs: 0 });
    set.stage.rescue = 'comes';
    await visitor?.close().catch(() => {});
    visitor = undefined;
  });

  const address = (): string => `${set.stage.siteUrl}/tracked`;

  async function enter(before?: string): Promise<Tab> {
    visitor = await set.driver.visitor();
    return visitor.open(address(), before);
  }

  it('one event that is answered at once needs neither the rescue part nor its stores', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 1), run);
    await expectInStore(set.stage, run, 1);
    await until('forgotten', () => tab.run(() => transport.waiting() === 0));
    // Longer than until it is looked for a deep store.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(await tab.run(async () => (await indexedDB.databases()).length)).toBe(0);
    expect(await tab.run(() => [loads, failures])).toEqual([0, []]);
  });

  it('the tab is closed before the part has come: they arrive', async () => {
    set.stage.rescue = 'hangs';
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 20), run);
    await tab.close();
    set.stage.rescue = 'comes';
    await visitor?.open(address());
    await expectInStore(set.stage, run, 20);
  });

  it('the relay says nothing, the part does not come, the tab is closed: the next visit brings all', async () => {
    set.stage.rescue = 'hangs';
    set.stage.proxy.behaviour = 'silent';
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 20), run);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await tab.close();
    set.stage.rescue = 'comes';
    set.stage.proxy.behaviour = 'passes';
    await visitor?.open(address());
    await expectInStore(set.stage, run, 20);
  });

  it('60 events of 2 kB and the tab is closed: the next visit brings the rest', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => sendMany(id, 60, { padding: 2_000 }), run);
    await tab.close();
    await visitor?.open(address());
    await expectInStore(set.stage, run, 60);
  });

  it('the relay is down for some seconds: all arrive, and nothing is thrown', async () => {
    const run = aRun();
    const tab = await enter();
    set.stage.proxy.behaviour = 'bad-gateway';
    await tab.run((id) => sendMany(id, 50), run);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    set.stage.proxy.behaviour = 'passes';
    await expectInStore(set.stage, run, 50);
    await until('forgotten', () => tab.run(() => transport.waiting() === 0));
    expect(await tab.run(() => [failures, reported])).toEqual([[], []]);
  });

  it('the part is refused for good: all arrive all the same, also those after a failure', async () => {
    set.stage.rescue = 'fails';
    const run = aRun();
    const tab = await enter();
    set.stage.proxy.behaviour = 'bad-gateway';
    await tab.run((id) => sendMany(id, 30), run);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    set.stage.proxy.behaviour = 'passes';
    await tab.run((id) => sendMany(id, 30, { from: 30 }), run);
    await expectInStore(set.stage, run, 60);
    expect(await tab.run(() => [failures, reported])).toEqual([[], []]);
  });

  it('scripts that replace JSON and give arrays a toJSON cost no event, on the way or on disk', async () => {
    const run = aRun();
    const tab = await enter();
    set.stage.proxy.behaviour = 'refuses';
    const answered = tab.run((id) => {
      JSON.stringify = () => 'replaced';
      JSON.parse = () => 'replaced';
      Object.assign(Array.prototype, { toJSON: () => 'garbled' });
      sendMany(id, 3, { list: [1, 2] });
    }, run);
    // WebKit's driver itself reads answers with the page's JSON.
    if (name === 'webKit') await expect(answered).rejects.toThrow('parse script result');
    else await answered;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await tab.close();
    set.stage.proxy.behaviour = 'passes';
    await visitor?.open(address());
    await expectInStore(set.stage, run, 3);
  });

  if (name === 'playwrightChromium') {
    it('the renderer is killed before the part has come: the next visit brings all', async () => {
      set.stage.rescue = 'hangs';
      set.stage.proxy.behaviour = 'silent';
      const run = aRun();
      const tab = await enter();
      await tab.run(async (id) => {
        sendMany(id, 5);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }, run);
      await tab.crash?.();
      set.stage.rescue = 'comes';
      set.stage.proxy.behaviour = 'passes';
      await visitor?.open(address());
      await expectInStore(set.stage, run, 5);
    });

    it('offline, so that the part cannot be loaded, then online again: all arrive', async () => {
      const run = aRun();
      const tab = await enter();
      await visitor?.setOffline?.(true);
      await tab.run((id) => sendMany(id, 20), run);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await visitor?.setOffline?.(false);
      await expectInStore(set.stage, run, 20);
    });
  }
});

inEach(['puppeteerChromium'], (set) => {
  it('the browser is killed a second after 20 events, the relay out of reach: they arrive with the next visit', async () => {
    const run = aRun();
    const own = await set.driver.ownBrowser?.();
    if (!own) throw new Error('the driver has no browser of its own');
    try {
      const tab = await own.open(`${set.stage.siteUrl}/tracked`);
      set.stage.proxy.behaviour = 'refuses';
      await tab.run(async (id) => {
        sendMany(id, 20);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }, run);
      await own.kill();
      set.stage.proxy.behaviour = 'passes';
      await own.restart();
      await own.open(`${set.stage.siteUrl}/tracked`);
      await expectInStore(set.stage, run, 20);
    } finally {
      await own.close();
    }
  });
});
