// Each rule of what the widget shows (jds-contract 7.2 to 7.5), in a real browser against the real service.
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
const call = { ...jane, source: 'wxcc', type: 'task:new' };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const articles = ({ page }: Desk) => page.locator('article');

test('titles contacts by direction and channel with their queue, and custom events by their own words', async () => {
  const desk = await openDesk(pages);
  const data = { taskId: 't', direction: 'INBOUND', channelType: 'telephony', queueName: 'Loans' };
  await desk.publish({ ...call, time: minutesAgo(3), data });
  await desk.publish({ ...jane, type: 'Paid', data: { uiData: { title: 'Paid 🎉', subTitle: 'in full' } } });
  await desk.show('jane@bank.test');
  await articles(desk).nth(1).waitFor();
  expect(await desk.page.locator('article .title').allTextContents()).toEqual(['Paid 🎉', 'Inbound call']);
  expect(await desk.page.locator('article .second').allInnerTexts()).toEqual(['in full', 'Loans']);
  // A call of three minutes ago that has not ended.
  await desk.page.getByText('Ongoing').waitFor();
});

test('shows the events of a task as one entry with the icon of its last, which opens and closes by keyboard', async () => {
  const desk = await openDesk(pages);
  const steps = ['Home', 'About', 'Contact', 'SMS Expert', 'Login'];
  for (const [index, origin] of steps.entries()) {
    const data = { taskId: 'web-1', origin, channelType: index === 4 ? 'LoginUser' : 'NewVisit' };
    await desk.publish({ ...jane, type: 'webvisit', time: minutesAgo(9 - index), data });
  }
  await desk.show('jane@bank.test', { attributes: { 'icon-data-url': `${desk.url}/no-such-map.json` } });
  const entry = desk.page.locator('button.summary');
  await entry.waitFor();
  expect(await entry.textContent()).toMatch(/Login[\s\S]*5 events/);
  expect(await desk.page.locator('.entry').count()).toBe(1);
  expect(await articles(desk).locator('.title').allInnerTexts()).toEqual(
    steps.reverse().map((step) => expect.stringContaining(step)),
  );
  const drawing = (place: string) => desk.page.locator(place).first().locator('svg').innerHTML();
  expect(await drawing('button.summary .badge')).toBe(await drawing('article .badge'));
  await entry.focus();
  await desk.page.keyboard.press('Enter');
  await articles(desk).first().waitFor({ state: 'detached' });
});

test('leaves out hidden events and other divisions, and selects the desk’s filter first', async () => {
  const desk = await openDesk(pages);
  const event = (title: string, uiData: object) => desk.publish({ ...jane, data: { uiData: { title, ...uiData } } });
  await event('Hidden', { hidden: 'Test' });
  await event('Of cards', { division: 'Cards' });
  await event('Of loans', { division: 'loans', filterTags: ['VIP'] });
  await event('Of all', {});
  const interactionData = {
    callAssociatedData: { JDSDivision: { value: 'Loans' }, JDSDefaultFilter: { value: 'VIP' } },
  };
  await desk.show('jane@bank.test', { properties: { interactionData } });
  await articles(desk).waitFor();
  const titles = desk.page.locator('article .title');
  expect(await titles.allInnerTexts()).toEqual(['Of loans']);
  await desk.page.getByRole('combobox', { name: 'Filter' }).selectOption({ label: 'All' });
  await expect.poll(() => titles.allInnerTexts()).toEqual(['Of all', 'Of loans']);
});

test('shows a period, by attribute or choice, and says when nothing fits', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, time: minutesAgo(60 * 24 * 3), data: { uiData: { title: 'Days ago' } } });
  await desk.show('jane@bank.test', { attributes: { 'time-frame': '24-Hours' } });
  await desk.page.getByText('No event fits').waitFor();
  await desk.page.getByRole('combobox', { name: 'Period' }).selectOption({ label: 'Last 7 days' });
  await articles(desk).waitFor();
});

