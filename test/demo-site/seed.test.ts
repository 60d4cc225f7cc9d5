// `npm run demo -- --seed`: the desk is alive from the start.
import { expect, test } from 'vitest';
import { useDemo } from './demo.ts';

const demo = useDemo('--seed');

interface Person {
  firstName: string | null;
  email: string[];
  phone: string[];
  customerId: string[];
  temporaryId: string[];
}

test('makes two hundred customers, each with name, number and browser in one person', async () => {
  const { data } = await demo.read('/admin/v1/api/person/workspace-id/{ws}?pageSize=1000');
  const persons = data as Person[];
  const customers = persons.filter(({ customerId }) => customerId.length > 0);
  expect(customers).toHaveLength(200);
  expect(customers.every(({ firstName, email, phone }) => firstName && email.length === 1 && phone.length === 1)).toBe(
    true,
  );
  expect(customers.filter(({ temporaryId }) => temporaryId.length === 1).length).toBeGreaterThan(100);
});

test('gives them a month of visits, quotes and calls, none in the future', async () => {
  const read = async (type: string, more = '') =>
    (
      await demo.read(
        `/v1/api/events/workspace-id/{ws}?pageSize=1000&filter=${encodeURIComponent(`type=='${type}'`)}${more}`,
      )
    ).data as { time: string; source: string; data: Record<string, unknown> }[];
  for (const type of ['webvisit', 'webvisitMortgage', 'webvisitLogin', 'quote', 'task:ended']) {
    expect((await read(type)).length, type).toBeGreaterThan(20);
  }
  const [newest] = await read('webvisit');
  const [oldest] = await read('webvisit', '&sort=asc');
  expect(Date.parse(newest?.time ?? '')).toBeLessThanOrEqual(Date.now());
  const days = (Date.parse(newest?.time ?? '') - Date.parse(oldest?.time ?? '')) / 86_400_000;
  expect(days).toBeGreaterThan(25);
  expect(days).toBeLessThan(31);
});

test('fills the desk: seeded customers wait, and were seen last', async () => {
  const desk = await demo.browser.newPage();
  await desk.goto(`${demo.bankUrl}/desk.html`);
  await desk.locator('#waiting li').nth(4).waitFor();
  await desk.locator('#waiting button', { hasText: '+1555200' }).first().click();
  await desk.locator('customer-journey-widget article').first().waitFor();
  expect(await desk.locator('#people li').count()).toBeGreaterThan(5);
});

test('tells the agent what a customer with an overdue bill is probably calling about', async () => {
  const desk = await demo.browser.newPage();
  await desk.goto(`${demo.bankUrl}/desk.html`);
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .click();
  await desk.getByText('Water bill overdue: notice 2, 42.50').waitFor();
});
