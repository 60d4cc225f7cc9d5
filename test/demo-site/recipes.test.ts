// The recipes of `examples/` in the demo: what visitors and callers do reaches the agent's desk through templates, actions,
// signed webhooks and the bank's own server.
import { createHmac } from 'node:crypto';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { until } from '../helpers.ts';
import { useDemo } from './demo.ts';

const demo = useDemo();
const offer = 'Offer: 0.2 % off the mortgage rate';

interface Told {
  type: string;
  identity: string;
  data: Record<string, unknown>;
}

async function told(identity: string, type: string): Promise<Told[]> {
  const query = new URLSearchParams({ identity, filter: `type=='${type}'` });
  const { status, data } = await demo.read(`/v1/api/events/workspace-id/{ws}?${query}`);
  return status === 404 ? [] : data;
}

async function identityOf(page: Page): Promise<string> {
  const cookies = await page.context().cookies();
  return cookies.find(({ name }) => name === 'wm_id')?.value.split('.')[0] ?? '';
}

/** Looks at the rates so many times, waits for each to be in the journey, and answers who it was. */
async function look(page: Page, times: number): Promise<string> {
  const looksOf = async (identity: string) => (identity === '' ? 0 : (await told(identity, 'webvisitMortgage')).length);
  for (let looks = await looksOf(await identityOf(page)), to = looks + times; looks < to; looks += 1) {
    await page.goto(`${demo.bankUrl}/mortgage.html`);
    await until('the look has arrived', async () => (await looksOf(await identityOf(page))) > looks);
  }
  return identityOf(page);
}

async function aDesk(identity = '') {
  const context = await demo.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await context.newPage();
  await desk.clock.install();
  await desk.goto(`${demo.bankUrl}/desk.html#${encodeURIComponent(identity)}`);
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .waitFor();
  return desk;
}

/** The results with which the action of the mortgage offer has fired. */
async function fires(): Promise<string[]> {
  const actions = '/admin/v1/api/journey-actions/workspace-id/{ws}/template-id/MortgageInterest';
  const { id } = (await demo.read(`${actions}/action-name/Mortgage%20offer`)).data as { id: string };
  const { data } = await demo.read(`${actions}/action-id/${id}/history`);
  return (data as { result: string }[]).map(({ result }) => result);
}

async function deliver(body: string, secret: string, id = `webhook-${crypto.randomUUID()}`): Promise<number> {
  const timestamp = Math.floor(Date.now() / 1000);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': `v1,${signature}` };
  return (await fetch(`${demo.bankUrl}/hooks/mortgage-offer`, { method: 'POST', headers, body })).status;
}

test('has an offer for the agent once somebody looked at the mortgage rates three times, and not after two', async () => {
  const hesitant = await (await demo.newVisitor()).newPage();
  const twice = await look(hesitant, 2);
  const thrice = await look(await (await demo.newVisitor()).newPage(), 3);

  const other = await aDesk(thrice);
  await other.locator('#notes li', { hasText: offer }).waitFor();
  await other.locator('customer-journey-widget article', { hasText: offer }).waitFor();
  await other.locator('#people button', { hasText: offer }).waitFor();
  // Events are judged in their order: by now the two looks were, and only the other visitor's third look fired.
  expect(await fires()).toEqual(['3']);

  const desk = await aDesk(twice);
  await desk.locator('customer-journey-widget article', { hasText: 'Mortgage Rates' }).first().waitFor();
  await look(hesitant, 1);
  await desk.locator('#notes li', { hasText: offer }).waitFor();
  await desk.locator('customer-journey-widget article', { hasText: offer }).waitFor();
  expect(await fires()).toEqual(['3', '3']);
  expect(await told(twice, 'offer')).toMatchObject([{ identity: twice, data: { visits: '3', waymarkHops: 1 } }]);
});

test('makes one offer of a webhook that comes twice, and none of one that Waymark has not signed', async () => {
  const { secret } = (await demo.read('/v1/api/webhooks/workspace-id/{ws}/secret')).data as { secret: string };
  const of = (identity: string) => JSON.stringify({ identity, identitytype: 'temporaryId', visits: '3', hops: 1 });
  expect(await deliver(of('asked-by-a-stranger'), `whsec_${'A'.repeat(44)}`)).toBe(401);
  expect(await told('asked-by-a-stranger', 'offer')).toEqual([]);
  expect(await deliver(of('asked-twice'), secret, 'the-same-webhook')).toBe(204);
  expect(await deliver(of('asked-twice'), secret, 'the-same-webhook')).toBe(204);
  expect(await told('asked-twice', 'offer')).toHaveLength(1);
});

