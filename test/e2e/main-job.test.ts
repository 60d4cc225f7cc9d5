// The main job, end to end: a stranger browses Home Bank, becomes known, and the agent desk shows it all, live.
// Nothing on the way is faked: the built script, a real browser, the relay as a process of its own, a SQLite file.
import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from '../../src/protocol/index.ts';
import { historyOf, read, until, workspace } from '../helpers.ts';
import { type Stage, setTheStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});
afterAll(() => stage?.close());

async function temporaryIdOf(visitor: BrowserContext): Promise<string> {
  const cookie = await until('the visitor has a temporaryId', async () =>
    (await visitor.cookies(stage.bankUrl)).find(({ name }) => name === 'wm_id'),
  );
  return cookie.value.split('.')[0] ?? '';
}

/** The event types that the desk shows, oldest first. */
async function shown(desk: Page): Promise<string[]> {
  const types = desk
    .locator('customer-journey-widget article')
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['type'] ?? ''));
  return (await types).reverse();
}

async function personOf(identity: string): Promise<Person | undefined> {
  const { status, body } = await read(
    stage.relayUrl,
    `/admin/v1/api/person/workspace-id/${workspace}/aliases/${identity}`,
  );
  return status === 200 ? (body as { data: Person[] }).data[0] : undefined;
}

/** Follows a link of the bank's menu and waits until the page is there. */
async function visit(page: Page, name: string, title: RegExp): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await until(`the page ${name}`, async () => title.test(await page.title()));
}

it('shows the agent the whole journey under the customer’s name, live, each visit once, across a crash of the relay', async () => {
  const visitor = await stage.newVisitor();
  const page = await visitor.newPage();
  await page.goto(stage.bankUrl);
  const temporaryId = await temporaryIdOf(visitor);

  // The desk finds the stranger by temporaryId, and from here on is never reloaded.
  const desk = await (await stage.browser.newContext()).newPage();
  await desk.goto(`${stage.bankUrl}/desk.html#${temporaryId}`);
  await desk.evaluate(() => Object.assign(window, { sameDocument: true }));
  await until('the desk shows the first visit', async () => (await shown(desk)).length === 1);

  await visit(page, 'About', /About/);
  await visit(page, 'Mortgage rates', /Mortgage/);
  await until('the desk shows three visits', async () => (await shown(desk)).length === 3);
  expect(await shown(desk)).toEqual(['webvisit', 'webvisit', 'webvisitMortgage']);

  // The relay is killed in the middle of the visit, and comes back.
  await stage.stopRelay('SIGKILL');
  await visit(page, 'Contact', /Contact/);
  await stage.startRelay();

  await visit(page, 'SMS expert', /SMS/);
  await page.getByRole('button', { name: '+1 555 0100 199' }).click();
  await page.getByRole('button', { name: 'Send me a code' }).click();
  const code = await page.locator('[data-bubble] strong').textContent();
  await page.locator('#code').fill(code ?? '');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.locator('#sms-done').waitFor();
  await until('the phone leads to the visitor', () => personOf('+15550100199'));

  await page.getByRole('link', { name: 'Log in', exact: true }).first().click();
  await page.getByRole('button', { name: 'Fill in' }).first().click();
  await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/account/);

  const whole = [
    'webvisit',
    'webvisit',
    'webvisitMortgage',
    'webvisit',
    'webvisit',
    'webvisitOptIn',
    'webvisit',
    'webvisitLogin',
    'webvisit',
  ];
  await until(
    'the store has the whole journey',
    async () => (await historyOf(stage.relayUrl, temporaryId)).length >= whole.length,
    30_000,
  );

  // The store: each visit once, in order, in one session, under one person with all three names.
  const journey = (await historyOf(stage.relayUrl, 'ruegreen@example.com')).reverse();
  expect(journey.map(({ type }) => type)).toEqual(whole);
  expect(new Set(journey.map(({ id }) => id)).size).toBe(whole.length);
  expect(new Set(journey.map(({ data }) => data['taskId'])).size).toBe(1);
  expect(journey[2]).toMatchObject({
    source: 'home.com:web:mortgage',
    data: { origin: 'Mortgage Rates', channelType: 'MortgageRates', channelBreakout: 'Web' },
  });
  expect(journey[0]).toMatchObject({
    source: 'home.com:website',
    data: { origin: 'Website', channelType: 'NewVisit' },
  });
  const person = await personOf('ruegreen@example.com');
  expect(person).toMatchObject({
    email: ['ruegreen@example.com'],
    phone: ['+15550100199'],
    temporaryId: [temporaryId],
  });

  // The desk: what the bank shows to agents of it, without a reload, and under the e-mail address too. The bank hides the
  // visits to its forms and to the account: there it counts what is done, not that somebody was there.
  const seen = ['webvisit', 'webvisit', 'webvisitMortgage', 'webvisit', 'webvisitOptIn', 'webvisitLogin'];
  await until('the desk shows the whole journey', async () => (await shown(desk)).length === seen.length, 30_000);
  expect(await shown(desk)).toEqual(seen);
  expect(await desk.evaluate(() => 'sameDocument' in window)).toBe(true);
  await desk.locator('#identity').fill('ruegreen@example.com');
  await desk.getByRole('button', { name: 'Show', exact: true }).click();
  await until('the desk shows it by e-mail', async () => (await shown(desk)).length === seen.length);
  expect(await desk.locator('customer-journey-widget').getByText('ruegreen@example.com').count()).toBeGreaterThan(0);

  // A graceful restart loses nothing either.
  await stage.stopRelay('SIGTERM');
  await stage.startRelay();
  expect((await historyOf(stage.relayUrl, '+15550100199')).map(({ id }) => id).reverse()).toEqual(
    journey.map(({ id }) => id),
  );
}, 120_000);

