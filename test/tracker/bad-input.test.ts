// Anything handed to anything: before the script has loaded, as options, after close, and what callbacks may answer. No
// exception reaches the page, each mistake is said once, and a tracker that was told its key goes on.
import { expect, test } from 'vitest';
import type { createTracker } from '../../src/tracker/index.ts';
import { page } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

/** What the pages here offer. */
declare global {
  var odd: () => unknown[];
  var names: string[];
  var said: string[];
  var threw: string[];
  var tryOut: (name: string, work: () => unknown) => void;
  var make: typeof createTracker;
}

const site = useVisitedSite();

const offers = `<script>
  window.names = ['visit', 'track', 'expect', 'identify', 'optIn', 'reset', 'flush', 'getState', 'toString', 'nothing'];
  window.said = [];
  window.threw = [];
  window.tryOut = (name, work) => { try { return work() } catch (error) { threw.push(name + ': ' + (error && error.stack || error)) } };
  window.odd = () => {
    const cyclic = { fine: 1, type: 'cyclic' };
    cyclic.self = cyclic;
    const throws = () => { throw new Error('mine') };
    const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, throws]));
    return [
      undefined, null, true, 0, NaN, -1, 1n, '', 'x', 'x'.repeat(100000), '\\ud800', Symbol('s'), [], [[]], {}, throws, async () => {},
      class {}, new Date(NaN), new Map([[1, 2]]), /x/g, document, new Error('e'), Promise.resolve(1), cyclic,
      { get type() { return throws() }, get channel() { return throws() } }, Object.create(null), Object.freeze({ type: 'frozen' }),
      { toString: throws, valueOf: throws, toJSON: throws }, { toString: () => ({}) }, new Proxy({}, traps), new Proxy(() => {}, traps),
      { then(resolve, reject) { reject(new Error('thenable')) } }, { type: {} , source: [], uiData: 1n, token: 7, data: 1n, identitytype: {}, force: {} },
      { channel: 'sms', phone: {}, token: Symbol('t') }, { channel: 'sms', phone: '+15550100', data: cyclic }, Object.create({ get data() { return throws() } }),
    ];
  };
</script>`;

const stub =
  '<script>window.waymark=function(){(waymark.q=waymark.q||[]).push(arguments)};' +
  "waymark('init',{onError:function(e){said.push(e.message)}})</script>";

async function expectNothingThrown(tab: import('playwright').Page): Promise<void> {
  expect(await tab.evaluate(() => threw)).toEqual([]);
  const messages = await tab.evaluate(() => said);
  expect(new Set(messages).size, `${messages}`).toBe(messages.length);
}

test('before the script has loaded, every call with everything', async () => {
  const calls = `<script>for (const name of names) for (const one of odd()) { waymark(name, one); waymark(name, 'x', one) }
    waymark('track', 'early')</script>`;
  site.put('/', { head: offers + stub + calls });
  const tab = await site.open('/');
  await site.arrived('early');
  await expectNothingThrown(tab);
  expect(await tab.evaluate(() => said)).toContain('bad identity or identitytype');
});

test('twice, and after close, every call with everything', async () => {
  site.put('/', { head: offers + stub });
  const tab = await site.open('/');
  await tab.evaluate(() => {
    const call = waymark as unknown as Record<string, (...given: unknown[]) => unknown>;
    const callAll = (): void => {
      for (const name of names)
        for (const one of odd()) {
          tryOut(name, () => waymark(name, one, one));
          tryOut(name, () => waymark(name, 'ann@example.com', one));
          if (Object.hasOwn(call, name)) tryOut(name, () => call[name]?.('x', one));
        }
    };
    Object.assign(globalThis, { callAll });
    callAll();
    callAll();
    waymark.track('alive');
  });
  await site.arrived('alive');
  await tab.evaluate(() => {
    tryOut('close', () => waymark.close());
    tryOut('close', () => waymark.close());
    (globalThis as unknown as { callAll(): void }).callAll();
    for (const consent of ['granted', 'pending', 'denied', ...odd()])
      tryOut('setConsent', () => waymark.setConsent(consent as 'granted'));
  });
  await expectNothingThrown(tab);
});

