// What a visitor of Home Bank may decide, ask for and take away, in a real browser.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { until } from '../helpers.ts';
import { useDemo } from './demo.ts';

const demo = useDemo();
const everything = '/v1/api/events/workspace-id/{ws}';

interface Told {
  type: string;
  identity: string;
  data: Record<string, unknown>;
}

async function told(filter = ''): Promise<Told[]> {
  const { status, data } = await demo.read(`${everything}${filter}`);
  return status === 404 ? [] : data;
}

async function cookieNames(page: Page): Promise<string[]> {
  return (await page.context().cookies()).map(({ name }) => name).sort();
}

async function logIn(page: Page, index = 0): Promise<void> {
  await page.goto(`${demo.bankUrl}/login.html`);
  await page.getByRole('button', { name: 'Fill in' }).nth(index).click();
  await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Good to see you' }).waitFor();
}

async function confirmPhone(page: Page, phone: string): Promise<void> {
  await page.goto(`${demo.bankUrl}/sms-expert.html`);
  await page.locator('#phone').fill(phone);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.locator('#code').fill((await page.locator('[data-bubble] strong').textContent()) ?? '');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.locator('#sms-done').waitFor();
}

test('is remembered only after allowing it, and no longer after a change of mind', async () => {
  const page = await (await demo.browser.newContext()).newPage();
  await page.goto(`${demo.bankUrl}/`);
  const banner = page.getByRole('region', { name: 'May we remember your visit?' });
  await banner.waitFor();
  await page.waitForFunction(() => 'getState' in (window as never)['waymark']);
  expect(await cookieNames(page)).toEqual([]);
  expect(await told()).toEqual([]);

  await banner.getByRole('button', { name: 'Allow' }).click();
  await banner.waitFor({ state: 'hidden' });
  await until('the visit has arrived', async () => (await told()).length === 1);
  expect(await cookieNames(page)).toContain('wm_id');

  await page.goto(`${demo.bankUrl}/about.html`);
  expect(await banner.isVisible()).toBe(false);
  await until('the next one has, too', async () => (await told()).length === 2);

  await page.getByRole('button', { name: 'Privacy choices' }).click();
  await page.getByText('You have allowed it.').waitFor();
  await banner.getByRole('button', { name: 'Refuse' }).click();
  await until('nothing is left', async () => (await cookieNames(page)).join() === 'homebank_privacy');
  await page.goto(`${demo.bankUrl}/contact.html`);
  await page.waitForFunction(() => 'getState' in (window as never)['waymark']);
  expect(await cookieNames(page)).toEqual(['homebank_privacy']);
  expect(await page.locator('.call-code').isVisible()).toBe(false);
  expect(await told()).toHaveLength(2);
});

test('is not asked where the browser refuses for them (Global Privacy Control), and may allow it all the same', async () => {
  const context = await demo.browser.newContext({ extraHTTPHeaders: { 'Sec-GPC': '1' } });
  const page = await context.newPage();
  const before = (await told()).length;
  await page.goto(`${demo.bankUrl}/`);
  const banner = page.getByRole('region', { name: 'May we remember your visit?' });
  await page.waitForFunction(() => 'getState' in (window as never)['waymark']);
  expect(await banner.isVisible()).toBe(false);
  expect(await cookieNames(page)).toEqual([]);
  await page.getByRole('button', { name: 'Privacy choices' }).click();
  await page.getByText('Your browser asks every site not to track you').waitFor();
  await banner.getByRole('button', { name: 'Allow' }).click();
  await page.goto(`${demo.bankUrl}/about.html`);
  await until('the visit has arrived', async () => (await told()).length > before);
});

test('has a call code of their own, and another one once somebody else uses the device', async () => {
  const page = await (await demo.newVisitor()).newPage();
  await page.goto(`${demo.bankUrl}/contact.html`);
  const shown = page.locator('.call-code output');
  await shown.waitFor();
  const code = await shown.textContent();
  await page.reload();
  await shown.waitFor();
  expect(await shown.textContent()).toBe(code);
  await page.evaluate(() => {
    const { waymark } = window as unknown as { waymark: (...call: unknown[]) => void };
    waymark('reset');
    waymark('visit');
  });
  await until('the code has changed', async () => (await shown.textContent()) !== code && (await shown.isVisible()));
  expect(await shown.textContent()).toMatch(/^\d{3} \d{3}$/);
});

