// Serves an example as a site of yours would be: its files, and `waymark` from npm for those that import it. In the pages stand your
// relay and your site key in place of `https://events.example.com` and `pk_…`, and two names of this machine in place of
// www.example.com and www.example.shop.
//
//   BASE=http://127.0.0.1:8790 KEY=pk_… node examples/sites/serve.ts static-site
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export interface SiteSettings {
  /** What is written in the pages, and what stands for it here. */
  values: Record<string, string>;
  /** Default: any free one. */
  port?: number;
  /** The site's own back end; answers false for what is none of its own. */
  backEnd?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

export interface Site {
  url: string;
  close(): Promise<void>;
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

export async function serveSite(
  name: string,
  { values, port = 0, backEnd = () => false }: SiteSettings,
): Promise<Site> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await backEnd(request, response)) return;
    const path = normalize(new URL(request.url ?? '/', 'http://site').pathname);
    const inNpm = /^\/waymark\/([\w-]+\.js)$/.exec(path);
    const folder = inNpm ? join(import.meta.dirname, '../../dist/esm') : join(import.meta.dirname, name);
    const type = types[extname(path)] ?? 'text/html';
    // Whatever has no ending is a route of the page.
    const file = inNpm?.[1] ?? (extname(path) ? path : 'index.html');
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
    response.end(text && (inNpm ? text : withValues(text, { ...values, ...own })));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const at = (server.address() as AddressInfo).port;
  const own = {
    'https://www.example.com': `http://localhost:${at}`,
    'https://www.example.shop': `http://127.0.0.1:${at}`,
    'www.example.com': 'localhost',
    'www.example.shop': '127.0.0.1',
  };
  return {
    url: `http://localhost:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function withValues(text: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(name, value), text);
}

/** What the environment says. */
export function valuesFrom({ BASE = 'http://127.0.0.1:8790', KEY = 'pk_…' } = process.env): Record<string, string> {
  return { 'https://events.example.com': BASE, 'pk_…': KEY };
}

if (import.meta.main) {
  const [, , name = 'static-site'] = process.argv;
  console.log((await serveSite(name, { values: valuesFrom(), port: 8080 })).url);
}
