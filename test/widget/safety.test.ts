// What the agent is told about who is behind an event, what they may do about it, and what strangers cannot do to them:
// against the real service, with visitors who send by the public endpoint.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aToken, type Desk, openDesk } from './desk.ts';
import { openWidgetPages, type WidgetPages } from './widget-page.ts';

let pages: WidgetPages;
beforeAll(async () => {
  pages = await openWidgetPages();
});
afterAll(() => pages.close());
afterEach(() => expect(pages.problems.splice(0)).toEqual([]));

let sent = 0;
const visit = (members: object = {}, data: object = {}) => {
  sent += 1;
  return {
    specversion: '1.0',
    id: `visit-${sent}`,
    type: 'webvisit',
    source: 'home.com:website',
    time: new Date(Date.now() - 60_000 + sent * 1000).toISOString(),
    identity: 'visitor-1',
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: { taskId: 'web-1', origin: `Visit ${sent}`, ...data },
    ...members,
  };
};
const login = async (token?: string) =>
  visit({
    type: 'webvisitLogin',
    identity: 'ruegreen@example.com',
    identitytype: 'email',
    previousidentity: 'visitor-1',
    ...(token ? { identitytoken: token } : {}),
  });

/** Rue has logged in, and then another visitor says to be her. */
async function openDeskWithStranger(): Promise<Desk> {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.send(await login(await aToken('visitor-1')));
  await desk.send(visit({ identity: 'visitor-2' }));
  await desk.send({ ...(await login()), previousidentity: 'visitor-2' });
  return desk;
}

const surely = (desk: Desk) =>
  desk.page.locator('article > .badge').evaluateAll((all) => all.map((badge) => (badge as HTMLElement).title));

test('shows the moment of identification, how sure each part is, and removes the link that joined it', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.send(await login(await aToken('visitor-1')));
  await desk.send(visit({}, { taskId: 'web-2' }));
  await desk.show('ruegreen@example.com');
  await desk.page.locator('button.summary').click();
  await desk.page.getByText('Anonymous until here, then ruegreen@example.com').waitFor();
  await desk.page.getByText('proven by the website').first().waitFor();
  await desk.page.locator('article').nth(2).waitFor();
  expect(await surely(desk)).toEqual([
    'Identified customer, Recognised device',
    'Identified customer, Proven identity',
    'Anonymous visitor, Proven identity',
  ]);
  await desk.page.locator('.moment').getByRole('button', { name: 'Remove link' }).click();
  await desk.page.getByText('The link is removed.').waitFor();
  await expect.poll(() => desk.page.locator('.moment').count()).toBe(0);
  expect(await desk.page.locator('dd[data-identitytype="temporaryId"]').count()).toBe(0);
});

test('shows a claim nobody has proven, joins on one click, and can be undone as easily', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.send(await login());
  await desk.show('visitor-1');
  const claim = desk.page.getByText('Says they are ruegreen@example.com');
  await claim.waitFor();
  expect(await desk.page.getByRole('heading', { level: 2 }).first().textContent()).toBe('visitor-1');
  await desk.page.getByRole('button', { name: 'Confirm' }).click();
  await desk.page.getByRole('heading', { name: 'ruegreen@example.com' }).waitFor();
  expect(await claim.count()).toBe(0);
  await desk.page.getByRole('button', { name: 'Names and links' }).click();
  await desk.page
    .getByText('made or confirmed by an agent')
    .or(desk.page.getByText('made through the API'))
    .first()
    .waitFor();
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Remove link' }).click();
  await desk.page.getByRole('heading', { name: 'visitor-1' }).waitFor();
});

test('says on the page of the customer whom a stranger claims to be who it is that claims', async () => {
  const desk = await openDeskWithStranger();
  await desk.show('ruegreen@example.com');
  await desk.page.getByText('A visitor says they are this customer').waitFor();
  expect(await desk.page.getByText('Says they are visitor-2').count()).toBe(0);
});

test('offers an agent whose token only reads nothing to change, and shows all the same', async () => {
  const desk = await openDeskWithStranger();
  const { data } = (await desk.call('POST', '/v1/api/token/workspace-id/{ws}', {})) as { data: { token: string } };
  await desk.show('ruegreen@example.com', { token: data.token });
  await desk.page.getByText('A visitor says they are this customer').waitFor();
  await desk.page.locator('.moment').first().waitFor();
  await desk.page.getByRole('button', { name: 'Names and links' }).click();
  await desk.page.getByRole('dialog').getByText('proven by the website').waitFor();
  const changes = /Confirm|Dismiss|Remove|Edit|Add/;
  expect(await desk.page.getByRole('button', { name: changes, includeHidden: true }).count()).toBe(0);
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await desk.show('ruegreen@example.com');
  await desk.page.getByRole('button', { name: 'Confirm' }).waitFor();
  await desk.page.getByRole('button', { name: changes }).nth(3).waitFor();
});

test('dismisses a claim without joining', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.send(await login());
  await desk.show('visitor-1');
  await desk.page.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(() => desk.page.locator('.claims').count()).toBe(0);
  expect(await desk.page.locator('dd[data-identitytype="email"]').count()).toBe(0);
});

