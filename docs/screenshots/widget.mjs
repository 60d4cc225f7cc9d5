// Makes docs/screenshots/widget-*.png: the states of the widget, each against a real server with events that were really
// sent. Loaded by make.mjs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createIdentityToken, startServer } from 'waymark/server';

const folder = mkdtempSync(join(tmpdir(), 'waymark-widget-'));
const workspace = '64f000000000000000000001';
const [token, origin] = ['token-of-the-screenshots', 'http://bank.test'];
const identityKey = { kid: 'shots', alg: 'HS256', secret: 'a secret for the screenshots only, long enough' };
const server = await startServer({
  listen: { port: 0 },
  database: join(folder, 'waymark.db'),
  log: 'silent',
  workspaces: [
    {
      id: workspace,
      name: 'Home Bank',
      siteKeys: [{ key: 'pk_shots', origins: [origin] }],
      serverKeys: [{ name: 'desk', token, scopes: ['cjp:user', 'cjp:config_write'] }],
      identityKeys: [identityKey],
    },
  ],
});
const desk = createServer((request, response) => {
  const script = /^\/(widget[\w-]*\.js)$/.exec(request.url ?? '')?.[1];
  response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html; charset=utf-8');
  if (script) return response.end(readFileSync(new URL(`../../dist/${script}`, import.meta.url)));
  return response.end(
    '<!doctype html><style>:root{color-scheme:light dark}body{margin:0}</style><script src="/widget.js"></script><customer-journey-widget></customer-journey-widget>',
  );
});
await new Promise((resolve) => desk.listen(0, '127.0.0.1', resolve));
const deskUrl = `http://127.0.0.1:${desk.address().port}/`;
const { CHROMIUM_PATH: executablePath } = process.env;
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

