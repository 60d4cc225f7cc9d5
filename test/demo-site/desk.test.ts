// The agent desk: a contact comes in, the customer's journey is there, a call code joins a stranger's visit to the call.
import { expect, test } from 'vitest';
import { until } from '../helpers.ts';
import { useDemo } from './demo.ts';

const demo = useDemo();

async function aDesk() {
  const context = await demo.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await context.newPage();
  await desk.goto(`${demo.bankUrl}/desk.html`);
  await desk.getByRole('button', { name: /Unknown number/ }).waitFor();
  return desk;
}

/** Somebody looks at the rates and then at the contact page, and reads the code there. */
async function aCaller() {
  const page = await (await demo.newVisitor()).newPage();
  await page.goto(`${demo.bankUrl}/mortgage.html`);
  await page.goto(`${demo.bankUrl}/contact.html`);
  const shown = page.locator('.call-code output');
  await shown.waitFor();
  return { page, code: (await shown.textContent()) ?? '' };
}

test('shows the caller’s web journey once the code from their contact page is entered, once', async () => {
  const { page, code } = await aCaller();
  expect(code).toMatch(/^\d{3} \d{3}$/);
  const desk = await aDesk();
  await desk.getByRole('button', { name: /Unknown number/ }).click();
  await desk.getByText('Call with Unknown number').waitFor();
  expect(await desk.locator('customer-journey-widget article').count()).toBe(0);
  await desk.getByLabel('Call code').fill(code);
  await desk.getByRole('button', { name: 'Redeem' }).click();
  await desk.getByText('The visit and +15550100777 are one journey now.').waitFor();
  await desk.locator('customer-journey-widget', { hasText: 'Mortgage Rates' }).waitFor();

  // Live from here on, though nobody has logged in.
  await page.goto(`${demo.bankUrl}/about.html`);
  await desk.locator('customer-journey-widget', { hasText: 'About us' }).waitFor();

  await desk.getByLabel('Call code').fill(code);
  await desk.getByRole('button', { name: 'Redeem' }).click();
  await desk.getByText('The call code is not valid').waitFor();
});

test('tells the journey service of a call that has ended', async () => {
  const desk = await aDesk();
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .click();
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  expect(await desk.locator('#contact').isVisible()).toBe(false);
  const query = new URLSearchParams({ identity: '+15550100199', filter: "source=='wxcc'" });
  const path = `/v1/api/events/workspace-id/{ws}?${query}`;
  const [ended] = await until('the call is in the journey', async () => {
    const { status, data } = await demo.read(path);
    const events = status === 200 ? (data as { type: string; data: object }[]) : [];
    return events.length === 2 ? events : undefined;
  });
  expect(ended).toMatchObject({ type: 'task:ended', data: { channelType: 'telephony', direction: 'INBOUND' } });
});

test('shows whose visit a code belongs to where there is no call, and joins nothing', async () => {
  const { page, code } = await aCaller();
  const desk = await aDesk();
  await desk.getByLabel('Call code').fill(code.replace(' ', ''));
  await desk.getByRole('button', { name: 'Redeem' }).click();
  await desk.getByText('Here is the visit.').waitFor();
  const temporaryId = await page.evaluate(() => document.cookie.match(/wm_id=([^.]+)/)?.[1]);
  expect(await desk.locator('#identity').inputValue()).toBe(temporaryId);
  const { data } = await demo.read(`/admin/v1/api/person/workspace-id/{ws}/aliases/${temporaryId}`);
  expect(data).toMatchObject([{ phone: [], email: [] }]);
});

test('shows what the relay received, raw, without secrets, and as text whatever is in it', async () => {
  const { page } = await aCaller();
  await page.evaluate(() => {
    const { waymark } = window as unknown as { waymark: (...call: unknown[]) => void };
    waymark('track', 'odd', { origin: '<img src=x onerror=alert(1)>' });
  });
  const [temporaryId, secret] = (await page.evaluate(() => document.cookie.match(/wm_id=([^;]+)/)?.[1] ?? '')).split(
    '.',
  );
  const desk = await aDesk();
  await desk.locator('#identity').fill(temporaryId ?? '');
  await desk.getByRole('button', { name: 'Show', exact: true }).click();
  const odd = desk.locator('#raw-events li', { hasText: 'odd' });
  await odd.locator('summary').click();
  const text = (await odd.locator('pre').textContent()) ?? '';
  expect(JSON.parse(text)).toMatchObject({ type: 'odd', data: { origin: '<img src=x onerror=alert(1)>' } });
  expect(await desk.locator('#raw-events img').count()).toBe(0);
  expect(await desk.locator('#raw-events').textContent()).not.toContain(secret);
  await desk.getByRole('button', { name: 'What the relay received' }).click();
  expect(await desk.locator('#raw').isVisible()).toBe(false);
});

test('leads to the journey where the screen is too narrow for both, and never scrolls sideways', async () => {
  const desk = await (await demo.newVisitor({ viewport: { width: 320, height: 700 } })).newPage();
  // What fills the page comes late, as it may.
  await desk.route('**/v1/api/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue().catch(() => {});
  });
  await desk.goto(`${demo.bankUrl}/desk.html`);
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .click();
  const journey = desk.getByRole('region', { name: 'Journey of the chosen customer' });
  await expect.poll(async () => (await journey.boundingBox())?.y).toBeLessThan(350);
  expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});
