// The sites of `examples/sites`, as they stand there, in a real browser against a real relay.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { login } from '../../examples/sites/login/server.ts';
import { type Site, serveSite } from '../../examples/sites/serve.ts';
import { serverRendering } from '../../examples/sites/server-rendering/server.ts';
import type { WireEvent } from '../../src/protocol/index.ts';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { launchChromium } from '../browsers/chromium.ts';
import { aConfig, aToken, historyOf, identityKey, read, siteKey, until, workspace } from '../helpers.ts';

const folder = mkdtempSync(join(tmpdir(), 'waymark-sites-'));
let browser: Browser;
let relay: RunningServer;
let values: Record<string, string>;
let context: BrowserContext;
const errors: Error[] = [];

beforeAll(async () => {
  const config = aConfig(folder);
  for (const one of config.workspaces)
    one.siteKeys = [{ key: siteKey, origins: ['http://localhost:*', 'http://127.0.0.1:*'] }];
  [relay, browser] = await Promise.all([startServer(config), launchChromium()]);
  values = { 'https://events.example.com': relay.url, 'pk_…': siteKey };
});
afterAll(async () => {
  await browser?.close();
  await relay?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext();
  context.on('weberror', (webError) => errors.push(webError.error()));
});
afterEach(async () => {
  await context.close();
  expect(errors.splice(0), 'the page saw an exception').toEqual([]);
});

async function open(site: Site, path = '/'): Promise<Page> {
  onTestFinished(() => site.close());
  const page = await context.newPage();
  await page.goto(site.url + path);
  return page;
}

async function visitorAt(url: string): Promise<string> {
  const cookie = await until('the browser has a temporaryId', async () =>
    (await context.cookies(url)).find(({ name }) => name === 'wm_id'),
  );
  return cookie.value.split('.')[0] ?? '';
}

/** Waits until the journey has an event of each type; answers all its types, oldest first. */
async function journeyOf(identity: string, ...types: string[]): Promise<WireEvent[]> {
  return until(`the journey has ${types}`, async () => {
    const events = (await historyOf(relay.url, identity)).reverse();
    return types.every((type) => events.some((event) => event.type === type)) ? events : undefined;
  });
}

function typesOf(events: WireEvent[]): string[] {
  return events.map(({ type }) => type);
}

test('a static site tells visits by rule, early calls and marked forms, once the visitor allows it', async () => {
  const site = await serveSite('static-site', { values });
  const page = await open(site, '/mortgage.html');
  await page.fill('[name=amount]', '250000');
  await page.click('#quote');
  expect(await context.cookies()).toEqual([]);
  await page.click('[value=granted]');
  const visitor = await visitorAt(site.url);
  await journeyOf(visitor, 'webvisitMortgage');
  // The part that hears clicks may have come after the first one.
  await until('the form is heard', async () => {
    await page.click('#quote');
    return typesOf(await historyOf(relay.url, visitor)).includes('quote');
  });
  const events = await journeyOf(visitor, 'webvisitMortgage', 'rates-shown', 'quote');
  const find = (type: string) => events.find((event) => event.type === type)?.data;
  expect(find('webvisitMortgage')).toMatchObject({ origin: 'Mortgage Rates', channelType: 'MortgageRates' });
  expect(find('rates-shown')).toMatchObject({ years: 20, percent: 3.4 });
  expect(find('quote')).toMatchObject({ product: 'mortgage' });
  expect(JSON.stringify(events)).not.toContain('250000');
  await page.goto(`${site.url}/`);
  expect(await page.isVisible('#consent')).toBe(false);
  await journeyOf(visitor, 'webvisit');
});

test('a static site tells nothing of whoever declines', async () => {
  const site = await serveSite('static-site', { values });
  const page = await open(site);
  const batches: string[] = [];
  page.on('request', (request) => request.url().includes('/collect') && batches.push(request.url()));
  await page.click('[value=denied]');
  await page.click('a');
  await page.waitForFunction(() => typeof waymark.getState === 'function' && waymark.getState().consent === 'denied');
  expect(await context.cookies()).toEqual([]);
  expect(batches).toEqual([]);
});

test('a single-page app tells each route once, also on the way back', async () => {
  const site = await serveSite('single-page-app', { values });
  const page = await open(site);
  const visitor = await visitorAt(site.url);
  await journeyOf(visitor, 'webvisit');
  await page.click('text=Twenty years');
  await page.click('button');
  await journeyOf(visitor, 'webvisitRates', 'quote');
  await page.goBack();
  const events = await until('the way back is told', async () => {
    const found = await journeyOf(visitor);
    return found.length === 4 ? found : undefined;
  });
  expect(typesOf(events)).toEqual(['webvisit', 'webvisitRates', 'quote', 'webvisit']);
  expect(events[1]?.data).toMatchObject({ origin: 'Rates', title: 'Rates 20' });
  expect(events[2]?.data).toMatchObject({ years: 20 });
});