test('options that make no sense leave a tracker that does what it can', async () => {
  const { relayUrl } = site.receiver;
  const load = `<script type="module">import { createTracker } from '/esm/tracker.js'; window.make = createTracker</script>`;
  site.receiver.pages.set('/', `<!doctype html><title>Options</title>${offers}<body>${load}`);
  const tab = await site.context.newPage();
  await tab.goto(site.receiver.siteUrl);
  await tab.waitForFunction(() => typeof make === 'function');
  await tab.evaluate((endpoint) => {
    const options = [
      ...['consent', 'domain', 'rotate', 'automation', 'visits', 'beforeSend', 'onError'],
      ...['onDelivered', 'cookieless', 'measure', 'clicks', 'outbound', 'downloads', 'debug', 'transport'],
    ];
    let made = 0;
    const tryTracker = (name: string, given: object): void =>
      tryOut(name, () => {
        made += 1;
        const tracker = make({ key: `pk_${made}`, endpoint, ...given });
        tracker.track('made', { n: made });
        tracker.getState();
        tracker.flush();
        tracker.close();
      });
    for (const name of options) for (const one of odd()) tryTracker(name, { [name]: one });
  }, `${relayUrl}/collect`);
  await expectNothingThrown(tab);
  await site.arrived('made');
});

test('callbacks may answer anything, throw, or never answer', async () => {
  const head = `${offers}${stub}<script>
    waymark('init', {
      onDelivered() { throw new Error('mine') },
      beforeSend(event) { const { answer } = event.data; return answer === undefined ? event : odd()[answer] },
    })</script>`;
  site.put('/', { head });
  const tab = await site.open('/');
  await tab.evaluate(() => {
    for (const [answer, value] of odd().entries()) {
      tryOut('beforeSend', () => waymark.track('answered', { answer }));
      tryOut('token', () => waymark.identify('ann@example.com', { token: () => value as string }));
      tryOut('token', () => waymark.identify('ann@example.com', { token: value as string, force: true }));
      tryOut('token', () => waymark.identify('bob@example.com', { token: value as () => string }));
    }
    waymark.track('alive');
  });
  await site.arrived('alive');
  await site.quiet(tab);
  await expectNothingThrown(tab);
});

test('a queue that holds no calls, or is none, leaves a tracker that tells the page', async () => {
  const queues = ['7', '{}', '[null]', '[undefined, 7, {}, []]', '() => {}'];
  for (const [index, queue] of queues.entries())
    site.put(`/${index}`, { head: `${stub}<script>waymark.q = ${queue}</script>` });
  const tab = await site.context.newPage();
  for (const index of queues.keys()) {
    await site.open(`/${index}`, tab);
    await site.arrived('webvisit', index + 1);
  }
});

test('a token function may fail with anything, and be heard by an onError that throws', async () => {
  const fail = () => {
    tryOut('token', () => waymark.identify('ann@example.com', { token: () => Promise.reject(Symbol('no')) }));
    tryOut('token', () => waymark.identify('bob@example.com', { token: () => Promise.reject(Object.create(null)) }));
    tryOut('token', () => waymark.identify('cay@example.com', { token: () => Promise.reject(new Error('no')) }));
  };
  site.put('/', { head: offers + stub });
  const tab = await site.open('/');
  await tab.evaluate(fail);
  await expect.poll(() => tab.evaluate(() => said)).toContain('no token: Error: no');
  site.put('/', {
    head: offers + stub.replace('said.push(e.message)', 'said.push(e.message);throw new Error("mine")'),
  });
  await site.open('/', tab);
  await tab.evaluate(fail);
  await expect.poll(() => tab.evaluate(() => said.length)).toBeGreaterThan(0);
  await expectNothingThrown(tab);
});

test('where a part cannot be loaded and onError throws, the page is told all the same', async () => {
  site.put('/', {
    head: offers + stub.replace('said.push(e.message)', 'throw new Error("mine")'),
    attributes: 'data-measure',
  });
  await site.context.route(/waymark-more\.js/, (route) => route.abort());
  await site.open('/');
  await site.arrived('webvisit');
});

test('an onError that throws, and attributes that cannot be read, break nothing', async () => {
  site.put('/', {
    head: offers + stub.replace('said.push(e.message)', 'throw new Error("mine")'),
    attributes: `data-rules='[{' data-parameters='{"a":' data-consent="granted" data-transport="[]"`,
  });
  const tab = await site.open('/');
  await tab.evaluate(() => {
    tryOut('track', () => waymark.track('' as string));
    tryOut('identify', () => waymark.identify('nobody'));
    waymark.track('alive');
  });
  await site.arrived('alive');
  await expectNothingThrown(tab);
});

test('a page that has something else by the name of waymark', async () => {
  const { relayUrl } = site.receiver;
  for (const [path, body] of [
    ['/element', '<div id="waymark"></div>'],
    ['/number', '<script>var waymark = 7</script>'],
    ['/function', '<script>function waymark() { throw new Error("mine") }</script>'],
  ] as const) {
    site.receiver.pages.set(path, page({ relayUrl, title: path, body: `>${offers}${body}<i` }));
    await site.open(path);
  }
  const visits = await site.arrived('webvisit', 3);
  expect(visits.map(({ data }) => data['title']).sort()).toEqual(['/element', '/function', '/number']);
});
