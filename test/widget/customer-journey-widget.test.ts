// The built widget in a real browser, under a strict policy, against a journey service that the test controls.
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  anEvent,
  aPerson,
  type FakeJourneyService,
  startFakeJourneyService,
  workspace,
} from './fake-journey-service.ts';
import { openWidgetPages, type WidgetPages } from './widget-page.ts';

let pages: WidgetPages;
let service: FakeJourneyService;
let page: Page;

beforeAll(async () => {
  pages = await openWidgetPages();
});
afterAll(() => pages.close());

beforeEach(async () => {
  service = await startFakeJourneyService();
  page = await pages.open({ serviceUrl: service.url });
});
afterEach(async () => {
  await page.close();
  await service.close();
  expect(pages.problems.splice(0)).toEqual([]);
});

const webData = { origin: 'Website', channelType: 'NewVisit', taskId: 'web-1' };
const login = {
  type: 'webvisitLogin',
  identity: 'rue@example.com',
  identitytype: 'email',
  previousidentity: 'browser-1',
  data: { origin: 'Website Login', channelType: 'LoginUser', taskId: 'web-1' },
} as const;

async function show(customer: string, attributes: Record<string, string> = {}): Promise<void> {
  const all = { 'base-url': service.url, 'project-id': workspace, customer, ...attributes };
  await page.evaluate((given) => {
    const widget = document.querySelector('customer-journey-widget') as HTMLElement & { bearerToken: string };
    for (const [name, value] of Object.entries(given)) widget.setAttribute(name, value);
    widget.bearerToken = 'secret-token';
  }, all);
}

const titles = () => page.locator('article .title').allTextContents();

test('shows an anonymous visitor’s session as one entry, newest event first, without repeats', async () => {
  const first = anEvent();
  const second = anEvent({ type: 'webvisitMortgage', data: { ...webData, origin: 'Mortgage Rates' } });
  service.events = [first, second, first];
  service.persons = [aPerson()];
  await show('browser-1');
  await page.locator('button.summary').waitFor();
  expect(await titles()).toEqual(['Mortgage Rates — webvisitMortgage', 'Website — webvisit']);
  expect(await page.locator('button.summary').textContent()).toMatch(/Mortgage Rates.*2 events/s);
  expect(await page.getByText('Anonymous visitor').first().isVisible()).toBe(true);
  expect(await page.locator('article .badge.anonymous').count()).toBe(2);
});

test('shows a live event without reload, reads it out politely, and only once', async () => {
  service.events = [anEvent()];
  service.persons = [aPerson()];
  await show('browser-1');
  await page.getByText('Live', { exact: true }).waitFor();
  const arriving = anEvent({ data: { ...webData, origin: 'Mortgage Rates' } });
  service.send(arriving);
  service.send('not JSON');
  service.send(arriving);
  await page.locator('article', { hasText: 'Mortgage Rates' }).waitFor();
  expect(await page.getByRole('status').textContent()).toContain('New: Mortgage Rates');
  expect(await page.locator('article').count()).toBe(2);
});

test('reads person and history again when an event joins journeys', async () => {
  service.events = [anEvent()];
  service.persons = [aPerson()];
  await show('browser-1');
  await page.getByText('Live', { exact: true }).waitFor();
  const joining = anEvent(login);
  const earlier = anEvent({
    time: '2026-11-20T08:00:00.000Z',
    identity: 'browser-0',
    data: { origin: 'Earlier visit' },
  });
  service.events = [joining, ...service.events, earlier];
  service.persons = [aPerson({ email: ['rue@example.com'], temporaryId: ['browser-0', 'browser-1'] })];
  service.send(joining);
  await page.getByText('Earlier visit').waitFor();
  expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('rue@example.com');
  expect(await page.locator('dd').allTextContents()).toEqual(['rue@example.com', 'browser-0', 'browser-1']);
});