try {
  await tellStory();
  const customer = 'ruegreen@example.com';
  await shot('live', { customer });
  await shot('dark', { customer, colorScheme: 'dark' });
  await shot('details', {
    customer,
    act: (page) => page.getByRole('button', { name: /^Details: Call about/ }).click(),
  });
  await shot('moment', { customer, act: (page) => page.getByRole('button', { name: /My account/ }).click() });
  await shot('full', { customer, attributes: { 'condensed-view': 'false' } });
  await shot('claim', { customer: 'visitor-2' });
  await shot('names', { customer, act: (page) => page.getByRole('button', { name: 'Names and links' }).click() });
  await shot('arabic', { customer, locale: 'ar' });
  await shot('french', { customer, locale: 'fr' });
  await shot('search', { customer: '' });
  await shot('offline', { customer, act: (page) => page.context().setOffline(true) });
  await shot('signed-out', { customer, bearerToken: 'expired' });
} finally {
  await browser.close();
  desk.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

/** A stranger reads about mortgages and logs in, calls, comes back; another says who they are without proof. */
async function tellStory() {
  const hoursAgo = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const page = (identity, hours, taskId, origin, path, more = {}) => ({
    ...event(hours, { identity, identitytype: 'temporaryId', type: 'webvisit', source: 'home.com:website' }),
    data: {
      taskId,
      origin,
      channelType: 'NewVisit',
      url: `https://home.com/${path}`,
      pageTitle: `${origin} · Home Bank`,
    },
    ...more,
  });
  const stay = (hours, path, engagedMs) => ({
    ...page('visitor-1', hours, 'web-1', 'Stay', path),
    data: { taskId: 'web-1', url: `https://home.com/${path}`, engagedMs, uiData: { hidden: 'measurement' } },
  });
  const event = (hours, members) => ({
    specversion: '1.0',
    id: `e${Math.random()}`,
    time: hoursAgo(hours),
    datacontenttype: 'application/json',
    ...members,
  });
  const [email, identitytype] = ['ruegreen@example.com', 'email'];
  const identitytoken = await createIdentityToken({
    ...identityKey,
    workspace,
    temporaryId: 'visitor-1',
    identity: email,
    identitytype,
  });
  await collect([
    page('visitor-1', 27, 'web-1', 'Home', ''),
    stay(26.99, '', 24_000),
    page('visitor-1', 26.98, 'web-1', 'Mortgage Rates', 'rates', {
      type: 'webvisitMortgage',
      data: {
        taskId: 'web-1',
        origin: 'Mortgage Rates',
        channelType: 'MortgageRates',
        url: 'https://home.com/rates',
        pageTitle: 'Mortgage rates · Home Bank',
      },
    }),
    stay(26.9, 'rates', 190_000),
    page('visitor-1', 26.9, 'web-1', 'Contact', 'contact'),
    stay(26.88, 'contact', 31_000),
    page('visitor-1', 26.85, 'web-1', 'Website Login', 'login', {
      type: 'webvisitLogin',
      identity: email,
      identitytype,
      previousidentity: 'visitor-1',
      identitytoken,
      data: { taskId: 'web-1', origin: 'Website Login', channelType: 'LoginUser', url: 'https://home.com/login' },
    }),
    page('visitor-1', 26.8, 'web-1', 'My account', 'account'),
  ]);
  const known = { identity: email, identitytype };
  const wxcc = (hours, type, data) => event(hours, { ...known, type, source: 'wxcc', data });
  const contact = { taskId: 'call-1', direction: 'INBOUND', channelType: 'telephony', queueName: 'Mortgages' };
  await publish(wxcc(25.2, 'task:new', contact));
  await publish(wxcc(25.1, 'task:ended', { ...contact, customerSentiment: 'positive' }));
  await publish(
    event(25, {
      ...known,
      type: 'CallNote',
      source: 'crm',
      data: {
        uiData: {
          title: 'Call about the fixed rate',
          subTitle: 'Offer sent: [rates](https://home.com/rates)',
          iconType: 'form',
          filterTags: ['Mortgage'],
        },
        amount: 240_000,
        years: 20,
        adviser: { name: 'Maria', mail: 'maria@home.com' },
        transcript: 'Rue: Is the rate fixed for ten years?\nMaria: Yes, if you sign before the end of the month.',
      },
    }),
  );
  await publish(
    event(5, {
      ...known,
      type: 'Payment',
      source: 'billing',
      data: { channelType: 'Payment Notify', category: 'Water', 'Past Due Amount': '38.20', notes: 'Reminder by SMS' },
    }),
  );
  await publish(
    wxcc(0.05, 'task:new', {
      taskId: 'call-2',
      direction: 'INBOUND',
      channelType: 'telephony',
      queueName: 'Mortgages',
    }),
  );
  await collect([
    page('visitor-1', 0.5, 'web-3', 'Home', ''),
    page('visitor-1', 0.4, 'web-3', 'Mortgage Rates', 'rates', {
      type: 'webvisitMortgage',
      data: {
        taskId: 'web-3',
        origin: 'Mortgage Rates',
        channelType: 'MortgageRates',
        url: 'https://home.com/rates',
        pageTitle: 'Mortgage rates · Home Bank',
      },
    }),
  ]);
  await collect([
    page('visitor-2', 0.4, 'web-2', 'Home', ''),
    page('visitor-2', 0.3, 'web-2', 'Call-back form', 'contact', {
      type: 'webvisitForm',
      identity: 'rue@work.example',
      identitytype,
      previousidentity: 'visitor-2',
    }),
  ]);
}

async function collect([first, ...others]) {
  const query = new URLSearchParams({ key: 'pk_shots', sent: String(Date.now()) });
  const body = JSON.stringify([
    { ...first, temporarysecret: 'a secret of the browser for the screenshots' },
    ...others,
  ]);
  const response = await fetch(`${server.url}/collect?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin },
    body,
  });
  const { results } = await response.json();
  if (results.some(({ result }) => result !== 'ok')) throw new Error(JSON.stringify(results));
}

async function publish(event) {
  const response = await fetch(`${server.url}/publish/v1/api/event?workspaceId=${workspace}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function shot(
  name,
  { customer, attributes = {}, locale = 'en-GB', colorScheme = 'light', bearerToken = token, act },
) {
  const viewport = { width: 460, height: 760 };
  const context = await browser.newContext({ viewport, locale, colorScheme, deviceScaleFactor: 1.5 });
  const page = await context.newPage();
  await page.goto(deskUrl);
  const given = { 'base-url': server.url, 'project-id': workspace, 'link-hosts': 'home.com', customer, ...attributes };
  await page.evaluate(
    ([all, value]) => {
      const widget = document.querySelector('customer-journey-widget');
      for (const [attribute, text] of Object.entries(all)) widget.setAttribute(attribute, text);
      widget.bearerToken = value;
    },
    [given, bearerToken],
  );
  await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {});
  await act?.(page);
  // Two drawings: what a click changed, and what that brought.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.waitForTimeout(300);
  await page.screenshot({ path: fileURLToPath(new URL(`widget-${name}.png`, import.meta.url)) });
  await context.close();
  console.log(`docs/screenshots/widget-${name}.png`);
}