test('shows details on demand when condensed and at once in full, a transcript in a dialog, and copies on a click', async () => {
  const desk = await openDesk(pages);
  await desk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const transcript = 'Agent: hello\nSee https://home.com/help';
  const data = { customerSentiment: 'Positive', 'Past Due': 12, deep: { er: 'value' }, transcript };
  await desk.publish({ ...jane, data });
  await desk.show('jane@bank.test');
  await articles(desk).waitFor();
  await desk.page.getByText('Positive', { exact: true }).waitFor();
  expect(await desk.page.getByText('deep.er').count()).toBe(0);
  await desk.page.getByRole('button', { name: 'Details' }).click();
  await desk.page.getByText('deep.er').waitFor();
  const tops = await desk.page
    .locator('.details :is(dt, dd)')
    .evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().top));
  for (let row = 0; row < tops.length; row += 2)
    expect(tops[row + 1], `row ${row / 2}`).toBeCloseTo(tops[row] ?? -1, 0);
  await desk.page.getByRole('button', { name: 'Transcript' }).click();
  const dialog = desk.page.getByRole('dialog', { name: 'Transcript' });
  await dialog.getByText('Agent: hello').waitFor();
  expect(await dialog.locator('a').getAttribute('href')).toBe('https://home.com/help');
  await desk.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await desk.page.getByRole('button', { name: 'Copy jane@bank.test' }).click();
  await desk.page.getByText('Copied').waitFor();
  expect(await desk.page.evaluate(() => navigator.clipboard.readText())).toBe('jane@bank.test');
  await desk.page.getByRole('button', { name: 'Condensed' }).click();
  await desk.page.getByText('deep.er').waitFor();
});

test('finds the workspace by itself, looks others up where the page allows it, and searches where nobody is named', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: { origin: 'Of Jane' } });
  await desk.publish({ identity: '+15550100199', identitytype: 'phone', data: { origin: 'Of Rue' } });
  await desk.show('', { attributes: { 'project-id': '' } });
  const search = desk.page.getByRole('searchbox', { name: 'Find a customer' });
  await search.fill('jane@bank.test');
  await search.press('Enter');
  await desk.page.locator('article', { hasText: 'Of Jane' }).waitFor();
  expect(await search.count()).toBe(1);
  await desk.show('+15550100199');
  await desk.page.locator('article', { hasText: 'Of Rue' }).waitFor();
  expect(await search.count()).toBe(0);
  await desk.show('+15550100199', { attributes: { 'enable-user-search': '' } });
  await search.waitFor();
});

test('renames the customer, and edits aliases only where the page allows it', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: {} });
  await desk.show('jane@bank.test');
  await desk.page.getByRole('button', { name: 'Edit name' }).click();
  await desk.page.getByRole('textbox', { name: 'First name' }).fill('Jane');
  await desk.page.getByRole('textbox', { name: 'Last name' }).fill('Doe');
  await desk.page.keyboard.press('Enter');
  await desk.page.getByRole('heading', { name: 'Jane Doe' }).waitFor();
  await desk.page.getByRole('button', { name: 'Names and links' }).click();
  expect(await desk.page.getByRole('button', { name: 'Add' }).count()).toBe(0);
  await desk.page.keyboard.press('Escape');
  await desk.show('jane@bank.test', { attributes: { 'read-only-aliases': 'false' } });
  await desk.page.getByRole('button', { name: 'Names and links' }).click();
  const value = desk.page.getByRole('textbox', { name: 'Value' });
  const kind = desk.page.getByRole('combobox', { name: 'Kind' });
  for (const [typed, guessed] of [
    ['jane@home.test', 'email'],
    ['HB-10000', 'customerId'],
    ['+1 555 0100 142', 'phone'],
  ] as const) {
    await value.fill(typed);
    expect(await kind.inputValue(), typed).toBe(guessed);
  }
  // What the agent chose is not guessed again.
  await kind.selectOption({ label: 'Social' });
  await value.fill('+1 555 0100 143');
  expect(await kind.inputValue()).toBe('socialId');
  await kind.selectOption({ label: 'Phone' });
  await value.fill('+1 555 0100 142');
  await desk.page.getByRole('button', { name: 'Add' }).click();
  await desk.page.getByRole('button', { name: 'Remove: +1 555 0100 142' }).click();
  await desk.page.getByRole('button', { name: 'Remove: +1 555 0100 142' }).waitFor({ state: 'detached' });
});