test('lets no page make up an offer', async () => {
  const page = await (await demo.newVisitor()).newPage();
  const identity = await look(page, 1);
  const key = await page.locator('script[data-key]').getAttribute('data-key');
  const event = {
    specversion: '1.0',
    id: crypto.randomUUID(),
    type: 'offer',
    source: 'home.com:offers',
    time: new Date().toISOString(),
    identity,
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: { uiData: { title: 'Offer: everything for free' } },
  };
  const response = await fetch(`${demo.relayUrl}/collect?key=${key}`, {
    method: 'POST',
    body: JSON.stringify([event]),
  });
  expect(await response.json()).toMatchObject({ results: [{ result: 'refused', code: 'source-not-allowed' }] });
});

test('shows the agent the rows of the website’s own template', async () => {
  const identity = await look(await (await demo.newVisitor()).newPage(), 2);
  const desk = await aDesk(identity);
  const row = desk.locator('customer-journey-widget tr', { hasText: 'Looked at mortgages in last 7 days' });
  await row.waitFor();
  expect(await row.locator('td').textContent()).toBe('2');
});

test('knows a caller about payments who calls again', async () => {
  const desk = await aDesk();
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .click();
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await desk.getByText('Repeat caller: 1 call about payments in the last 5 minutes').waitFor();
});

test('has a call-back for the agent once somebody has reached a closed queue twice', async () => {
  const desk = await aDesk('+15550100199');
  await desk.getByLabel('The payments queue is closed').check();
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .waitFor({ state: 'detached' });
  await until('the first call has arrived', async () => (await told('+15550100199', 'Closed Queue')).length === 1);
  await desk.clock.fastForward('00:20');
  await desk.locator('#notes li', { hasText: 'Call back: reached a closed queue 2 times' }).waitFor();
  await desk.getByLabel('The payments queue is closed').uncheck();
  await desk.clock.fastForward('00:20');
  await desk
    .locator('#waiting')
    .getByRole('button', { name: /Rue Green/ })
    .waitFor();
});

test('plays a late payment: a notice, a second one, and paid at the bank, with the agent knowing each', async () => {
  const desk = await aDesk('+15550100199');
  const note = desk.locator('#notes .bill');
  const send = desk.getByRole('button', { name: /Remind/ });
  await desk.getByText('Nothing is due.').waitFor();
  await desk.getByRole('heading', { name: 'Water bill of Rue Green' }).waitFor();
  await send.click();
  await desk.getByText('notice 1 sent').waitFor();
  await until('the first notice is on the desk', async () => {
    await desk.clock.runFor(2500);
    return (await note.allInnerTexts()).join() === 'Water bill overdue: notice 1, 42.50';
  });
  await send.click();
  await desk.getByText('notice 2 sent').waitFor();
  expect(await send.isDisabled()).toBe(true);

  const context = await demo.newVisitor();
  const site = await context.newPage();
  await site.goto(`${demo.bankUrl}/login.html`);
  await site.getByRole('button', { name: 'Fill in' }).first().click();
  await site.locator('form').getByRole('button', { name: 'Log in' }).click();
  await site.getByText('We have sent you notice 2 by SMS.').waitFor();
  await site.getByRole('button', { name: 'Pay it now' }).click();
  await site.getByText('Paid. Whoever answers').waitFor();
  expect(await site.getByRole('button', { name: 'Pay it now' }).isVisible()).toBe(false);

  await until('the desk knows that it is paid', async () => {
    await desk.clock.runFor(2500);
    return (await note.allInnerTexts()).join() === 'Water bill paid, 42.50';
  });
  await desk.locator('article', { hasText: 'Water bill paid' }).waitFor();
  // The bank knows whose phone it is, so the visit and the bill are one journey.
  await desk.getByRole('heading', { name: 'Rue Green', exact: true }).waitFor();
  await desk
    .getByRole('button', { name: /Website/ })
    .first()
    .waitFor();
  expect((await told('+15550100199', 'Payment')).map(({ data }) => data['status'])).toEqual([
    'complete',
    'overdue',
    'overdue',
  ]);
  // It is not paid twice.
  const again = await site.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch('/api/bill/pay', { method: 'POST', headers, body: '{}' })).status;
  });
  expect(again).toBe(409);
  await context.close();
});