test('links what a stranger wrote only to allowed hosts, and what is proven anywhere, with the host beside a label', async () => {
  const desk = await openDesk(pages);
  const text = {
    pageTitle: '[Your bank](https://evil.example/) or https://home.com/a',
    url: 'https://evil.example/page',
  };
  await desk.send(visit({}, text));
  const hrefs = () =>
    desk.page.locator('article a').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  await desk.show('visitor-1', { attributes: { 'link-hosts': 'home.com' } });
  await desk.page.getByText('(evil.example)').waitFor();
  expect(await hrefs()).toEqual(['https://home.com/a']);
  await desk.send(await login(await aToken('visitor-1')));
  await expect.poll(hrefs).toEqual(['https://evil.example/', 'https://home.com/a', 'https://evil.example/page']);
});

test('keeps the token out of document, addresses and console', async () => {
  const desk = await openDesk(pages);
  const seen: string[] = [];
  desk.page.on('console', (message) => seen.push(message.text()));
  desk.page.on('request', (request) => seen.push(request.url()));
  await desk.send(visit());
  await desk.show('visitor-1');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  const inside = await desk.page.locator('customer-journey-widget').evaluate((widget) => widget.shadowRoot?.innerHTML);
  expect([...seen, await desk.page.content(), inside].join('\n')).not.toContain('agent-token');
  expect(seen.join('\n')).toContain('/v1/api/events/stream/');
});

test('sends the token of streams in the address where the page asks for Cisco’s way, and without a preflight', async () => {
  const desk = await openDesk(pages);
  const streams: { url: string; method: string }[] = [];
  desk.page.on('request', (request) => {
    if (request.url().includes('/events/stream/')) streams.push({ url: request.url(), method: request.method() });
  });
  await desk.send(visit());
  await desk.show('visitor-1', { attributes: { 'stream-token': 'query' } });
  await desk.page.getByText('Live', { exact: true }).waitFor();
  expect(streams).toEqual([{ url: expect.stringContaining('bearerToken=agent-token'), method: 'GET' }]);
});

test('says what to do when offline and when the sign-in has run out, and goes on by itself', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.show('visitor-1');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  await desk.page.context().setOffline(true);
  await desk.page.getByText('You are offline.').waitFor();
  await desk.send(visit({}, { origin: 'Meanwhile' }));
  await desk.page.context().setOffline(false);
  await desk.page.locator('article', { hasText: 'Meanwhile' }).waitFor();

  const setToken = (token: string | undefined) =>
    desk.page
      .locator('customer-journey-widget')
      .evaluate((widget, value) => Object.assign(widget, { bearerToken: value }), token);
  await setToken('expired');
  await desk.page.getByText('Your sign-in has run out.').waitFor();
  await desk.page.getByText('Tracking ID').waitFor();
  // What was read stays.
  expect(await desk.page.locator('article').count()).toBeGreaterThan(0);
  await setToken('agent-token-of-the-tests');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  await desk.page.getByText('Your sign-in has run out.').waitFor({ state: 'detached' });
});

test('says that the connection is lost, and shows what it missed once the service is there again', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.show('visitor-1');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  // The stream may be open before the history has been read.
  await desk.page.locator('article').waitFor();
  const start = await desk.stop();
  // The one where only the stream had been open, the other where something was being read.
  const lost = desk.page.getByText(/The live connection was lost|The journey service cannot be reached/);
  await lost.waitFor();
  // What was read stays.
  expect(await desk.page.locator('article').count()).toBe(1);
  await start();
  await desk.send(visit({}, { origin: 'Meanwhile' }));
  await desk.page.locator('article', { hasText: 'Meanwhile' }).waitFor();
  await lost.waitFor({ state: 'detached' });
});

test('shows the journey where the rest of the widget cannot be loaded, says so, and tries again at a click', async () => {
  const desk = await openDesk(pages);
  await desk.page.route(/widget-more\.js/, (route) => route.abort());
  await desk.page.reload();
  await desk.send(visit());
  await desk.show('visitor-1');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  await desk.page.locator('article').waitFor();
  await desk.page.getByRole('button', { name: 'Edit name' }).click();
  await desk.page.getByText('cannot be reached').waitFor();
  await desk.page.unroute(/widget-more\.js/);
  await desk.page.getByRole('button', { name: 'Details' }).click();
  await desk.page.locator('.details').waitFor();
  await desk.page.getByRole('button', { name: 'Edit name' }).click();
  await desk.page.getByRole('textbox', { name: 'First name' }).waitFor();
});

test('closes its streams while the page is hidden and opens them when it is seen', async () => {
  const desk = await openDesk(pages);
  await desk.send(visit());
  await desk.show('visitor-1');
  await desk.page.getByText('Live', { exact: true }).waitFor();
  const setHidden = (hidden: boolean) =>
    desk.page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await setHidden(true);
  await desk.page.getByText('Paused').waitFor();
  await desk.send(visit({}, { origin: 'Unseen' }));
  await setHidden(false);
  await desk.page.locator('article', { hasText: 'Unseen' }).waitFor();
});
