// Makes docs/screenshots/demo.png and call-code.png from the real demo: server and bank on free ports with a database of
// their own and the seeded customers, a real browser that walks the bank while the agent desk is open beside it. Nothing in
// the pictures is set up by hand.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { startServer } from 'waymark/server';
import { freePort } from '../../demo-site/bank/free-port.mjs';
import { setUpRecipes } from '../../demo-site/bank/recipes.mjs';
import { makeSecrets } from '../../demo-site/bank/secrets.mjs';
import { seed } from '../../demo-site/bank/seed.mjs';
import { serverConfig } from '../../demo-site/bank/server-config.mjs';
import { startBank } from '../../demo-site/bank.mjs';

const maxBytes = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'waymark-screenshots-'));

const bankPort = await freePort(4500);
const relayPort = await freePort(4600);
const secrets = makeSecrets();
const pages = fileURLToPath(new URL('../../dist', import.meta.url));
const server = await startServer(
  serverConfig({ secrets, relayPort, bankPort, database: join(folder, 'waymark.db'), pages }),
);
const api = { base: `http://127.0.0.1:${relayPort}`, workspace: secrets.workspace, token: secrets.bankToken };
await seed(api);
const webhookSecret = await setUpRecipes(api, `http://127.0.0.1:${bankPort}/hooks`);
const bank = await startBank({ port: bankPort, relayUrl: `http://localhost:${relayPort}`, webhookSecret, ...secrets });
const executablePath = process.env.CHROMIUM_PATH;
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

try {
  await takePicture('demo.png', await customer());
  await takePicture('call-code.png', await stranger());
} finally {
  await browser.close();
  await bank.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

// The states of the widget by itself.
await import('./widget.mjs');

/** Home, about, rates with a quote, SMS opt-in, login, contact; then the customer calls, and the desk has it all. */
async function customer() {
  const { site, desk } = await open();
  await site.getByRole('link', { name: 'About', exact: true }).click();
  await quote(site, 250_000);
  await site.goto(`${bank.url}/sms-expert.html`);
  await site.getByRole('button', { name: '+1 555 0100 199' }).click();
  await site.getByRole('button', { name: 'Send me a code' }).click();
  await site.locator('#code').fill(await site.locator('[data-bubble] strong').textContent());
  await site.getByRole('button', { name: 'Confirm' }).click();
  await site.locator('#sms-done').waitFor();
  await site.goto(`${bank.url}/login.html`);
  await site.getByRole('button', { name: 'Fill in' }).first().click();
  await site.locator('form').getByRole('button', { name: 'Log in' }).click();
  await site.getByRole('heading', { name: 'Good to see you, Rue' }).waitFor();
  await answer(desk, 'Rue Green');
  await seen(desk, 8);
  await site.goto(`${bank.url}/contact.html`);
  await site.locator('.call-code output').waitFor();
  await seen(desk, 9);
  return { site, desk };
}

/** Nobody has logged in: the code on the contact page leads the call to the visit. */
async function stranger() {
  const { site, desk } = await open();
  await quote(site, 324_000);
  await site.goto(`${bank.url}/contact.html`);
  const shown = site.locator('.call-code output');
  await shown.waitFor();
  await answer(desk, 'Unknown number');
  await desk.locator('#code').fill(await shown.textContent());
  await desk.getByRole('button', { name: 'Redeem' }).click();
  await desk.getByText('are one journey now').waitFor();
  await seen(desk, 4);
  return { site, desk };
}

/** Both windows, for a visitor who has allowed the bank to remember the visit. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 720, height: 860 }, locale: 'en-GB' });
  await context.addCookies([{ name: 'homebank_privacy', value: 'granted', url: bank.url }]);
  const site = await context.newPage();
  const desk = await context.newPage();
  await desk.setViewportSize({ width: 960, height: 860 });
  await site.goto(`${bank.url}/`);
  await desk.goto(`${bank.url}/desk.html`);
  await desk.locator('#people li').nth(3).waitFor();
  return { site, desk };
}

async function quote(site, amount) {
  await site.goto(`${bank.url}/mortgage.html?amount=${amount}`);
  await site.getByRole('button', { name: 'Get this quote' }).click();
  await site.getByText('has this quote in front of them').waitFor();
}

async function answer(desk, name) {
  await desk.locator('#waiting').getByRole('button', { name }).click();
  await desk.mouse.move(400, 20);
}

/** Until so many events are shown, and the highlight of the one that came last has faded. */
async function seen(desk, events) {
  await desk
    .locator('customer-journey-widget article')
    .nth(events - 1)
    .waitFor();
  await desk.locator('.fresh').last().waitFor({ state: 'detached' });
}

/** Both windows side by side on one ground. */
async function takePicture(name, { site, desk }) {
  const picture = fileURLToPath(new URL(name, import.meta.url));
  const page = await browser.newPage({ viewport: { width: 1760, height: 940 } });
  const image = (png) => `<img src="data:image/png;base64,${png.toString('base64')}">`;
  await page.setContent(`
    <style>
      body { margin: 0; height: 100vh; display: flex; gap: 32px; align-items: center; justify-content: center; background: #dfe5ec; }
      img { height: 860px; border-radius: 10px; box-shadow: 0 1px 3px #0003, 0 12px 36px #0f213326; }
    </style>
    ${image(await site.screenshot())}${image(await desk.screenshot())}
  `);
  await page.screenshot({ path: picture });
  const { size } = statSync(picture);
  if (size > maxBytes) throw new Error(`${name} has ${size} bytes, more than ${maxBytes}`);
  console.log(`docs/screenshots/${name}: ${size} bytes`);
}
