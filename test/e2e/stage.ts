// The whole thing as a customer runs it: the built command line in a process of its own, Home Bank beside it, a real
// browser. The relay can be stopped and killed, and comes back on the same port with the same file.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright';
import { launchChromium } from '../browsers/chromium.ts';
import { aConfig, deskToken, identityKey, siteKey, until, workspace } from '../helpers.ts';

const root = join(import.meta.dirname, '../..');

export interface Stage {
  browser: Browser;
  bankUrl: string;
  relayUrl: string;
  /** A visitor who has allowed the bank to remember the visit. */
  newVisitor(): Promise<BrowserContext>;
  startRelay(): Promise<void>;
  /** `SIGTERM` stops it gracefully, `SIGKILL` in the middle of whatever it does. */
  stopRelay(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
}

export async function setTheStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-e2e-'));
  const [relayPort, bankPort] = [await freePort(), await freePort()];
  const relayUrl = `http://localhost:${relayPort}`;
  const config = aConfig(folder, { listen: { port: relayPort } });
  const [bank] = config.workspaces;
  if (bank) bank.siteKeys = [{ key: siteKey, origins: [`http://localhost:${bankPort}`] }];
  const configFile = join(folder, 'waymark.json');
  writeFileSync(configFile, JSON.stringify(config));

  let relay: ChildProcess | undefined;
  async function startRelay(): Promise<void> {
    const cli = join(root, 'dist/lib/server/cli.js');
    relay = spawn(process.execPath, [cli, 'serve', '--config', configFile], { stdio: ['ignore', 'ignore', 'inherit'] });
    const answers = () =>
      fetch(`${relayUrl}/healthz`)
        .then(({ ok }) => ok)
        .catch(() => false);
    await until('the relay answers', answers, 30_000);
  }
  async function stopRelay(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!relay || relay.exitCode !== null) return;
    const gone = once(relay, 'exit');
    relay.kill(signal);
    await gone;
    relay = undefined;
  }

  await startRelay();
  // The demo is JavaScript, as a customer's site would be.
  const { startBank } = (await import(`${root}/demo-site/bank.mjs`)) as {
    startBank(options: object): Promise<{ url: string; close(): Promise<void> }>;
  };
  const site = await startBank({ port: bankPort, relayUrl, workspace, siteKey, identityKey, deskToken });
  const browser = await launchChromium();

  return {
    browser,
    bankUrl: site.url,
    relayUrl,
    async newVisitor() {
      const context = await browser.newContext();
      await context.addCookies([{ name: 'homebank_privacy', value: 'granted', url: site.url }]);
      return context;
    },
    startRelay,
    stopRelay,
    async close() {
      await browser.close();
      await site.close();
      await stopRelay('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