test('in React’s StrictMode the visit, a click and the login count once', async () => {
  const tokens: string[] = [];
  const imports = Object.entries({
    waymark: '/waymark/tracker.js',
    react: '/react.js',
    'react/jsx-runtime': '/react.js',
    'react-dom/client': '/react.js',
  });
  const map = `<script type="importmap">${JSON.stringify({ imports: Object.fromEntries(imports) })}</script>`;
  const source = (path: string): string =>
    readFileSync(new URL(`../../examples/sites/react/${path}`, import.meta.url), 'utf8');
  const site = await serveSite('react', {
    values,
    async backEnd({ url, headers }, response) {
      const js = (text: string): boolean => !!response.setHeader('content-type', 'text/javascript').end(text);
      if (url === '/') return !!response.setHeader('content-type', 'text/html').end(map + source('index.html'));
      if (url === '/react.js') return js(readFileSync(new URL('react-like.js', import.meta.url), 'utf8'));
      if (url === '/app.jsx') return js(compile(source('app.jsx')));
      if (url !== '/token') return false;
      const [, temporaryId = ''] = /wm_id=([\w-]{21})/.exec(headers.cookie ?? '') ?? [];
      tokens.push(temporaryId);
      response.end(await aToken(temporaryId));
      return true;
    },
  });
  const page = await open(site);
  const visitor = await visitorAt(site.url);
  await page.click('#quote');
  await page.click('#login');
  const events = await journeyOf('ruegreen@example.com', 'webvisit', 'quote', 'webvisitLogin');
  expect(typesOf(events)).toEqual(['webvisit', 'quote', 'webvisitLogin']);
  expect(new Set(tokens)).toEqual(new Set([visitor]));
  await page.click('#logout');
  await page.click('#quote');
  await until('a new visitor', async () => (await visitorAt(site.url)) !== visitor);
});

/** As a bundler would; a mistake in the example fails. */
function compile(jsx: string): string {
  const { outputText, diagnostics } = ts.transpileModule(jsx, {
    fileName: 'app.jsx',
    reportDiagnostics: true,
    compilerOptions: {
      jsx: ts.JsxEmit.ReactJSX,
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      allowJs: true,
    },
  });
  expect(diagnostics).toEqual([]);
  return outputText;
}

test('rendered on a server, nothing is told there; the page that takes over tells its visit and what happens', async () => {
  const site = await serverRendering(values);
  const page = await open(site);
  const visitor = await visitorAt(site.url);
  await journeyOf(visitor, 'webvisit');
  await page.click('button');
  const events = await journeyOf(visitor, 'webvisit', 'liked', 'rendered');
  expect(typesOf(events)).toEqual(['webvisit', 'liked', 'rendered']);
  expect(events[2]?.data).toMatchObject({ likes: 42 });
});

test('a login is proven by the back end, a second customer is nobody’s alias, and a wrong password tells nothing', async () => {
  const customers = new Map([
    ['ann@example.com', 'a'],
    ['bob@example.com', 'b'],
  ]);
  const { kid, secret } = identityKey;
  const site = await login(values, { workspace, kid, secret, customers });
  const page = await open(site);
  async function logIn(email: string, password: string): Promise<string | null> {
    await page.fill('[name=email]', email);
    await page.fill('[name=password]', password);
    await page.click('form button');
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent);
    return page.textContent('[role=status]');
  }
  const visitor = await visitorAt(site.url);
  await journeyOf(visitor, 'webvisit');
  expect(await logIn('ann@example.com', 'wrong')).toBe('That is not right.');
  await page.evaluate(() => document.querySelector('[role=status]')?.replaceChildren());
  expect(await logIn('ann@example.com', 'a')).toContain('ann');
  expect(typesOf(await journeyOf('ann@example.com', 'webvisitLogin'))).toEqual(['webvisit', 'webvisitLogin']);
  // Without a logout between.
  await logIn('bob@example.com', 'b');
  const bobs = await journeyOf('bob@example.com', 'webvisitLogin');
  expect(bobs.map(({ type, identity }) => [type, identity === visitor])).toEqual([['webvisitLogin', false]]);
  await page.click('#logout');
  await until('a new visitor after the logout', async () => (await visitorAt(site.url)) !== bobs[0]?.previousidentity);
  const { body } = await read(
    relay.url,
    `/admin/v1/api/person/workspace-id/${workspace}/aliases/${encodeURIComponent('ann@example.com')}`,
  );
  expect(JSON.stringify(body)).not.toContain('bob@');
});

test('a tag manager may come late and drop the attributes', async () => {
  const site = await serveSite('tag-manager', { values });
  const page = await open(site);
  const visitor = await visitorAt(site.url);
  await page.click('button');
  const events = await journeyOf(visitor, 'webvisit', 'offer-shown', 'offer-taken');
  expect(events.filter(({ type }) => type === 'offer-shown')).toHaveLength(1);
});

test('whoever follows a link to the second domain is one person on both', async () => {
  const site = await serveSite('two-domains', { values });
  const page = await open(site);
  const bank = await visitorAt(site.url);
  await journeyOf(bank, 'webvisit');
  await page.click('a');
  await page.waitForURL('**/shop.html');
  const shop = await visitorAt(page.url());
  expect(shop).not.toBe(bank);
  const events = await until('both visits are one journey', async () => {
    const found = await historyOf(relay.url, bank);
    return found.length === 2 ? found : undefined;
  });
  expect(new Set(events.map(({ identity }) => identity))).toEqual(new Set([bank, shop]));
});
