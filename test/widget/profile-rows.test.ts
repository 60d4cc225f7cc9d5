// The profile rows above the journey, in a real browser against the real views of the journey service and their streams.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { openWidgetPages, type WidgetPages } from './widget-page.ts';

let pages: WidgetPages;
beforeAll(async () => {
  pages = await openWidgetPages();
});
afterAll(() => pages.close());
afterEach(() => expect(pages.problems.splice(0)).toEqual([]));

const jane = { identity: 'jane@bank.test', identitytype: 'email' };
const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const attribute = (displayName: string, members: object = {}) => ({
  version: '0.1',
  event: 'webvisit',
  metaData: 'url',
  metaDataType: 'string',
  limit: 100,
  displayName,
  lookBackDurationType: 'days',
  lookBackPeriod: 30,
  aggregationMode: 'Count',
  verbose: false,
  widgetAttributes: { type: 'table' },
  ...members,
});

const visit = (desk: Desk, path: string, minutes = 1, members: object = {}) =>
  desk.publish({ ...jane, time: minutesAgo(minutes), data: { url: `https://home.com/${path}` }, ...members });

const rows = async ({ page }: Desk) =>
  (await page.getByRole('table', { name: 'Profile' }).locator('tr').allInnerTexts()).map((row) =>
    row.replace(/\s+/g, ' ').trim(),
  );

test('shows only the rows that are for the table, and keeps them current by the stream of the view', async () => {
  const desk = await openDesk(pages);
  const attributes = [
    attribute('Visits'),
    attribute('Tab', { widgetAttributes: { type: 'tab', tag: 'x' } }),
    attribute('None', { widgetAttributes: undefined }),
  ];
  await desk.call('POST', templates, { name: 'mine', attributes });
  await visit(desk, 'one');
  await desk.show('jane@bank.test', { attributes: { 'template-id': 'mine' } });
  await expect.poll(() => rows(desk)).toEqual(['Visits 1']);
  // Read once; what follows can only come by the stream.
  const asked: string[] = [];
  desk.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await visit(desk, 'two');
  await expect.poll(() => rows(desk)).toEqual(['Visits 2']);
  expect(asked.filter((path) => path.includes('/progressive-profile-view/workspace-id/'))).toEqual([]);
});

test('takes the default template where the page names none, and another one when the page names it', async () => {
  const desk = await openDesk(pages);
  await visit(desk, 'one');
  await desk.show('jane@bank.test');
  await expect.poll(() => rows(desk)).toEqual(['Contacted in last 10 days 0', 'Contacted in last 24 hours 0']);
  await desk.show('jane@bank.test', { attributes: { 'template-id': 'web-journey-template' } });
  await expect.poll(async () => (await rows(desk))[0]).toBe('Visits in last 30 minutes 1');
});

test('writes times as the agent reads them and addresses short, with the whole on hover and to copy', async () => {
  const desk = await openDesk(pages, { locale: 'en-GB' });
  await desk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const attributes = [
    attribute('Pages', { aggregationMode: 'Distinct' }),
    attribute('Last seen', { metaData: 'time', metaDataType: 'utc_datetime', aggregationMode: 'Max' }),
    attribute('Spent', { metaData: 'spent', metaDataType: 'double', aggregationMode: 'Sum' }),
    attribute('Nothing', { event: 'other', aggregationMode: 'Value' }),
  ];
  await desk.call('POST', templates, { name: 'mine', attributes });
  await visit(desk, 'rates?amount=100,000', 3, {
    data: { url: 'https://home.com/rates?amount=100,000', spent: 12_345.5 },
  });
  await visit(desk, '', 2);
  await desk.show('jane@bank.test', { attributes: { 'template-id': 'mine' } });
  await expect
    .poll(() => rows(desk))
    .toEqual(['Pages home.com /rates?amount=100,000', 'Last seen 2 minutes ago', 'Spent 12,345.5', 'Nothing –']);
  const address = desk.page.getByRole('button', { name: '/rates?amount' });
  expect(await address.getAttribute('title')).toBe('https://home.com/rates?amount=100,000');
  await address.click();
  await desk.page.getByText('Copied').waitFor();
  expect(await desk.page.evaluate(() => navigator.clipboard.readText())).toBe('https://home.com/rates?amount=100,000');
  expect(await desk.page.getByRole('button', { name: '2 minutes ago' }).getAttribute('title')).toMatch(
    new RegExp(`${new Date().getFullYear()} at `),
  );
});

test('closes the stream of the view with the page, and shows what it missed', async () => {
  const desk = await openDesk(pages);
  await visit(desk, 'one');
  await desk.show('jane@bank.test', { attributes: { 'template-id': 'web-journey-template' } });
  await expect.poll(async () => (await rows(desk))[0]).toBe('Visits in last 30 minutes 1');
  const setHidden = (hidden: boolean) =>
    desk.page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await setHidden(true);
  await desk.page.getByText('Paused').waitFor();
  await visit(desk, 'two');
  expect((await rows(desk))[0]).toBe('Visits in last 30 minutes 1');
  await setHidden(false);
  await expect.poll(async () => (await rows(desk))[0]).toBe('Visits in last 30 minutes 2');
});
