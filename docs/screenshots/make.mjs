// Makes docs/screenshots/demo.png from the real demo: server and bank on free ports with a database of their own, a real
// browser that walks the bank while the agent desk is open beside it. Nothing in the picture is set up by hand.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { startServer } from 'waymark/server';
import { freePort } from '../../demo-site/bank/free-port.mjs';
import { makeSecrets } from '../../demo-site/bank/secrets.mjs';
import { serverConfig } from '../../demo-site/bank/server-config.mjs';
import { startBank } from '../../demo-site/bank.mjs';

const picture = fileURLToPath(new URL('demo.png', import.meta.url));
const maxBytes = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'waymark-screenshots-'));

const bankPort = await freePort(4500);
const relayPort = await freePort(4600);
const secrets = makeSecrets();
const pages = fileURLToPath(new URL('../../dist', import.meta.url));
const server = await startServer(
  serverConfig({ secrets, relayPort, bankPort, database: join(folder, 'waymark.db'), pages }),
);
const bank = await startBank({ port: bankPort, relayUrl: `http://localhost:${relayPort}`, ...secrets });
const executablePath = process.env.CHROMIUM_PATH;
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

try {
  const { site, desk } = await walk();
  await compose(await site.screenshot(), await desk.screenshot());
  const { size } = statSync(picture);
  if (size > maxBytes) throw new Error(`demo.png has ${size} bytes, more than ${maxBytes}`);
  console.log(`docs/screenshots/demo.png: ${size} bytes`);
} finally {
  await browser.close();
  await bank.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

// The states of the widget by itself.
await import('./widget.mjs');

/** Home, about, mortgage rates, contact, SMS opt-in, login; the desk follows the visitor from the first page on. */
async function walk() {
  const context = await browser.newContext({ viewport: { width: 720, height: 940 }, locale: 'en-GB' });
  const site = await context.newPage();
  const desk = await context.newPage();
  await desk.setViewportSize({ width: 880, height: 940 });
  await site.goto(`${bank.url}/`);
  await desk.goto(`${bank.url}/desk.html`);
  await desk.getByRole('button', { name: 'Anonymous visitor' }).click();
  await seen(desk, 1);
  for (const [page, events] of [
    ['about', 2],
    ['mortgage', 3],
    ['contact', 4],
    ['sms-expert', 5],
  ]) {
    await site.goto(`${bank.url}/${page}.html`);
    await seen(desk, events);
  }
  await site.getByRole('button', { name: '+1 555 0100 199' }).click();
  await site.getByRole('button', { name: 'Send me a code' }).click();
  await site.locator('#code').fill(await site.locator('[data-bubble] strong').textContent());
  await site.getByRole('button', { name: 'Confirm' }).click();
  await seen(desk, 6);
  await site.goto(`${bank.url}/login.html`);
  await seen(desk, 7);
  await site.getByRole('button', { name: 'Fill in' }).first().click();
  await site.locator('form').getByRole('button', { name: 'Log in' }).click();
  await site.getByRole('heading', { name: 'Good to see you, Rue' }).waitFor();
  await seen(desk, 9);
  await desk.getByRole('heading', { name: 'ruegreen@example.com' }).waitFor();
  // The highlight of the event that came last fades.
  await desk.locator('.fresh').last().waitFor({ state: 'detached' });
  return { site, desk };
}

async function seen(desk, events) {
  await desk
    .locator('customer-journey-widget article')
    .nth(events - 1)
    .waitFor();
}

/** Both windows side by side on one ground. */
async function compose(site, desk) {
  const page = await browser.newPage({ viewport: { width: 1680, height: 1020 } });
  const image = (png) => `<img src="data:image/png;base64,${png.toString('base64')}">`;
  await page.setContent(`
    <style>
      body { margin: 0; height: 100vh; display: flex; gap: 32px; align-items: center; justify-content: center; background: #dfe5ec; }
      img { height: 940px; border-radius: 10px; box-shadow: 0 1px 3px #0003, 0 12px 36px #0f213326; }
    </style>
    ${image(site)}${image(desk)}
  `);
  await page.screenshot({ path: picture });
}
