// From Home Bank to its partner under the other name of this machine, and back: one journey, in a real browser.
import { expect, test } from 'vitest';
import { until } from '../helpers.ts';
import { useDemo } from './demo.ts';

const demo = useDemo();

interface Told {
  type: string;
  data: { url?: string };
}

test('the agent sees the houses that a customer has looked at on the other domain', async () => {
  const context = await demo.newVisitor();
  const page = await context.newPage();
  await page.goto(`${demo.bankUrl}/mortgage.html`);
  const historyOf = async (identity: string): Promise<Told[]> => {
    const { status, data } = await demo.read(
      `/v1/api/events/workspace-id/{ws}?identity=${encodeURIComponent(identity)}`,
    );
    return status === 200 ? data : [];
  };
  const visitor = async () => (await context.cookies(demo.bankUrl)).find(({ name }) => name === 'wm_id')?.value ?? '';
  await until('the bank knows the visitor', async () => (await historyOf((await visitor()).slice(0, 21))).length > 0);

  // The partner asks for itself; the journey goes on once it may.
  await page.getByRole('contentinfo').getByRole('link', { name: 'Homes for sale' }).click();
  await page.getByRole('heading', { name: 'Three houses' }).waitFor();
  await until('the address is clean', () => !page.url().includes('wm_x'));
  expect(new URL(page.url()).hostname).toBe('127.0.0.1');
  await page.getByRole('button', { name: 'Allow' }).click();
  await until('the visit has come over', async () =>
    (await historyOf((await visitor()).slice(0, 21))).some(({ type }) => type === 'webvisitHouses'),
  );

  await page.getByRole('link', { name: 'What it costs a month' }).first().click();
  await page.waitForURL(`${demo.bankUrl}/mortgage.html?amount=198000`);
  await page.goto(`${demo.bankUrl}/login.html`);
  await page.getByRole('button', { name: 'Fill in' }).first().click();
  await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Good to see you' }).waitFor();
  const journey = await until('the customer has the whole journey', async () => {
    const found = await historyOf('ruegreen@example.com');
    return found.some(({ type }) => type === 'webvisitLogin') ? found : undefined;
  });
  expect(journey.some(({ type }) => type === 'webvisitHouses')).toBe(true);
  expect(JSON.stringify(journey)).not.toContain('wm_x');
});
