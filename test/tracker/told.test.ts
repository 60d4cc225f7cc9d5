// What a visit tells, and by what name: rules, meta tags, attributes, campaigns, sizes, the agent's desk.
import { expect, test } from 'vitest';
import { until } from './receiver.ts';
import { useVisitedSite } from './visited-site.ts';

const site = useVisitedSite();

test('a rule gives everything that a visit is called, the first that matches, by path alone', async () => {
  const uiData = {
    title: 'Mortgage rates',
    subTitle: 'Twenty years',
    iconType: 'MortgageRates',
    filterTags: ['Web', 'Mortgage'],
    division: 'Loans',
  };
  const mortgage = {
    match: '/mortgage*',
    type: 'webvisitMortgage',
    source: 'home.com:web:mortgage',
    origin: 'Mortgage Rates',
    channelType: 'MortgageRates',
    notes: 'Looked at rates',
    uiData,
  };
  const rules = JSON.stringify([
    mortgage,
    { match: '/mortgage/*', type: 'tooLate' },
    { match: '/a.b', type: 'dotted' },
  ]);
  for (const path of ['/mortgage/fixed', '/axb', '/a.b']) site.put(path, { attributes: `data-rules='${rules}'` });
  const tab = await site.open('/mortgage/fixed?x=/a.b');
  const [visit] = await site.arrived('webvisitMortgage');
  const { source, data } = visit ?? { data: {} };
  expect(source).toBe('home.com:web:mortgage');
  expect(data).toMatchObject({
    origin: 'Mortgage Rates',
    channelType: 'MortgageRates',
    channelBreakout: 'Web',
    notes: 'Looked at rates',
    uiData,
  });
  await site.open('/axb', tab);
  await site.open('/a.b', tab);
  await site.arrived('dotted');
  expect(site.ofType('webvisit').map((event) => event.data['url'])).toEqual([`${site.receiver.siteUrl}/axb`]);
});

test('meta tags name a visit, the body goes before them', async () => {
  const metas = Object.entries({
    type: 'webvisitRates',
    source: 'home.com:meta',
    origin: 'Meta',
    'channel-type': 'Rates',
  });
  const head = metas.map(([name, content]) => `<meta name="waymark-${name}" content="${content}">`).join('');
  site.put('/', { head, body: 'data-waymark-origin="Body"' });
  await site.open('/');
  const [visit] = await site.arrived('webvisitRates');
  expect(visit).toMatchObject({ source: 'home.com:meta', data: { origin: 'Body', channelType: 'Rates' } });
});

test('the first visit, later ones and those of somebody known have icons of their own', async () => {
  const tab = await site.open('/');
  await site.open('/next', tab);
  await site.arrived('webvisit', 2);
  await tab.evaluate(() => waymark.identify('ann@example.com'));
  await site.open('/account', tab);
  const visits = await site.arrived('webvisit', 3);
  expect(visits.map(({ data }) => data['channelType'])).toEqual(['NewVisit', 'RandomWeb', 'IdentifiedWeb']);
});

test('of the query only known campaign parameters are told, and none of the address', async () => {
  const campaign = {
    utm_source: 'news',
    utm_medium: 'mail',
    utm_id: '7',
    gclid: 'g',
    fbclid: 'f',
    msclkid: 'm',
    wbraid: 'w',
  };
  const others = { session: 's3cret', utmsource: 'no', clid: 'no', email: 'ann@example.com', token: 'hush' };
  await site.open(`/?${new URLSearchParams({ ...others, ...campaign })}`);
  const [visit] = await site.arrived('webvisit');
  expect(visit?.data['campaign']).toEqual(campaign);
  expect(visit?.data['url']).toBe(`${site.receiver.siteUrl}/`);
  expect(JSON.stringify(visit)).not.toMatch(/s3cret|hush|ann@|"no"/);
});

test('parameters named in an attribute stay by their whole names', async () => {
  site.put('/page', { attributes: 'data-parameters="product,page"' });
  const tab = await site.open('/page?product=1&page=2&prod=3&t=4&p=5');
  const [visit] = await site.arrived('webvisit');
  expect(visit?.data['url']).toBe(`${site.receiver.siteUrl}/page?product=1&page=2`);
  await tab.close();
});