test('tells the agent the quote that they asked for, and only that one', async () => {
  const page = await (await demo.newVisitor()).newPage();
  await page.goto(`${demo.bankUrl}/mortgage.html?amount=250000`);
  await page.locator('#years').fill('20');
  expect(await page.locator('#calculator output').textContent()).toBe('1,449');
  await page.getByRole('button', { name: 'Get this quote' }).click();
  const [quote] = await until('the quote', async () => {
    const found = await told(`?filter=${encodeURIComponent("type=='quote'")}`);
    return found.length > 0 ? found : undefined;
  });
  expect(quote?.data).toMatchObject({
    amount: 250_000,
    years: 20,
    monthly: 1449,
    uiData: { title: 'Mortgage quote', iconType: 'Quote' },
  });
});

test('keeps their journey when a wrong number is typed, for nothing is known before the code is right', async () => {
  const page = await (await demo.newVisitor()).newPage();
  await confirmPhone(page, '+15550100301');
  const before = await page.evaluate(() => document.cookie.match(/wm_id=([^;]+)/)?.[1]);
  await page.goto(`${demo.bankUrl}/sms-expert.html`);
  await page.locator('#phone').fill('+15550100999');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.locator('#sms-verify').waitFor();
  expect(await page.evaluate(() => document.cookie.match(/wm_id=([^;]+)/)?.[1])).toBe(before);
});

test('starts as somebody new once another number is proven at the same device', async () => {
  const page = await (await demo.newVisitor()).newPage();
  await confirmPhone(page, '+15550100302');
  await confirmPhone(page, '+15550100303');
  const person = async (phone: string) =>
    (await demo.read(`/admin/v1/api/person/workspace-id/{ws}/aliases/${phone}`)).data as { phone: string[] }[];
  await until('both are known', async () => (await person('+15550100303'))?.[0]);
  expect((await person('+15550100303'))[0]?.phone).toEqual(['+15550100303']);
  expect((await person('+15550100302'))[0]?.phone).toEqual(['+15550100302']);
});

test('sees what is known, takes it away and has it erased, and comes back as somebody new', async () => {
  const page = await (await demo.newVisitor()).newPage();
  await page.goto(`${demo.bankUrl}/mortgage.html`);
  await logIn(page);
  const email = 'ruegreen@example.com';
  await until('the login has arrived', async () => (await told(`?identity=${email}`)).length >= 3);
  await page.goto(`${demo.bankUrl}/known.html`);
  await page.locator('[data-known-aliases] dd', { hasText: email }).waitFor();
  await page.locator('[data-known-links] li', { hasText: 'you proved it' }).first().waitFor();
  await page.locator('[data-known-events] li', { hasText: 'Mortgage Rates' }).waitFor();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.some((line) => line.includes(email))).toBe(true);

  const before = await page.evaluate(() => document.cookie.match(/wm_id=([^;]+)/)?.[1]);
  await page.getByRole('button', { name: 'Erase everything' }).click();
  await page.getByRole('button', { name: 'Yes, erase it' }).click();
  await page.getByText(/Done\. \d+ notes about you are gone\./).waitFor();
  expect(await told(`?identity=${email}`)).toEqual([]);
  expect(await page.evaluate(() => document.cookie.match(/wm_id=([^;]+)/)?.[1])).not.toBe(before);
  await page.goto(`${demo.bankUrl}/about.html`);
  const renewed = await page.evaluate(() => document.cookie.match(/wm_id=([^.]+)/)?.[1]);
  await until('what comes later is noted', async () => (await told(`?identity=${renewed}`)).length > 0);
  expect(await told(`?identity=${email}`)).toEqual([]);
});