test('opens the stream again when it breaks, and fetches what was missed meanwhile', async () => {
  service.events = [anEvent()];
  service.persons = [aPerson()];
  await show('browser-1');
  await page.getByText('Live', { exact: true }).waitFor();
  service.events = [anEvent({ data: { ...webData, origin: 'Missed meanwhile' } }), ...service.events];
  service.cut();
  await page.locator('article', { hasText: 'Missed meanwhile' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await expect.poll(() => service.openStreams()).toBe(1);
});

test('shows event text as text, and links to http and https only', async () => {
  const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
  service.events = [
    anEvent({ data: { uiData: { title: evil, subTitle: evil }, url: 'javascript:alert(1)', title: evil } }),
    anEvent({ data: { origin: 'Good', url: 'https://home.com/rates' } }),
  ];
  service.persons = [aPerson({ firstName: evil })];
  await show('browser-1', { 'link-hosts': 'home.com' });
  await page.getByText('<b>bold</b>').first().waitFor();
  expect(await page.locator('customer-journey-widget img, customer-journey-widget b').count()).toBe(0);
  const links = await page.locator('a').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(links).toEqual(['https://home.com/rates']);
  expect(await page.locator('a').getAttribute('rel')).toContain('noopener');
});

test('keeps a text of any length, height and direction within its own lines', async () => {
  const texts = ['x'.repeat(20_000), '👩‍👩‍👧‍👦'.repeat(500), `Z${'\u0301'.repeat(2000)}`, `\u202e${'abc '.repeat(99)}`];
  service.events = texts.map((text) => anEvent({ type: 'long', data: { origin: text, title: text } }));
  await show('browser-1');
  await page.locator('article').nth(3).waitFor();
  for (const article of await page.locator('article').all())
    expect((await article.boundingBox())?.height).toBeLessThan(200);
  // The type stands behind the title, whatever the direction of that.
  const order = await page.locator('article .title').evaluateAll((titles) =>
    titles.map((title) => {
      const [text, type] = title.querySelectorAll('bdi');
      return (text?.offsetLeft ?? 1) <= (type?.offsetLeft ?? 0) || (text?.offsetTop ?? 1) < (type?.offsetTop ?? 0);
    }),
  );
  expect(order).toEqual([true, true, true, true]);
});

test('keeps up with a page that sends hundreds of events at once, in a long journey', async () => {
  const time = (index: number) => new Date(Date.parse('2026-11-22T10:00:00Z') + index).toISOString();
  const visits = Array.from({ length: 1400 }, (_, index) => anEvent({ id: `v${index}`, time: time(index) }));
  service.events = visits.slice(0, 900).reverse();
  service.persons = [aPerson()];
  await show('browser-1');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('900 events').waitFor();
  for (const visit of visits.slice(900)) {
    service.send(visit);
    // Each in a piece of its own, as a relay writes them.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await page.getByText('1,400 events').waitFor({ timeout: 10_000 });
  await page.locator('button.summary').click();
  expect(await page.locator('article').count()).toBe(0);
});

test('says that nothing is known yet, and shows the first visit when it comes', async () => {
  await show('browser-1');
  await page.getByText('Nothing seen yet under this identity.').waitFor();
  await page.getByText('Not known here').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  const first = anEvent();
  service.events = [first];
  service.persons = [aPerson()];
  service.send(first);
  await page.locator('article').waitFor();
  await page.locator('dd', { hasText: 'browser-1' }).waitFor();
});

test('says what failed with the tracking id, and recovers by the button', async () => {
  service.failure = { status: 500, trackingId: 'track-42' };
  await show('browser-1');
  await page.getByText('track-42').waitFor();
  service.failure = undefined;
  service.events = [anEvent()];
  service.persons = [aPerson()];
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('article').waitFor();
  expect(await page.getByText('track-42').count()).toBe(0);
});

test('stops asking when the token is refused', async () => {
  service.failure = { status: 401, trackingId: 'track-1' };
  await show('browser-1');
  await page.getByText('Signed out', { exact: true }).waitFor();
  const streams = service.requests.filter((request) => request.includes('/stream/'));
  expect(streams).toHaveLength(1);
});

test('sends the token in a header and nowhere else, and the identity encoded', async () => {
  service.persons = [aPerson({ phone: ['+15550100199'] })];
  await show('+15550100199');
  await page.locator('dd', { hasText: '+15550100199' }).waitFor();
  const history = `GET /v1/api/events/workspace-id/${workspace}?identity=%2B15550100199 Bearer secret-token`;
  expect(service.requests).toContain(history);
  expect(service.requests.filter((request) => /secret-token.* /.test(request))).toEqual([]);
  expect(await page.content()).not.toContain('secret-token');
});

test('opens no stream where the page disables it, and takes "false" for false', async () => {
  service.persons = [aPerson()];
  await show('browser-1', { 'disable-event-stream': '' });
  await page.getByText('Not live').waitFor();
  expect(service.requests.filter((request) => request.includes('/stream/'))).toEqual([]);
  await show('browser-1', { 'disable-event-stream': 'false' });
  await page.getByText('Live', { exact: true }).waitFor();
});

test('shows entries by `limit` and more on demand, and keeps what the agent closed closed', async () => {
  service.events = Array.from({ length: 5 }, (_, index) => anEvent({ data: { origin: `Visit ${index}` } })).reverse();
  service.persons = [aPerson()];
  await show('browser-1', { limit: '2' });
  await page.getByRole('button', { name: 'Show 2 more' }).click();
  expect(await titles()).toHaveLength(4);
  await page.getByRole('button', { name: 'Show 1 more' }).click();
  expect(await titles()).toHaveLength(5);

  service.events = [anEvent(), anEvent()];
  await show('browser-2', { limit: '20' });
  const entry = page.getByRole('button', { name: '2 events' });
  await entry.click();
  expect(await entry.getAttribute('aria-expanded')).toBe('false');
  await page.getByText('Live', { exact: true }).waitFor();
  service.send(anEvent());
  await page.getByRole('button', { name: '3 events' }).waitFor();
  expect(await page.getByRole('button', { name: '3 events' }).getAttribute('aria-expanded')).toBe('false');
});

test('reads the customer’s icon map by its address, and does without where it cannot be read', async () => {
  service.events = [anEvent({ data: { channelType: 'Own' } })];
  service.persons = [aPerson()];
  await page.route(`${service.url}/icons.json`, (route) =>
    route.fulfill({
      json: { own: { name: 'icon-sms_16', color: 'pink' } },
      headers: { 'Access-Control-Allow-Origin': '*' },
    }),
  );
  await show('browser-1', { 'icon-data-url': `${service.url}/icons.json` });
  await page.locator('article .badge.c-pink').waitFor();
  await show('browser-1', { 'icon-data-url': `${service.url}/absent.json` });
  await page.locator('article .badge.anonymous').waitFor();
});

test('leaves an element that is already there alone, and is <waymark-journey> then', async () => {
  const before = 'customElements.define("customer-journey-widget", class Other extends HTMLElement {})';
  const other = await pages.open({ before });
  const names = await other.evaluate(() =>
    ['customer-journey-widget', 'waymark-journey'].map(
      (name) => 'bearerToken' in (customElements.get(name)?.prototype ?? {}),
    ),
  );
  expect(names).toEqual([false, true]);
  await other.close();
});
