// A site, a real relay with its database, and the misbehaving proxy between them. The site's pages load the built
// transport and offer the test a few functions; what is asserted on is what the database holds.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { CloudEvent } from '../../../src/protocol/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { Transport, TransportError } from '../../../src/transport/index.ts';
import { aConfig, siteKey } from '../../helpers.ts';
import { bundleStarter } from '../../starter-bundle.ts';
import { type FaultyProxy, startProxy } from './proxy.ts';

// What a page of the site offers.
declare global {
  var transport: Transport;
  /** Sends events `<run>-<from>` … in one task. */
  var sendMany: (
    run: string,
    count: number,
    options?: { from?: number; padding?: number; type?: string; list?: unknown[] },
  ) => void;
  /** What onError was told. */
  var reported: TransportError[];
  /** Exceptions and unhandled rejections in the page: there must be none. */
  var failures: string[];
  /** How often the rescue part was asked for, on the pages under /tracked. */
  var loads: number;
}

export interface Stage {
  siteUrl: string;
  proxy: FaultyProxy;
  /** What becomes of a request for the rescue part. */
  rescue: 'comes' | 'fails' | 'hangs';
  /** Bodies of pages by path; all others are plain. */
  pages: Map<string, string>;
  /** Events of a run in the store, and when the relay takes them to have happened. */
  stored(run: string): { id: string; type: string; data?: unknown; correctedMs: number }[];
  close(): Promise<void>;
}

const dist = (path: string): Buffer => readFileSync(new URL(`../../../dist/${path}`, import.meta.url));
const scripts: Record<string, string | Buffer> = {
  '/transport.js': dist('esm/transport.js'),
  '/starter.js': await bundleStarter(),
  '/waymark-rescue.js': dist('waymark-rescue.js'),
};

export async function setTheStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-faults-'));
  const pages = new Map<string, string>();
  const site = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    // A frame without an origin loads modules across origins.
    response.setHeader('access-control-allow-origin', '*');
    if (path === '/waymark-rescue.js' && stage.rescue === 'hangs') return;
    if (path === '/waymark-rescue.js' && stage.rescue === 'fails') return void response.writeHead(404).end();
    const script = scripts[path];
    if (script) response.setHeader('content-type', 'text/javascript').end(script);
    else if (path === '/favicon.ico') response.writeHead(404).end();
    else
      response
        .setHeader('content-type', 'text/html')
        .end(pageOf(pages.get(path) ?? '', proxy.url, path === '/tracked'));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const siteUrl = `http://localhost:${(site.address() as AddressInfo).port}`;
  // One visitor of these tests makes more in seconds than a real one in a day.
  const config = aConfig(folder, { limits: { visitor: { perSecond: 5_000, burst: 10_000 } } });
  for (const workspace of config.workspaces) workspace.siteKeys = [{ key: siteKey, origins: [siteUrl, 'null'] }];
  const relay = await startServer(config);
  const proxy = await startProxy(relay.url);
  const database = new Database(config.database, { readonly: true });

  const stage: Stage = {
    siteUrl,
    rescue: 'comes',
    proxy,
    pages,
    stored(run) {
      const rows = database.prepare('SELECT body, corrected FROM event').all() as { body: string; corrected: number }[];
      return rows
        .map(({ body, corrected }) => ({ ...(JSON.parse(body) as CloudEvent), correctedMs: corrected }))
        .filter(({ id }) => id.startsWith(`${run}-`));
    },
    async close() {
      database.close();
      site.close();
      site.closeAllConnections();
      await proxy.close();
      await relay.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

function pageOf(body: string, relayUrl: string, tracked: boolean): string {
  return `<!doctype html><html lang="en"><head><title>A page</title><script>
    ${runsBefore}
    globalThis.failures = [];
    addEventListener('error', (domEvent) => failures.push(domEvent.message));
    addEventListener('unhandledrejection', (domEvent) => failures.push(String(domEvent.reason)));
    globalThis.reported = [];
    globalThis.sendMany = (run, count, { from = 0, padding = 0, type = 'webvisit', list } = {}) => {
      for (let n = from; n < from + count; n++)
        transport.send({
          temporarysecret: 'secret-' + run, specversion: '1.0', id: run + '-' + n, type, source: 'home.com:website',
          time: new Date().toISOString(), identity: run, identitytype: 'temporaryId', datacontenttype: 'application/json',
          data: { taskId: 'web-' + run, n, padding: '.'.repeat(padding), list },
        });
    };
    </script>${body}<script type="module">
    ${tracked ? startedLate : "import { createTransport } from '/transport.js';"}
    globalThis.transport = createTransport({
      endpoint: '${relayUrl}/collect', key: '${siteKey}', onError: (error) => reported.push(error),
      ...globalThis.transportOptions,
    });
    globalThis.onReady?.();
    </script></head><body><h1>A page</h1></body></html>`;
}

/** Where the browser runs no script before the page's own: what is to come before them stands in the address. */
const runsBefore = "const [, before] = location.hash.split('#before='); if (before) eval(decodeURIComponent(before));";

const startedLate = `
    import { startTransport } from '/starter.js';
    globalThis.loads = 0;
    const load = () => {
      loads += 1;
      return import('/waymark-rescue.js');
    };
    const createTransport = (options) => startTransport(load, options);`;
