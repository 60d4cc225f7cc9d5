// The script on pages of every kind: strict policies, frames, blocked storage, tag managers, servers.
import { expect, test } from 'vitest';
import { createTracker } from '../../src/tracker/index.ts';
import { until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

const stub = 'window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)}';

test('the inline stub is at most 200 bytes', () => {
  expect(`<script>${stub}</script>`.length).toBeLessThanOrEqual(200);
});

test('a strict policy with a nonce and Trusted Types is kept, also by the parts that load later', async () => {
  site.receiver.headers = {
    'content-security-policy':
      `default-src 'none'; script-src 'nonce-n1'; connect-src ${site.receiver.relayUrl}; img-src 'self'; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  };
  site.put('/strict', { attributes: 'nonce="n1" data-measure data-clicks', body: 'data-waymark-event="pressed"' });
  const broken: string[] = [];
  const tab = await site.context.newPage();
  tab.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
  await site.open('/strict', tab);
  await site.arrived('webvisit');
  await until(() => site.receiver.paths.includes('/waymark-more.js'));
  await until(async () => {
    await tab.click('h1');
    return site.ofType('pressed').length;
  });
  expect(broken.filter((text) => !text.includes('favicon'))).toEqual([]);
});

test('in a sandboxed frame, where nothing may be stored, it delivers while the frame lives', async () => {
  site.put('/outer', { body: '' });
  const { siteUrl } = site.receiver;
  site.put('/inner', { title: 'Inner' });
  const frame = `<iframe sandbox="allow-scripts" src="${siteUrl}/inner"></iframe>`;
  site.receiver.pages.set('/framed', `<!doctype html><body>${frame}</body>`);
  const tab = await site.context.newPage();
  await tab.goto(`${siteUrl}/framed`);
  const [visit] = await site.arrived('webvisit');
  expect(visit?.data['title']).toBe('Inner');
});

test('with all storage blocked it delivers under one temporaryId while the page lives', async () => {
  const names = ['localStorage', 'sessionStorage', 'indexedDB'];
  const block = names.map((name) => `Object.defineProperty(window, '${name}', { get() { throw new Error('no') } });`);
  const cookies = `Object.defineProperty(document, 'cookie', { get() { throw new Error('no') }, set() { throw new Error('no') } });`;
  site.put('/blocked', { head: `<script>${block.join('')}${cookies}</script>` });
  const tab = await site.open('/blocked');
  await tab.evaluate(() => waymark.track('one'));
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  const [one] = await site.arrived('one');
  const [login] = await site.arrived('webvisitLogin');
  const [visit] = await site.arrived('webvisit');
  expect(new Set([one?.identity, login?.previousidentity, visit?.identity]).size).toBe(1);
  await site.quiet(tab);
  expect(site.ofType('webvisitLogin')).toHaveLength(1);
});

test('where only cookies are blocked, localStorage stands in for them', async () => {
  const cookies = `Object.defineProperty(document, 'cookie', { get: () => '', set() {} });`;
  site.put('/blocked', { head: `<script>${cookies}</script>` });
  const tab = await site.open('/blocked');
  await site.open('/blocked', tab);
  const visits = await site.arrived('webvisit', 2);
  expect(new Set(visits.map(({ identity }) => identity)).size).toBe(1);
  expect(visits.map(({ data }) => data['channelType'])).toEqual(['NewVisit', 'RandomWeb']);
});

test('where only cookies are blocked, a logout in one tab reaches the others', async () => {
  const cookies = `Object.defineProperty(document, 'cookie', { get: () => '', set() {} });`;
  site.put('/', { head: `<script>${cookies}</script>` });
  const [one, other] = [await site.open('/'), await site.open('/')];
  const idIn = (tab: typeof one) => tab.evaluate(() => waymark.getState().temporaryId);
  const before = await idIn(one);
  expect(await idIn(other)).toBe(before);
  await other.evaluate(() => waymark.reset());
  const after = await idIn(other);
  expect(after).not.toBe(before);
  await expect.poll(() => idIn(one)).toBe(after);
});

test('where the cookie store never answers, the visit is told while the page is looked at, in every tab', async () => {
  const silent = `<script>if (window.cookieStore) cookieStore.get = () => new Promise(() => {})</script>`;
  site.put('/', { head: silent });
  await Promise.all([site.open('/'), site.open('/')]);
  const visits = await site.arrived('webvisit', 2);
  expect(new Set(visits.map(({ identity }) => identity)).size).toBe(1);
});

test('as a module, or by a tag manager that drops attributes, with the options in a call', async () => {
  const { relayUrl } = site.receiver;
  const init = `waymark('init',{key:'pk_test',rules:[{match:'/tagged',type:'webvisitTagged'}],beforeSend:function(e){return e.type==='secret'?null:e}})`;
  const inject = `var s=document.createElement('script');s.async=true;s.src='${relayUrl}/waymark.js';document.head.append(s)`;
  site.receiver.pages.set(
    '/tagged',
    `<!doctype html><title>T</title><body><script>${stub};${init};waymark('track','secret');waymark('track','shown');${inject}</script>`,
  );
  site.receiver.pages.set(
    '/module',
    `<!doctype html><title>M</title><body><script type="module" src="${relayUrl}/waymark.js" data-key="pk_test"></script>`,
  );
  const tab = await site.open('/tagged');
  await site.arrived('webvisitTagged');
  await site.arrived('shown');
  expect(site.ofType('secret')).toEqual([]);
  await site.open('/module', tab);
  await site.arrived('webvisit');
});

test('as a module that knows no address but a relative one, it finds its parts all the same', async () => {
  const init = `waymark('init',{key:'pk_test',endpoint:'/collect',rules:[{match:'/relative',type:'webvisitRelative'}]})`;
  site.receiver.pages.set(
    '/relative',
    `<!doctype html><title>R</title><body><script>${stub};${init}</script><script type="module" src="/waymark.js"></script>`,
  );
  await site.open('/relative');
  await site.arrived('webvisitRelative');
});

test('two trackers on one page tell each its own relay, and share the temporaryId', async () => {
  const { relayUrl } = site.receiver;
  const second = `<script>window.first=window.waymark</script>`;
  site.put('/two', { body: '' });
  const tab = await site.open('/two');
  await tab.evaluate(
    ([base]) =>
      new Promise((resolve) => {
        Object.assign(globalThis, { first: waymark, waymark: undefined });
        const script = document.createElement('script');
        Object.assign(script, { src: `${base}/waymark.js`, onload: resolve });
        script.dataset['key'] = 'pk_other';
        document.querySelector('script[data-key]')?.remove();
        document.head.append(script);
      }),
    [relayUrl, second] as const,
  );
  await tab.evaluate(() => {
    waymark.identify('ann@example.com');
    (globalThis as unknown as { first: typeof waymark }).first.identify('ann@example.com');
  });
  const logins = await site.arrived('webvisitLogin', 2);
  expect(new Set(logins.map(({ previousidentity }) => previousidentity)).size).toBe(1);
  const keys = site.receiver.batches.flatMap(({ url, events }) =>
    events.filter(({ type }) => type === 'webvisitLogin').map(() => url.searchParams.get('key')),
  );
  expect(new Set(keys)).toEqual(new Set(['pk_test', 'pk_other']));
});

test('from npm in an app whose framework does everything twice, the page and the login count once', async () => {
  const { relayUrl } = site.receiver;
  const app = `<script type="module">
    import { createTracker } from '/esm/tracker.js';
    const mount = () => {
      const tracker = createTracker({ key: 'pk_test', endpoint: '${relayUrl}/collect' });
      tracker.identify('ann@example.com');
      return tracker;
    };
    mount().close();
    window.waymark = mount();
  </script>`;
  site.receiver.pages.set('/react', `<!doctype html><title>App</title><body>${app}`);
  const tab = await site.open('/react');
  await site.arrived('webvisit');
  await site.arrived('webvisitLogin');
  await tab.evaluate(() => history.pushState({}, '', '/react/next'));
  await site.arrived('webvisit', 2);
  await site.quiet(tab);
  expect(site.ofType('webvisit')).toHaveLength(2);
  expect(site.ofType('webvisitLogin')).toHaveLength(1);
});

test('two trackers from npm on one page go their own ways: own sources, own callbacks, and one may close', async () => {
  const { relayUrl } = site.receiver;
  const app = `<script type="module">
    import { createTracker } from '/esm/tracker.js';
    const make = (key, source) => createTracker({ key, source, endpoint: '${relayUrl}/collect', beforeSend: (event) => ({ ...event, data: { ...event.data, by: key } }) });
    const other = make('pk_other', 'other:web');
    window.waymark = make('pk_test', 'first:web');
    window.other = other;
    other.track('both', { n: 1 });
    waymark.track('both', { n: 2 });
  </script>`;
  site.receiver.pages.set('/npm', `<!doctype html><title>App</title><body>${app}`);
  const tab = await site.open('/npm');
  const both = await site.arrived('both', 2);
  await tab.evaluate(() => {
    const { other } = globalThis as unknown as { other: typeof waymark };
    other.close();
    other.track('closed');
    waymark.track('open');
  });
  const [open] = await site.arrived('open');
  await site.quiet(tab);
  expect(both.map(({ source, data }) => [source, data['by'], data['n']]).sort()).toEqual([
    ['first:web', 'pk_test', 2],
    ['other:web', 'pk_other', 1],
  ]);
  expect(new Set([...both, open].map((event) => event?.identity)).size).toBe(1);
  expect(site.ofType('closed')).toEqual([]);
});

test('on a server it does nothing and breaks nothing', () => {
  const tracker = createTracker({ key: 'pk_test', endpoint: 'https://relay.test/collect' });
  tracker.track('anything', { n: 1 });
  tracker.identify('ann@example.com');
  tracker.setConsent('granted');
  expect(tracker.getState()).toMatchObject({ temporaryId: undefined, waiting: 0 });
  tracker.close();
});
