// The names that pages may have from version 9 and from the code of version 10 (jds-contract 7.2), and own periods (7.4):
// in a real browser against the real service.
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
const call = { taskId: 'call-1', channelType: 'telephony', direction: 'INBOUND', queueName: 'Loans' };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const titles = ({ page }: Desk) => page.locator('article .title').allInnerTexts();
const set = ({ page }: Desk, name: string, value: string | null) =>
  page.locator('customer-journey-widget').evaluate(
    (widget, [attribute, text]) => {
      if (text === null) widget.removeAttribute(attribute);
      else widget.setAttribute(attribute, text);
    },
    [name, value] as const,
  );

async function openJane(attributes: Record<string, string> = {}): Promise<Desk> {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, type: 'task:new', source: 'wxcc', time: daysAgo(0.02), data: call });
  await desk.publish({ ...jane, type: 'task:connected', source: 'wxcc', time: daysAgo(0.01), data: call });
  await desk.publish({ ...jane, time: daysAgo(100), data: { origin: 'Long ago', place: 'SMS' } });
  await desk.publish({ ...jane, time: daysAgo(101), data: { channelType: 'Chat' } });
  await desk.show('jane@bank.test', { attributes });
  await desk.page.locator('article', { hasText: 'Long ago' }).waitFor();
  return desk;
}

test('hides the contact centre’s own events, or shows each contact as one row, where the page says so', async () => {
  const desk = await openJane({ 'compact-wxcc-events': '' });
  expect(await titles(desk)).toEqual(['Inbound call', expect.stringContaining('Long ago'), expect.any(String)]);
  await desk.page.getByText('Ongoing').waitFor();
  await set(desk, 'compact-wxcc-events', 'false');
  await desk.page.getByRole('button', { name: '2 events' }).waitFor();
  await set(desk, 'hide-wxcc-events', '');
  await expect.poll(() => titles(desk)).toHaveLength(2);
  await set(desk, 'ignore-undefined-origins', '');
  await expect.poll(() => titles(desk)).toEqual([expect.stringContaining('Long ago')]);
});

test('names icons by the member of data that the page names', async () => {
  const desk = await openJane();
  const badge = desk.page.locator('article', { hasText: 'Long ago' }).locator('.badge');
  expect(await badge.getAttribute('class')).not.toContain('c-mint');
  await set(desk, 'badge-keyword', 'place');
  await desk.page.locator('article .badge.c-mint').waitFor();
});

test('offers the page’s own periods, and one that the page has chosen', async () => {
  const desk = await openJane({ 'time-frames': '10-Days 6-Months' });
  const period = desk.page.getByRole('combobox', { name: 'Period' });
  expect(await period.locator('option').allInnerTexts()).toEqual(['Any time', 'Last 10 days', 'Last 6 months']);
  await period.selectOption({ label: 'Last 10 days' });
  await expect.poll(async () => (await titles(desk)).join()).not.toContain('Long ago');
  await set(desk, 'time-frames', null);
  await set(desk, 'time-frame', '12-Months');
  // The agent's own choice stays, and is offered while it is chosen.
  const all = ['Any time', 'Last 24 hours', 'Last 7 days', 'Last 10 days', 'Last 30 days', 'Last 12 months'];
  await expect.poll(() => period.locator('option').allInnerTexts()).toEqual(all);
});

test('folds sections at first where the page says so, and the agent opens them', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: { origin: 'Home' } });
  await desk.show('jane@bank.test', {
    attributes: { 'collapse-alias-section': '', 'collapse-profile-section': '', 'collapse-timeline-section': 'true' },
  });
  const { page } = desk;
  const parts = {
    'Names and links': page.locator('dd', { hasText: 'jane@bank.test' }),
    Profile: page.getByRole('table', { name: 'Profile' }),
    Timeline: page.locator('article', { hasText: 'Home' }),
  };
  for (const [title, part] of Object.entries(parts)) {
    const summary = page.locator('summary', { hasText: title });
    await summary.waitFor();
    expect(await part.isVisible(), title).toBe(false);
    await summary.focus();
    await page.keyboard.press('Enter');
    await part.waitFor();
  }
});

test('has no search where version 9 switched it off, and leaves the call’s filter alone where the page says so', async () => {
  const desk = await openDesk(pages);
  await desk.publish({ ...jane, data: { uiData: { title: 'Tagged', filterTags: ['vip'] } } });
  await desk.publish({ ...jane, data: { uiData: { title: 'Plain' } } });
  await desk.show('', { attributes: { 'disable-user-search': '' } });
  await desk.page.getByText('No customer chosen.').waitFor();
  expect(await desk.page.getByRole('searchbox').count()).toBe(0);
  const interactionData = { callAssociatedData: { JDSDefaultFilter: { value: 'VIP' } } };
  await desk.show('jane@bank.test', { properties: { interactionData } });
  await expect.poll(() => titles(desk)).toEqual(['Tagged']);
  await set(desk, 'use-cad-default-filter', 'false');
  await expect.poll(() => titles(desk)).toEqual(['Plain', 'Tagged']);
});
