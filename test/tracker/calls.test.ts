// Whatever a page calls, with whatever, whenever: no exception reaches it, and each mistake is said once.
import { expect, test } from 'vitest';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

const listening =
  '<script>window.said=[];window.waymark=function(){(waymark.q=waymark.q||[]).push(arguments)};' +
  "waymark('init',{onError:function(e){said.push(e.message)}})</script>";

test('arguments of any type do not throw, and each mistake is said once', async () => {
  site.put('/', { head: listening });
  const tab = await site.open('/');
  const said = await tab.evaluate(() => {
    const cyclic: Record<string, unknown> = { fine: 1 };
    cyclic['self'] = cyclic;
    const throwing = {
      get bad() {
        throw new Error('getter');
      },
      good: 1,
    };
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('trap');
        },
        ownKeys() {
          throw new Error('keys');
        },
      },
    );
    const odd: unknown[] = [
      undefined,
      null,
      0,
      1n,
      '',
      'x',
      [],
      {},
      () => {},
      Symbol('s'),
      Number.NaN,
      cyclic,
      throwing,
      hostile,
    ];
    const names = ['visit', 'track', 'identify', 'optIn', 'reset', 'setConsent', 'flush', 'nothing'] as const;
    for (const name of names)
      for (const one of odd)
        for (const other of odd) {
          if (name === 'setConsent' && one === 'denied') continue;
          waymark(name, one, other);
          (waymark as unknown as Record<string, ((...call: unknown[]) => void) | undefined>)[name]?.(one, other);
        }
    return (globalThis as unknown as { said: string[] }).said;
  });
  expect(new Set(said).size).toBe(said.length);
  expect(said).toContain('bad identity or identitytype');
  expect(said).toContain('bad channel');
  expect(said).toContain('bad data');
  expect(said).toContain('bad call nothing');
  await tab.evaluate(() => waymark.track('still-alive'));
  await site.arrived('still-alive');
  await tab.evaluate(() => {
    waymark.close();
    waymark.close();
    waymark.track('after');
    waymark.getState();
  });
});

test('data that cannot be written or is too large is left out and marked, the rest arrives', async () => {
  const tab = await site.open('/');
  await tab.evaluate(() => {
    const cyclic: Record<string, unknown> = { n: 1 };
    cyclic['self'] = cyclic;
    waymark('track', 'cyclic', cyclic);
    waymark('track', 'huge', { small: 'ok', large: 'ä'.repeat(40_000), also: true });
    waymark('track', 'big-number', { n: 10n, m: 2 });
  });
  expect((await site.arrived('cyclic'))[0]?.data).toMatchObject({ n: 1, trimmed: ['self'] });
  const [huge] = await site.arrived('huge');
  expect(huge?.data).toMatchObject({ small: 'ok', also: true, trimmed: ['large'] });
  expect(Buffer.byteLength(JSON.stringify(huge))).toBeLessThan(32_768);
  expect((await site.arrived('big-number'))[0]?.data).toMatchObject({ m: 2, trimmed: ['n'] });
});

test('an event stays within its limit also with large names, a long title and a long address', async () => {
  const tab = await site.open('/');
  await site.arrived('webvisit');
  await tab.evaluate(() => {
    const large = 'x'.repeat(20_000);
    waymark.identify('ann@example.com', { type: 'named', notes: large, data: { large } });
    document.title = large;
    waymark.track('titled', { large });
    history.pushState({}, '', `/#/${large}${large}${large}`);
    document.title = 'Home';
    waymark.track('addressed', { small: 1 });
  });
  const told = await Promise.all(['named', 'titled', 'addressed'].map(async (type) => (await site.arrived(type))[0]));
  for (const event of told) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(32_768);
  expect(told.map((event) => event?.data['trimmed'])).toEqual([['large'], ['large'], ['url']]);
  expect(told[2]?.data).toMatchObject({ small: 1, title: 'Home' });
});

test('what other scripts have broken does not break it', async () => {
  const vandal = `<script>
    Object.prototype.polluted = 'yes';
    history.pushState = function () { throw new Error('mine') };
    window.fetch = function () { throw new Error('blocked') };
  </script>`;
  site.put('/vandal', { head: vandal });
  const tab = await site.open('/vandal');
  await tab.waitForTimeout(500);
  await tab.evaluate(() => {
    try {
      history.pushState({}, '', '/other');
    } catch (error) {
      if (!String(error).includes('mine')) throw error;
    }
    const { stringify } = JSON;
    JSON.stringify = () => {
      throw new Error('broken');
    };
    waymark.track('lost', { n: 1 });
    waymark.identify('ann@example.com');
    JSON.stringify = stringify;
    waymark.track('kept', { n: 2 });
  });
  // The beacon is left to it.
  await tab.goto('about:blank');
  await site.arrived('webvisit');
  await site.arrived('kept');
});

test('beforeSend may change an event or leave it out; when it throws, the event is left out and the mistake is said', async () => {
  const head =
    listening +
    `<script>waymark('init',{beforeSend:function(e){
      if(e.type==='out')return null; if(e.type==='bad')throw new Error('mine');
      e.data.added=1; return e}})</script>`;
  site.put('/filtered', { head });
  const tab = await site.open('/filtered');
  await tab.evaluate(() => {
    for (const type of ['out', 'bad', 'kept']) waymark.track(type);
  });
  const [kept] = await site.arrived('kept');
  expect(kept?.data['added']).toBe(1);
  await site.quiet(tab);
  expect(site.ofType('out').concat(site.ofType('bad'))).toEqual([]);
  expect(await tab.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toContain('mine');
});

test('beforeSend may call track: what it calls is told, and if it does so each time, the page goes on', async () => {
  const head =
    listening +
    `<script>waymark('init',{beforeSend:function(e){
      if(e.type==='order')waymark('track','derived');
      if(e.type==='echo'&&!window.enough)waymark('track','echo');
      return e}})</script>`;
  site.put('/echoing', { head });
  const tab = await site.open('/echoing');
  await tab.evaluate(() => waymark.track('order'));
  await site.arrived('derived');
  await tab.evaluate(() => waymark.track('echo'));
  // Timers and the page's own code have their turns in between.
  await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  await tab.evaluate(() => void Object.assign(globalThis, { enough: true }));
  await site.arrived('echo', 2);
});

test('a source with blanks is written as a URI, and a second copy of the script changes nothing', async () => {
  site.put('/', { attributes: 'data-source="home bank:web"' });
  const tab = await site.open('/');
  await tab.addScriptTag({ url: `${site.receiver.relayUrl}/waymark.js` });
  const visits = await site.arrived('webvisit');
  await site.quiet(tab);
  expect(visits.map(({ source }) => source)).toEqual(['home%20bank:web']);
});
