// That nobody is shut out: axe-core over the widget's states in light, dark and forced colours and from right to left;
// keyboard, focus, languages; and a journey of ten thousand events that stays usable.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDesk } from './desk.ts';
import { openWidgetPages, type WidgetPages } from './widget-page.ts';

let pages: WidgetPages;
beforeAll(async () => {
  pages = await openWidgetPages();
});
afterAll(() => pages.close());
afterEach(() => expect(pages.problems.splice(0)).toEqual([]));

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const jane = { identity: 'jane@bank.test', identitytype: 'email' };

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  passes: { id: string }[];
}

/** Runs outside the page's policy, as a debugger does. */
async function faults(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: `${axe};axe.run(document.querySelector('customer-journey-widget'), { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(JSON.stringify)`,
    awaitPromise: true,
    returnByValue: true,
  });
  const { violations, passes } = JSON.parse(String(result.value)) as AxeResult;
  // It looked inside, and at colours.
  expect(passes.map(({ id }) => id)).toContain('button-name');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

async function aBusyDesk(locale?: string) {
  const desk = await openDesk(pages, locale ? { locale } : {});
  const publish = (members: object) => desk.publish({ ...jane, ...members });
  await publish({
    source: 'wxcc',
    type: 'task:new',
    data: { taskId: 'c', channelType: 'telephony', direction: 'INBOUND' },
  });
  for (const iconType of ['SMS', 'Chat', 'Email', 'Payment', 'Login', 'outage', 'wrapup', 'walk-in', 'social'])
    await publish({
      data: { uiData: { title: iconType, iconType, filterTags: ['vip'] }, customerSentiment: 'negative' },
    });
  await publish({ data: { taskId: 'web', origin: 'One', url: 'https://home.com/one', note: 'See https://home.com/' } });
  await publish({ data: { taskId: 'web', origin: 'Two', url: 'https://home.com/two', transcript: 'Hello' } });
  await desk.show('jane@bank.test', { attributes: { 'enable-user-search': '', 'read-only-aliases': 'false' } });
  await desk.page.locator('article .title', { hasText: 'social' }).waitFor();
  return desk;
}

test('gives axe-core nothing to find at AA in any theme or state', async () => {
  const desk = await aBusyDesk();
  const { page } = desk;
  await page.locator('.disclose').first().click();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const forcedColors of ['none', 'active'] as const) {
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
      expect(await faults(page), `${colorScheme} ${forcedColors}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  await page.locator('customer-journey-widget').evaluate((widget) => widget.setAttribute('use-new-momentum-icons', ''));
  await page.getByRole('button', { name: 'Condensed' }).click();
  expect(await faults(page), 'full, filled').toEqual([]);
  await page.getByRole('button', { name: 'Names and links' }).click();
  expect(await faults(page), 'dialog').toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit name' }).click();
  await page.context().setOffline(true);
  await page.getByText('You are offline.').waitFor();
  expect(await faults(page), 'editing, offline').toEqual([]);
});

test('speaks the browser’s language, from right to left where it runs so, and languages that a page adds', async () => {
  for (const [locale, word, direction] of [
    ['fr-CA', 'Client identifié', 'ltr'],
    ['es', 'Cliente identificado', 'ltr'],
    ['ar', 'عميل معروف', 'rtl'],
    ['ja', 'Identified customer', 'ltr'],
  ] as const) {
    const { page } = await aBusyDesk(locale);
    await page.locator('header .state', { hasText: word }).waitFor();
    expect(await page.locator('section').getAttribute('dir')).toBe(direction);
    if (locale === 'ar') expect(await faults(page)).toEqual([]);
    if (locale !== 'ja') continue;
    await page.evaluate(() => {
      const widget = customElements.get('customer-journey-widget') as unknown as {
        addLanguage(name: string, table: object): void;
      };
      widget.addLanguage('de', {
        identified: 'Bekannter Kunde',
        events: { one: '1 Ereignis', other: '{count} Ereignisse' },
      });
      document.querySelector('customer-journey-widget')?.setAttribute('lang', 'de');
    });
    await page.locator('header .state', { hasText: 'Bekannter Kunde' }).waitFor();
    await page.getByText('2 Ereignisse').waitFor();
  }
});

test('keeps the keyboard’s place and the open details when live events arrive', async () => {
  const desk = await aBusyDesk();
  const first = desk.page.locator('article', { hasText: 'SMS' }).getByRole('button', { name: 'Details' });
  await first.focus();
  await desk.page.keyboard.press('Enter');
  for (let index = 0; index < 3; index += 1) await desk.publish({ ...jane, data: { origin: `Live ${index}` } });
  await desk.page.locator('article', { hasText: 'Live 2' }).waitFor();
  const focused = await desk.page.evaluate(() =>
    document.querySelector('customer-journey-widget')?.shadowRoot?.activeElement?.getAttribute('aria-label'),
  );
  expect(focused).toBe('Details: SMS');
  expect(await first.getAttribute('aria-expanded')).toBe('true');
});

test('holds ten thousand events, draws those near the reader, and gets to the oldest by scrolling', async () => {
  const desk = await openDesk(pages);
  const { page } = desk;
  const start = Date.now() - 12_000_000;
  const time = (index: number) => new Date(start + index * 1000).toISOString();
  await desk.publishAll(
    Array.from({ length: 10_000 }, (_, index) => ({
      ...jane,
      id: `e${index}`,
      time: time(index),
      data: { taskId: 'long', origin: `Step ${index}` },
    })),
  );
  await desk.show('jane@bank.test');
  for (let read = 2; read <= 10; read += 1) {
    await page.getByRole('button', { name: 'Read older events' }).click();
    await page.getByText(`${read},000 events`).waitFor();
  }
  await page.locator('article', { hasText: 'Step 9999' }).waitFor();
  expect(await page.locator('article').count()).toBeLessThan(400);
  await page.locator('.rows').last().scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.locator('article', { hasText: /^\s*Step 0\s/ }).waitFor();
  expect(await page.locator('article').count()).toBeLessThan(400);
});