test('hides name and aliases where the page says so, and shows no alias button where it says that', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: {} });
  await desk.show('jane@bank.test', { attributes: { 'show-alias-icon': 'false' } });
  await desk.page.getByRole('heading', { name: 'jane@bank.test' }).waitFor();
  expect(await desk.page.getByRole('button', { name: 'Names and links' }).count()).toBe(0);
  await desk.show('jane@bank.test', { attributes: { 'show-alias-icon': '', 'hide-profile-name': 'true' } });
  await desk.page.getByRole('heading', { name: 'jane@bank.test' }).waitFor({ state: 'detached' });
  expect(await desk.page.getByRole('button', { name: 'Names and links' }).count()).toBe(0);
});

test('turns live events off and on by the agent’s hand', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: { origin: 'First' } });
  await desk.show('jane@bank.test');
  await desk.page.getByRole('button', { name: 'Live', exact: true }).click();
  await desk.page.getByRole('button', { name: 'Not live' }).waitFor();
  await desk.publish({ ...jane, data: { origin: 'Meanwhile' } });
  await desk.page.getByRole('button', { name: 'Not live' }).click();
  await desk.page.locator('article', { hasText: 'Meanwhile' }).waitFor();
});

test('draws icons by the customer’s own map', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: { uiData: { iconType: 'Payment Notify' } } });
  const eventIconTemplate = { 'pay.*': { name: 'icon-email_16', color: 'purple' } };
  await desk.show('jane@bank.test', {
    properties: { eventIconTemplate },
    attributes: { 'use-new-momentum-icons': '' },
  });
  await desk.page.locator('article .badge.c-purple').waitFor();
});

test('shows entries by `limit` and as many more at a time', async () => {
  const desk = await openDesk(pages);
  for (let index = 0; index < 5; index += 1) await desk.publish({ ...jane, time: minutesAgo(9 - index), data: {} });
  await desk.show('jane@bank.test', { attributes: { limit: '2' } });
  await desk.page.getByRole('button', { name: 'Show 2 more' }).click();
  await articles(desk).nth(3).waitFor();
  expect(await articles(desk).count()).toBe(4);
  await desk.page.getByRole('button', { name: 'Show 1 more' }).click();
  await articles(desk).nth(4).waitFor();
  expect(await desk.page.getByRole('button', { name: /more$/ }).count()).toBe(0);
});

test('draws a visit as a strip: a bar a page, as wide as the time spent on it, with pages and time in words', async () => {
  const desk = await openDesk(pages);
  const visit = (path: string, minutes: number, data: object = {}) =>
    desk.publish({
      ...jane,
      type: 'webvisit',
      time: minutesAgo(minutes),
      data: { taskId: 'web-1', origin: path, url: `https://home.com/${path}`, ...data },
    });
  const stay = (path: string, engagedMs: number) => visit(path, 1, { engagedMs, uiData: { hidden: 'measurement' } });
  await visit('home', 9);
  await visit('rates', 8);
  await stay('home', 30_000);
  await stay('rates', 90_000);
  await desk.show('jane@bank.test');
  const strip = desk.page.locator('.strip');
  await strip.waitFor();
  expect((await strip.textContent())?.trim()).toBe('2 pages · 2 mins engaged');
  const widths = await strip
    .locator('rect')
    .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('width'))));
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(3, 1);
});
