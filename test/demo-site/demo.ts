// The demo as `npm run demo` starts it, on free ports, in a folder of its own, with a browser to look at it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { launchChromium } from '../browsers/chromium.ts';

const script = fileURLToPath(new URL('../../demo-site/start.mjs', import.meta.url));

export interface Demo {
  browser: Browser;
  bankUrl: string;
  relayUrl: string;
  /** Calls the journey service with the bank's own key; `{ws}` stands for the workspace. */
  read(path: string): Promise<{ status: number; data: never }>;
  /** Somebody who has allowed the bank to remember the visit. */
  newVisitor(options?: BrowserContextOptions): Promise<BrowserContext>;
}

export function useDemo(...args: string[]): Demo {
  const demo = {} as Demo;
  let folder: string;
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-demo-'));
    const ports = [await aPort(), await aPort()].map(String);
    const places = ['--folder', folder, '--port', ports[0] ?? '', '--relay-port', ports[1] ?? ''];
    running = spawn(process.execPath, [script, ...places, ...args]);
    let output = '';
    for (const stream of [running.stdout, running.stderr])
      stream?.on('data', (piece) => {
        output += piece;
      });
    await vi.waitFor(() => expect(output).toContain('Ctrl-C'), 60_000);
    demo.bankUrl = /(http:\/\/localhost:\d+)\/\n/.exec(output)?.[1] ?? '';
    demo.relayUrl = /journey service {2}(http:\/\/localhost:\d+)/.exec(output)?.[1] ?? '';
    demo.browser = await launchChromium();
  }, 90_000);
  afterAll(async () => {
    await demo.browser?.close();
    if (running?.exitCode === null) {
      running.kill('SIGTERM');
      await once(running, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  demo.read = async (path) => {
    const { workspace, bankToken } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'));
    const response = await fetch(demo.relayUrl + path.replaceAll('{ws}', workspace), {
      headers: { authorization: `Bearer ${bankToken}` },
    });
    return { status: response.status, data: ((await response.json()) as { data: never }).data };
  };
  demo.newVisitor = async (options) => {
    const context = await demo.browser.newContext(options);
    await context.addCookies([{ name: 'homebank_privacy', value: 'granted', url: demo.bankUrl }]);
    return context;
  };
  return demo;
}

async function aPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