it('merges nothing for a login without a valid token', async () => {
  const visitor = await stage.newVisitor();
  const page = await visitor.newPage();
  await page.goto(stage.bankUrl);
  const temporaryId = await temporaryIdOf(visitor);
  const before = await personOf('ola.brandt@example.com');
  await page.evaluate(() => {
    const { waymark } = window as unknown as { waymark: (...call: unknown[]) => void };
    waymark('identify', 'ola.brandt@example.com', { identitytype: 'email', token: 'eyJhbGciOiJub25lIn0.e30.' });
  });
  const events = await until('the claim has arrived', async () => {
    const history = await historyOf(stage.relayUrl, temporaryId);
    return history.some(({ type }) => type === 'webvisitLogin') ? history : undefined;
  });
  expect(events.every(({ identity }) => identity === temporaryId)).toBe(true);
  expect(before).toBeUndefined();
  expect(await personOf('ola.brandt@example.com')).toBeUndefined();
  expect(await historyOf(stage.relayUrl, 'ola.brandt@example.com')).toEqual([]);
});

it('joins no second customer to the first where the browser has lost what was claimed', async () => {
  const visitor = await stage.newVisitor();
  const page = await visitor.newPage();
  const logIn = async (place: number): Promise<void> => {
    await page.goto(`${stage.bankUrl}/login.html`);
    await page.getByRole('button', { name: 'Fill in' }).nth(place).click();
    await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(/account/);
  };
  await page.goto(stage.bankUrl);
  const first = await temporaryIdOf(visitor);
  await logIn(0);
  const aliasesOf = async (identity: string) => (await personOf(identity))?.temporaryId ?? [];
  await until('Rue is known', async () => (await aliasesOf('ruegreen@example.com')).includes(first));

  await visitor.clearCookies({ name: 'wm_s' });
  await logIn(1);
  await until('the relay has said whose browser this was', async () => (await temporaryIdOf(visitor)) !== first);
  await page.goto(`${stage.bankUrl}/about.html`);
  const second = await temporaryIdOf(visitor);
  await until('the next visit is told', async () => (await historyOf(stage.relayUrl, second)).length > 0);
  expect(await aliasesOf('ruegreen@example.com')).not.toContain(second);
  expect(await aliasesOf('ola.brandt@example.com')).not.toContain(first);

  await logIn(1);
  await until('Ola is known', async () => (await aliasesOf('ola.brandt@example.com')).includes(second));
  const told = (await historyOf(stage.relayUrl, 'ola.brandt@example.com')).map(({ identity }) => identity);
  expect(told).not.toContain(first);
  expect(told).toContain(second);
});
