// The way to the relay fails in every manner known; when it is well again all events arrive, each once, without a storm.
import { afterEach, expect, it } from 'vitest';
import { until } from '../../helpers.ts';
import type { Tab, Visitor } from './driver.ts';
import { aRun, expectInStore, inEach } from './drivers.ts';
import type { Behaviour } from './proxy.ts';

inEach(['playwrightChromium', 'puppeteerFirefox', 'webKit'], (set, name) => {
  let visitor: Visitor | undefined;
  afterEach(async () => {
    Object.assign(set.stage.proxy, { behaviour: 'passes', delayMs: 0 });
    await visitor?.close().catch(() => {});
    visitor = undefined;
  });

  async function enter(before?: string): Promise<Tab> {
    visitor = await set.driver.visitor();
    return visitor.open(set.stage.siteUrl, before);
  }

  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Those that reach the page as an answer it judges by itself, whatever the browser. */
  const answered: Behaviour[] = ['bad-gateway', 'garbage', 'busy', 'too-many-requests'];

  it.each<Behaviour>(['refuses', 'loses-answers', ...(name === 'playwrightChromium' ? answered : [])])(
    'the way is barred for some seconds (%s), then free: all arrive, with waits that grow and no storm',
    async (behaviour) => {
      const { proxy } = set.stage;
      const run = aRun();
      const tab = await enter();
      proxy.behaviour = behaviour;
      proxy.requests.length = 0;
      await tab.run((id) => sendMany(id, 50), run);
      await wait(3_000);
      await tab.run((id) => sendMany(id, 50, { from: 50 }), run);
      await wait(1_500);
      const tried = proxy.requests.length;
      // One batch was tried, then again after 1 to 1.5 and 2 to 3 seconds.
      expect(tried).toBeGreaterThan(0);
      expect(tried).toBeLessThanOrEqual(4);
      proxy.behaviour = 'passes';
      await expectInStore(set.stage, run, 100);
      expect(proxy.requests.length - tried).toBeLessThanOrEqual(5);
      expect(await tab.run(() => [failures, reported])).toEqual([[], []]);
      await until('all are forgotten', () => tab.run(() => transport.waiting() === 0));
    },
  );

  it('the wait that a busy relay asks for is kept, also when the tab is closed meanwhile', async () => {
    const { proxy } = set.stage;
    const run = aRun();
    const tab = await enter();
    Object.assign(proxy, { behaviour: 'busy', retryAfterSeconds: 600 });
    proxy.requests.length = 0;
    await tab.run((id) => sendMany(id, 20), run);
    await until('the relay was asked', () => proxy.requests.length > 0);
    await wait(1_500);
    await tab.close();
    await wait(500);
    expect(proxy.requests).toHaveLength(1);
    Object.assign(proxy, { behaviour: 'passes', retryAfterSeconds: 2 });
    await visitor?.open(set.stage.siteUrl);
    await expectInStore(set.stage, run, 20);
  });

  it('the relay says nothing, the tab is closed: the next visit brings all', async () => {
    const run = aRun();
    const tab = await enter();
    set.stage.proxy.behaviour = 'silent';
    await tab.run((id) => sendMany(id, 20), run);
    await wait(1_500);
    await tab.close();
    set.stage.proxy.behaviour = 'passes';
    await visitor?.open(set.stage.siteUrl);
    await expectInStore(set.stage, run, 20);
  });

  it('no network although the browser says there is one, the tab closed, opened later: all arrive', async () => {
    const run = aRun();
    const tab = await enter();
    set.stage.proxy.behaviour = 'refuses';
    await tab.run((id) => sendMany(id, 20), run);
    expect(await tab.run(() => navigator.onLine)).toBe(true);
    await tab.close();
    await wait(300);
    set.stage.proxy.behaviour = 'passes';
    await visitor?.open(set.stage.siteUrl);
    await expectInStore(set.stage, run, 20);
  });

  if (name === 'playwrightChromium') {
    it('offline before and during 20 events, the tab closed offline, opened online later: all arrive', async () => {
      const run = aRun();
      const tab = await enter();
      await visitor?.setOffline?.(true);
      await tab.run((id) => sendMany(id, 20), run);
      await wait(500);
      await tab.close();
      await wait(500);
      await visitor?.setOffline?.(false);
      await visitor?.open(set.stage.siteUrl);
      await expectInStore(set.stage, run, 20);
    });

    it('offline and online again in the same page: sent without waiting for the backoff', async () => {
      const run = aRun();
      const tab = await enter();
      await visitor?.setOffline?.(true);
      await tab.run((id) => sendMany(id, 20), run);
      await wait(4_000);
      await visitor?.setOffline?.(false);
      await expectInStore(set.stage, run, 20, 4_000);
    });
  }

  it('one event is refused: the others arrive, that one is reported once, and nothing is tried again', async () => {
    const run = aRun();
    const tab = await enter();
    await tab.run((id) => {
      sendMany(id, 3);
      sendMany(id, 1, { from: 3, type: 'task:new' });
      sendMany(id, 3, { from: 4 });
    }, run);
    await expectInStore(set.stage, run, 6);
    await until('all are forgotten', () => tab.run(() => transport.waiting() === 0));
    expect(await tab.run(() => reported)).toMatchObject([{ code: 'type-reserved', id: `${run}-3` }]);
  });

  it('the device clock is years wrong: events arrive, and the store has the right time', async () => {
    const run = aRun();
    const years = 5 * 365 * 86_400_000;
    const tab = await enter(`{
      const RealDate = Date;
      globalThis.Date = class extends RealDate {
        constructor(...given) { given.length ? super(...given) : super(RealDate.now() - ${years}); }
        static now() { return RealDate.now() - ${years}; }
      };
    }`);
    await tab.run((id) => sendMany(id, 3), run);
    await expectInStore(set.stage, run, 3);
    for (const { correctedMs } of set.stage.stored(run))
      expect(Math.abs(correctedMs - Date.now())).toBeLessThan(60_000);
  });
});
