// Nothing that axe-core finds at WCAG 2.2 AA on any page of the demo, in light, dark and forced colours, wide and narrow.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { useDemo } from './demo.ts';

const demo = useDemo('--seed');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const themes = [
  { name: 'light', colorScheme: 'light' },
  { name: 'dark', colorScheme: 'dark' },
  { name: 'forced colours', colorScheme: 'light', forcedColors: 'active' },
] as const;

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
  });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
}

for (const { name, ...theme } of themes) {
  test(`the bank’s pages, ${name}`, async () => {
    // The bank’s policy forbids scripts that are not its own; axe is one.
    const asked = await (await demo.browser.newContext({ ...theme, bypassCSP: true })).newPage();
    await asked.goto(`${demo.bankUrl}/`);
    await asked.getByRole('region', { name: 'May we remember your visit?' }).waitFor();
    expect(await faultsOf(asked)).toEqual([]);

    const visitor = await demo.newVisitor({ ...theme, bypassCSP: true });
    const page = await visitor.newPage();
    for (const path of ['about', 'mortgage', 'sms-expert', 'login', 'houses']) {
      await page.goto(`${demo.bankUrl}/${path}.html`);
      expect(await faultsOf(page), path).toEqual([]);
    }
    await page.goto(`${demo.bankUrl}/contact.html`);
    await page.locator('.call-code output').waitFor();
    expect(await faultsOf(page), 'contact').toEqual([]);
    // As wide as a page is at 400 % zoom (WCAG 1.4.10).
    await page.setViewportSize({ width: 320, height: 740 });
    expect(await faultsOf(page), 'contact on a phone').toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), 'no sideways scrolling').toBe(320);

    await page.goto(`${demo.bankUrl}/login.html`);
    await page.getByRole('button', { name: 'Fill in' }).first().click();
    await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Good to see you' }).waitFor();
    // The heading may be there before the style sheet is.
    await page.waitForLoadState();
    expect(await faultsOf(page), 'account').toEqual([]);
    await page.goto(`${demo.bankUrl}/known.html`);
    await page.locator('[data-known-events] li').first().waitFor();
    await page.getByRole('button', { name: 'Erase everything' }).click();
    expect(await faultsOf(page), 'known').toEqual([]);
  }, 60_000);

  test(`the agent desk, ${name}`, async () => {
    const viewport = { width: 1440, height: 900 };
    const desk = await (await demo.browser.newContext({ ...theme, viewport, bypassCSP: true })).newPage();
    await desk.goto(`${demo.bankUrl}/desk.html`);
    await desk.locator('#waiting li').nth(4).waitFor();
    await desk.locator('#people li').first().waitFor();
    expect(await faultsOf(desk)).toEqual([]);
    await desk.locator('#waiting button', { hasText: '+1555200' }).first().click();
    await desk.locator('customer-journey-widget article').first().waitFor();
    await desk.locator('#raw summary').first().click();
    expect(await faultsOf(desk)).toEqual([]);
    await desk
      .locator('#waiting')
      .getByRole('button', { name: /Rue Green/ })
      .click();
    await desk.locator('#notes li').waitFor();
    await desk.getByLabel('The payments queue is closed').check();
    expect(await faultsOf(desk), 'notes').toEqual([]);
  }, 60_000);
}
