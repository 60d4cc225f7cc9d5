// Serves the pages of demo-site/ and fills in what the bank's templates leave open: the relay's address and the site key.
// Every page is sent with a strict Content-Security-Policy, as a bank's would be: Waymark has to work under it.
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadRequest } from './http.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export function createPages({ relay, siteKey }) {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${relay}`,
    `connect-src 'self' ${relay}`,
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');

  return async function sendPage(request, response, pathname, customer) {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new BadRequest(405, 'Only GET is possible here.');
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    // One flat folder of known kinds of file: no path can lead out of it, and the server's own code (.mjs) is not served.
    if (!/^[a-z-]+\.(html|css|js|svg)$/.test(name)) throw new BadRequest(404, 'There is no such page.');
    if (name === 'account.html' && !customer) {
      response.writeHead(302, { Location: '/login.html', 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    const file = await readFile(join(folder, name)).catch(() => undefined);
    if (!file) throw new BadRequest(404, 'There is no such page.');
    const html = extname(name) === '.html';
    const body = html ? fill(file.toString('utf8'), { relay, siteKey }) : file;
    response.writeHead(200, {
      'Content-Type': types[extname(name)],
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(html ? { 'Content-Security-Policy': policy } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name) => escapeHtml(values[name] ?? whole));
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
