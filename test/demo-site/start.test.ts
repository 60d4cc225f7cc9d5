// `npm run demo` as a newcomer runs it: it starts, says where to look, shows a visitor on the desk, and stops cleanly.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchChromium } from '../browsers/chromium.ts';
import { anEvent } from '../helpers.ts';

const script = fileURLToPath(new URL('../../demo-site/start.mjs', import.meta.url));

let folder: string;
let demo: ChildProcess;
let output = '';
let bankUrl: string;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-demo-'));
  // Taken on purpose, so that the demo has to choose another port.
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as { port: number }).port);
  demo = spawn(process.execPath, [script, '--folder', folder, '--port', port, '--relay-port', port]);
  demo.stdout?.on('data', (piece) => {
    output += piece;
  });
  demo.stderr?.on('data', (piece) => {
    output += piece;
  });
  await vi.waitFor(() => expect(output).toContain('Ctrl-C'), 30_000);
  taken.close();
  bankUrl = /(http:\/\/localhost:\d+)\/\n/.exec(output)?.[1] ?? '';
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  demo.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody who has allowed the bank to remember the visit. */
async function aVisitor() {
  const context = await browser.newContext();
  await context.addCookies([{ name: 'homebank_privacy', value: 'granted', url: bankUrl }]);
  return context;
}

test('takes other ports where the wanted ones are taken, and says so', () => {
  expect(output).toMatch(/Port \d+ is taken, so \d+ is used instead \(--port/);
  expect(output).toMatch(/Port \d+ is taken, so \d+ is used instead \(--relay-port/);
  expect(output).toContain(`${bankUrl}/desk.html`);
});

test('keeps its secrets from other users of the machine', () => {
  expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
});

test('says in one sentence why a second demo in the same folder does not start', async () => {
  const second = spawn(process.execPath, [script, '--folder', folder]);
  let said = '';
  second.stderr.on('data', (piece) => {
    said += piece;
  });
  const [code] = await once(second, 'close');
  expect(code).toBe(1);
  expect(said).toMatch(/^The demo cannot start: .*waymark\.db is in use by another process.*\n$/);
});

test('lists whoever is on the website, and shows the journey of the one who is picked', async () => {
  const desk = await browser.newPage();
  await desk.goto(`${bankUrl}/desk.html`);
  await desk.getByText('No visitor yet').waitFor();
  const visitor = await (await aVisitor()).newPage();
  await visitor.goto(`${bankUrl}/mortgage.html`);
  await desk.locator('#people').getByRole('button', { name: 'Anonymous visitor' }).click();
  await desk.locator('article', { hasText: 'Mortgage Rates' }).waitFor();
  await visitor.goto(`${bankUrl}/login.html`);
  await visitor.getByRole('button', { name: 'Fill in' }).first().click();
  await visitor.locator('#login').getByRole('button', { name: 'Log in' }).click();
  await visitor.getByRole('heading', { name: 'Good to see you, Rue' }).waitFor();
  await desk.getByRole('heading', { name: 'ruegreen@example.com' }).waitFor();
  await desk.locator('#people').getByRole('button', { name: 'ruegreen@example.com' }).waitFor();
  expect(await desk.locator('customer-journey-widget dd').count()).toBe(2);
});

test('knows a visitor’s phone after the SMS code, and says so to visitor and agent', async () => {
  const visitor = await (await aVisitor()).newPage();
  await visitor.goto(`${bankUrl}/sms-expert.html`);
  await visitor.locator('#phone').fill('+1 (555) 0100-142');
  await visitor.getByRole('button', { name: 'Send me a code' }).click();
  await visitor.locator('#code').fill((await visitor.locator('[data-bubble] strong').textContent()) ?? '');
  await visitor.getByRole('button', { name: 'Confirm' }).click();
  await visitor.getByText('We know your number now, +15550100142.').waitFor();
  const desk = await browser.newPage();
  await desk.goto(`${bankUrl}/desk.html`);
  await desk.locator('#people').getByRole('button', { name: '+15550100142' }).click();
  await desk.locator('article', { hasText: 'SMS opt-in' }).waitFor();
});

test('goes on listing visitors after one whose page sent something odd', async () => {
  const { siteKey } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'));
  const relayUrl = /http:\/\/localhost:\d+(?=\n\n {2}Everything)/.exec(output)?.[0];
  const odd = anEvent({ identity: 'odd-visitor', temporarysecret: 'odd-secret', data: { origin: { toString: 1 } } });
  const response = await fetch(`${relayUrl}/collect?key=${siteKey}`, { method: 'POST', body: JSON.stringify([odd]) });
  expect((await response.json()).results).toMatchObject([{ result: 'ok' }]);
  const desk = await browser.newPage();
  await desk.goto(`${bankUrl}/desk.html`);
  await desk.locator('#people').getByRole('button', { name: 'webvisit · odd-visitor' }).waitFor();
});

test('keeps two customers at one device apart, also without a logout between them', async () => {
  const visitor = await (await aVisitor()).newPage();
  for (const [index, name] of ['Rue', 'Ola'].entries()) {
    await visitor.goto(`${bankUrl}/login.html`);
    await visitor.getByRole('button', { name: 'Fill in' }).nth(index).click();
    await visitor.locator('#login').getByRole('button', { name: 'Log in' }).click();
    await visitor.getByRole('heading', { name: `Good to see you, ${name}` }).waitFor();
  }
  const desk = await browser.newPage();
  await desk.goto(`${bankUrl}/desk.html`);
  await desk.locator('#people').getByRole('button', { name: 'ola.brandt@example.com' }).click();
  await desk.getByRole('heading', { name: 'ola.brandt@example.com' }).waitFor();
  await desk.locator('article').first().waitFor();
  const aliases = await desk.locator('customer-journey-widget dd').allTextContents();
  expect(aliases).toHaveLength(2);
  expect(aliases).not.toContain('ruegreen@example.com');
});

test('stops cleanly when asked to, though pages are still open', async () => {
  demo.kill('SIGTERM');
  const [code] = demo.exitCode === null ? await once(demo, 'exit') : [demo.exitCode];
  expect(code).toBe(0);
  expect(output).toContain('Stopped.');
});