test('a name and a password in an address are never told', async () => {
  const address = site.receiver.siteUrl.replace('//', '//user:secret@');
  const out = '><a id="out" target="_blank" href="http://user:secret@127.0.0.1:1/page">Partner</a><i';
  site.put('/more', { attributes: 'data-outbound', body: out });
  const tab = await site.context.newPage();
  await tab.goto(`${address}/`);
  await site.arrived('webvisit');
  await tab.goto(`${address}/more`);
  await site.arrived('webvisit', 2);
  await tab.click('#out');
  const [outbound] = await site.arrived('outbound');
  expect(outbound?.data['link']).toBe('http://127.0.0.1:1/page');
  expect(site.ofType('webvisit').map(({ data }) => data['url'])).toEqual(
    ['/', '/more'].map((path) => site.receiver.siteUrl + path),
  );
  expect(JSON.stringify(site.receiver.events())).not.toContain('secret@');
});

test('of the window only its class is told', async () => {
  const tab = await site.context.newPage();
  for (const [index, width] of [400, 900, 1400].entries()) {
    await tab.setViewportSize({ width, height: 700 });
    await site.open(`/${width}`, tab);
    await site.arrived('webvisit', index + 1);
  }
  const visits = site.ofType('webvisit');
  expect(visits.map(({ data }) => data['viewport'])).toEqual(['small', 'medium', 'large']);
  expect(JSON.stringify(visits.map(({ data }) => ({ ...data, url: '', referrer: '' })))).not.toMatch(/400|900|700/);
});

test('a reload says so, and where the visitor comes from is told without its query', async () => {
  const tab = await site.open('/one?a=1#b');
  await site.arrived('webvisit');
  await tab.reload();
  await site.arrived('webvisit', 2);
  await tab.evaluate(() => location.assign('/two'));
  const visits = await site.arrived('webvisit', 3);
  const { siteUrl } = site.receiver;
  expect(visits.map(({ data }) => data['arrival'])).toEqual(['navigate', 'reload', 'navigate']);
  expect(visits[2]?.data['referrer']).toBe(`${siteUrl}/one`);
});

test('where the site tells visits itself, nothing is told but those', async () => {
  site.put('/', { attributes: 'data-visits="manual" data-source="shop:app"' });
  const tab = await site.open('/');
  await tab.evaluate(() => {
    history.pushState({}, '', '/inner');
    waymark.track('first');
    waymark.visit({ type: 'webvisitInner', notes: 'By hand' });
  });
  const [visit] = await site.arrived('webvisitInner');
  await site.quiet(tab);
  expect(visit).toMatchObject({
    source: 'shop:app',
    data: { notes: 'By hand', url: `${site.receiver.siteUrl}/inner` },
  });
  expect(
    site.receiver
      .events()
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['first', 'webvisitInner']);
});

test('the tag says where events go, how they are delivered, and that people share the device', async () => {
  const transport = '{"firstFlushMs":60000,"flushMs":60000}';
  const attributes = `data-endpoint="/collect" data-transport='${transport}' data-rotate="session"`;
  site.put('/', { attributes });
  const tab = await site.context.newPage();
  const asked: string[] = [];
  tab.on('request', (request) => asked.push(request.url()));
  await site.open('/', tab);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 1));
  await tab.waitForTimeout(600);
  expect(site.receiver.batches).toEqual([]);
  await tab.evaluate(() => waymark.flush());
  const [first] = await site.arrived('webvisit');
  expect(asked.filter((url) => url.startsWith(`${site.receiver.siteUrl}/collect?`))).toHaveLength(1);

  await site.context.clearCookies({ name: 'wm_s' });
  await site.open('/', tab);
  await until(() => tab.evaluate(() => waymark.getState().waiting === 1));
  await tab.evaluate(() => waymark.flush());
  const [, second] = await site.arrived('webvisit', 2);
  expect(second?.identity).not.toBe(first?.identity);
});
