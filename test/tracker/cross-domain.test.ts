// Links from one of the company's domains to another, in a real browser with the real relay: two names of this machine,
// which are two sites to a browser.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../browsers/browser.ts';
import { aConfig, anEvent, aServer, deskToken, read, siteKey, until, workspace } from '../helpers.ts';

interface Company {
  shop: string;
  bank: string;
  /** A site of somebody else, and what stands on its page. */
  evil: string;
  evilPage: string;
  relay: string;
  /** Attributes of the two tags. */
  tracker: string;
  domains: string;
}

let browser: Browser;
let company: Company;
let context: BrowserContext;
/** Requests about links, by method and status. */
let asked: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  company = { evilPage: '', tracker: '', domains: 'localhost, 127.0.0.1' } as Company;
  const server = createServer(({ headers }, response) => {
    const isEvil = headers.host?.startsWith('evil');
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(isEvil ? company.evilPage : pageOf(company, `${headers.host}`.startsWith('localhost')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [shop, bank, evil] = ['localhost', '127.0.0.1', 'evil.localhost'].map((name) => `http://${name}:${port}`);
  const [home] = aConfig('').workspaces;
  if (!home || !shop || !bank || !evil) throw new Error('the test configuration has a workspace');
  const { url } = await aServer({ workspaces: [{ ...home, siteKeys: [{ key: siteKey, origins: [shop, bank] }] }] });
  Object.assign(company, { shop, bank, evil, relay: url });
  context = await browser.newContext();
  asked = [];
  context.on('response', (response) => {
    if (response.url().includes('/cross-domain?')) asked.push(`${response.request().method()} ${response.status()}`);
  });
  const errors: Error[] = [];
  context.on('weberror', (webError) => errors.push(webError.error()));
  onTestFinished(async () => {
    await context.close();
    server.closeAllConnections();
    server.close();
    expect(errors, 'the page saw an exception').toEqual([]);
  });
});

function pageOf({ relay, shop, bank, tracker, domains }: Company, isShop: boolean): string {
  const over = isShop ? bank : shop;
  return `<!doctype html><title>${isShop ? 'Shop' : 'Bank'}</title>
    <script async src="${relay}/waymark.js" data-key="${siteKey}" ${tracker}></script>
    <script async src="${relay}/waymark-cross-domain.js" data-domains="${domains}"></script>
    <body style="height:5000px"><a id="over" href="${over}/rates?x=1">Rates</a>
    <a id="part" href="${over}/rates#fees">Fees</a> <a id="route" href="${over}/app#/loans?a=1">Loans</a>
    <a id="tab" target="_blank" href="${over}/rates">In a tab</a> <a id="hidden" rel="noreferrer" href="${over}/">Hidden</a>
    <a id="own" href="/own">Own</a> <p id="fees" style="margin-top:3000px">Fees</p></body>`;
}

/** Opens a page and waits until the relay knows its visitor. */
async function open(address: string, page?: Page): Promise<Page> {
  const opened = page ?? (await context.newPage());
  await opened.goto(address);
  await known(address);
  return opened;
}

async function visitorAt(address: string): Promise<string | undefined> {
  const cookies = await context.cookies(address);
  return cookies.find(({ name }) => name === 'wm_id')?.value.split('.')[0];
}

async function known(address: string): Promise<string> {
  return until(`the visitor of ${address} is known`, async () => {
    const visitor = await visitorAt(address);
    return visitor && (await temporaryIds(visitor)) && visitor;
  });
}

async function temporaryIds(visitor: string): Promise<string[] | undefined> {
  const { status, body } = await read(
    company.relay,
    `/admin/v1/api/person/workspace-id/${workspace}/aliases/${visitor}`,
    deskToken,
  );
  return status === 200 ? (body as { data: { temporaryId: string[] }[] }).data[0]?.temporaryId : undefined;
}

/** Both visitors are one person, and nothing that was told has the code. */
async function becameOne(): Promise<void> {
  const [shop, bank] = [await known(company.shop), await known(company.bank)];
  expect(shop).not.toBe(bank);
  await until('the two are one person', async () => (await temporaryIds(bank))?.includes(shop));
  const { body } = await read(company.relay, `/v1/api/events/workspace-id/${workspace}?identity=${bank}`, deskToken);
  expect(JSON.stringify(body)).not.toContain('wm_x');
}

async function stayedTwo(): Promise<void> {
  const bank = await known(company.bank);
  expect(await temporaryIds(bank)).toEqual([bank]);
}

test('somebody who follows a link is one person on both domains, and the address has no code', async () => {
  const page = await open(company.shop);
  await page.click('#over');
  await page.waitForURL(`${company.bank}/rates?x=1`);
  await becameOne();
  expect(page.url()).toBe(`${company.bank}/rates?x=1`);
  expect(asked.filter((one) => one === 'POST 200').length).toBeGreaterThan(0);
  // A page that is restored from the back/forward cache does not load, which is what `goBack` waits for in Firefox.
  await page.evaluate(() => void setTimeout(() => history.back(), 0));
  const link = () =>
    page.evaluate(() => document.querySelector('#over')?.getAttribute('href')).catch(() => 'on the way');
  await until('the link is as it was', async () => (await link()) === `${company.bank}/rates?x=1`);
});

test('a link to a part of a page leads there', async () => {
  const page = await open(company.shop);
  await page.click('#part');
  await page.waitForURL(`${company.bank}/rates#fees`);
  await until('the part is shown', () => page.evaluate(() => scrollY > 1_000));
  await becameOne();
});

test('a route in the fragment stays as it was', async () => {
  const page = await open(company.shop);
  await page.click('#route');
  await page.waitForURL(`${company.bank}/app#/loans?a=1`);
  await becameOne();
});

test('the keyboard, the middle button and a link to a new tab carry it too, and the page left behind shows no code', async () => {
  for (const follow of [
    (page: Page) => page.click('#over', { button: 'middle' }),
    (page: Page) => page.click('#tab'),
    (page: Page) => page.press('#over', 'Control+Enter'),
  ]) {
    await context.clearCookies();
    const page = await open(company.shop);
    const [tab] = await Promise.all([context.waitForEvent('page'), follow(page)]);
    await becameOne();
    expect(tab.url()).toMatch(/\/rates(\?x=1)?$/);
    expect(await page.content()).not.toContain('wm_x');
    for (const one of context.pages()) await one.close();
  }
});

test('who comes back over the link is still one person', async () => {
  const page = await open(company.shop);
  await page.click('#over');
  await becameOne();
  await page.click('#over');
  await page.waitForURL(`${company.shop}/rates?x=1`);
  await becameOne();
  expect(await temporaryIds(await known(company.shop))).toHaveLength(2);
});

test('links that hide the page, lead elsewhere or to the own site carry nothing, nor does the right button', async () => {
  const page = await open(company.shop);
  await page.click('#over', { button: 'right' });
  await page.click('#own');
  await page.waitForURL(`${company.shop}/own`);
  await page.click('#hidden');
  await page.waitForURL(`${company.bank}/`);
  await stayedTwo();
  company.domains = 'example.com alhost 27.0.0.1';
  await open(company.shop, page);
  await page.click('#over');
  await page.waitForURL(`${company.bank}/rates?x=1`);
  await stayedTwo();
  expect(asked).toEqual([]);
});

test('without consent nothing is carried', async () => {
  company.tracker = 'data-consent="pending"';
  const page = await context.newPage();
  await page.goto(company.shop);
  await page.waitForFunction(() => 'waymark' in window);
  await page.click('#over');
  await page.waitForURL(`${company.bank}/rates?x=1`);
  expect(await context.cookies()).toEqual([]);
  expect(asked).toEqual([]);
});

test('consent that is given within two minutes of the arrival carries the journey over', async () => {
  const page = await open(company.shop);
  company.tracker = 'data-consent="pending"';
  await page.click('#over');
  await page.waitForURL(`${company.bank}/rates?x=1`);
  await page.waitForFunction(() => 'waymark' in window);
  expect(await visitorAt(company.bank)).toBeUndefined();
  await page.evaluate(() => waymark('setConsent', 'granted'));
  await becameOne();
});

test('an address that somebody passed on is cleaned, and joins nobody', async () => {
  const code = await planted();
  const page = await open(`${company.bank}/rates#?wm_x=${code}`);
  expect(page.url()).toBe(`${company.bank}/rates`);
  await stayedTwo();
  expect(asked).toEqual([]);
});

test('a link on somebody else’s site, with a code of theirs, joins nobody', async () => {
  company.evilPage = `<!doctype html><a href="${company.bank}/rates#?wm_x=${await planted()}">Win a house</a>`;
  const page = await context.newPage();
  await page.goto(company.evil);
  await page.click('a');
  await page.waitForURL(`${company.bank}/rates`);
  await until('the code was tried', () => asked.includes('POST 404'));
  await stayedTwo();
});

/** A code for the way from the shop to the bank that somebody has announced for a visitor of their own. */
async function planted(): Promise<string> {
  const proof = { temporaryId: 'e'.repeat(21), secret: 's'.repeat(21) };
  const event = anEvent({ identity: proof.temporaryId, temporarysecret: proof.secret });
  const userAgent = await (await context.newPage()).evaluate(() => navigator.userAgent);
  const post = (path: string, body: unknown) =>
    fetch(`${company.relay}${path}?key=${siteKey}`, {
      method: 'POST',
      headers: { origin: company.shop, 'user-agent': userAgent },
      body: JSON.stringify(body),
    });
  expect((await post('/collect', [event])).status).toBe(202);
  const code = 'c'.repeat(21);
  expect((await post('/cross-domain', { ...proof, code, target: company.bank })).status).toBe(200);
  return code;
}
