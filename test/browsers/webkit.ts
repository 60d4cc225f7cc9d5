// WebKitGTK's small browser, on a screen of its own that nobody sees, by WebDriver's HTTP calls: the engine of Safari,
// without Safari's own limits on storage.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { until } from '../helpers.ts';

/** Sends one command, as https://www.w3.org/TR/webdriver2/ has them. Resolves with the `value` of the answer. */
type Command = <Value>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Value>;

export interface WebKit {
  /** A browser with a fresh profile. The driver opens one at a time. */
  start(): Promise<WebKitBrowser>;
  close(): Promise<void>;
}

export interface WebKitBrowser {
  newTab(): Promise<WebKitTab>;
  close(): Promise<void>;
}

export interface WebKitTab {
  goto(url: string): Promise<void>;
  /** Runs a function in the page. */
  run<Value, Given>(work: (given: Given) => Value | Promise<Value>, given?: Given): Promise<Value>;
  /** Any other command: its path below the session's. */
  command: Command;
  close(): Promise<void>;
}

export async function startWebKit(): Promise<WebKit> {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [display] = await once(screen.stdio[3] as Readable, 'data');
  const port = await freePort();
  const driver = spawn(process.env['WEBKIT_DRIVER_PATH'] ?? '', [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}`, NO_AT_BRIDGE: '1' },
    stdio: 'ignore',
  });
  const command = commandsTo(`http://127.0.0.1:${port}`);
  await until('WebKit can be driven', () => command<{ ready: boolean }>('GET', '/status').catch(() => undefined));
  return {
    start: () => startBrowser(command),
    async close() {
      await end(driver);
      await end(screen);
    },
  };
}

async function startBrowser(command: Command): Promise<WebKitBrowser> {
  const browserOptions = {
    binary: globSync('/usr/lib/*/webkit2gtk-4.?/MiniBrowser').at(-1),
    args: ['--automation'],
  };
  const capabilities = { timeouts: { script: 60_000 }, 'webkitgtk:browserOptions': browserOptions };
  const { sessionId } = await command<{ sessionId: string }>('POST', '/session', {
    capabilities: { alwaysMatch: capabilities },
  });
  const inSession: Command = (method, path, body) => command(method, `/session/${sessionId}${path}`, body);
  // The window that the browser came with stays, for the browser ends with its last one.
  const first = await inSession<string>('GET', '/window');
  const inTab = oneAfterTheOther(inSession);
  let ended = false;
  return {
    async newTab() {
      // In a window of its own: another one beside it in one window is hidden, whichever is turned to.
      const { handle } = await inTab(first)<{ handle: string }>('POST', '/window/new', { type: 'window' });
      const command = inTab(handle);
      await command('POST', '/window/rect', { x: 0, y: 0, width: 1280, height: 900 });
      const tab = asTab(command);
      await until('the window is in view', () => tab.run(() => !document.hidden));
      return tab;
    },
    async close() {
      if (!ended) await inSession('DELETE', '');
      ended = true;
    },
  };
}

/** A session has one current tab: each command turns to its own, and waits for the one before. */
function oneAfterTheOther(command: Command): (handle: string) => Command {
  let before: Promise<unknown> = Promise.resolve();
  return (handle) => (method, path, body) => {
    const sent = before.then(async () => {
      await command('POST', '/window', { handle });
      return command<never>(method, path, body);
    });
    before = sent.catch(() => {});
    return sent;
  };
}

function asTab(command: Command): WebKitTab {
  return {
    command,
    goto: (url) => command('POST', '/url', { url }),
    async run(work, given) {
      const script = `const [given, done] = arguments;
        Promise.resolve(given).then(${work}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const { value, error } = await command<{ value: never; error?: string }>('POST', '/execute/async', {
        script,
        args: [given ?? null],
      });
      if (error) throw new Error(error);
      return value;
    },
    close: () => command('DELETE', '/window'),
  };
}

function commandsTo(address: string): Command {
  return async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    });
    const { value } = await response.json();
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
