// The story of the seed deck (jds-contract 1.7): Home, About, Contact, SMS Expert, Login in one session. The agent sees one
// entry that opens and closes, with five events and the icon of the last, and one person with phone and e-mail.
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from '../../src/protocol/index.ts';
import { historyOf, read, until, workspace } from '../helpers.ts';
import { type Stage, setTheStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});
afterAll(() => stage?.close());

/** Follows a link of the bank's menu and waits until the page is there. */
async function visit(page: Page, name: string, title: RegExp): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await until(`the page ${name}`, async () => title.test(await page.title()));
}

async function confirmPhone(page: Page): Promise<void> {
  await page.getByRole('button', { name: '+1 555 0100 199' }).click();
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.locator('#code').fill((await page.locator('[data-bubble] strong').textContent()) ?? '');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.locator('#sms-done').waitFor();
}

it('is one collapsible entry of five events with the icon of the last, and ties phone and e-mail to one profile', async () => {
  const page = await (await stage.newVisitor()).newPage();
  await page.goto(stage.bankUrl);
  await visit(page, 'About', /About/);
  await visit(page, 'Contact', /Contact/);
  await visit(page, 'SMS expert', /SMS/);
  await confirmPhone(page);
  await page.getByRole('link', { name: 'Log in', exact: true }).first().click();
  await page.getByRole('button', { name: 'Fill in' }).first().click();
  await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/account/);

  // Whole, in order, in one session.
  const story = ['webvisit', 'webvisit', 'webvisit', 'webvisitOptIn', 'webvisitLogin'];
  const history = await until('the login has arrived', async () => {
    const events = (await historyOf(stage.relayUrl, 'ruegreen@example.com')).reverse();
    return events.some(({ type }) => type === 'webvisitLogin') ? events : undefined;
  });
  const visible = history.filter(({ data }) => !(data['uiData'] as { hidden?: string } | undefined)?.hidden);
  expect(visible.map(({ type }) => type)).toEqual(story);
  expect(new Set(history.map(({ data }) => data['taskId'])).size).toBe(1);

  // One profile, by either name.
  for (const name of ['ruegreen@example.com', '+15550100199']) {
    const path = `/admin/v1/api/person/workspace-id/${workspace}/aliases/${encodeURIComponent(name)}`;
    const { data } = (await read(stage.relayUrl, path)).body as { data: Person[] };
    expect(data).toMatchObject([{ email: ['ruegreen@example.com'], phone: ['+15550100199'] }]);
    expect(data[0]?.temporaryId).toHaveLength(1);
  }

  // The desk, by the phone that calls.
  const desk = await (await stage.browser.newContext()).newPage();
  await desk.goto(`${stage.bankUrl}/desk.html#+15550100199`);
  const widget = desk.locator('customer-journey-widget');
  const summary = widget.locator('button.summary', { hasText: '5 events' });
  await summary.waitFor();
  expect(await widget.locator('li.entry').count()).toBe(1);
  const shown = widget.locator('article');
  expect(await shown.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['type']))).toEqual(
    story.toReversed(),
  );
  const iconOf = (place: typeof summary) =>
    place
      .locator('.badge svg')
      .first()
      .evaluate((svg) => svg.innerHTML);
  expect(await iconOf(summary)).toBe(await iconOf(shown.first()));
  expect(await iconOf(summary)).not.toBe(await iconOf(shown.last()));

  expect(await summary.getAttribute('aria-expanded')).toBe('true');
  await summary.click();
  await until('the entry is closed', async () => (await shown.count()) === 0 || !(await shown.first().isVisible()));
  expect(await summary.getAttribute('aria-expanded')).toBe('false');
}, 60_000);
