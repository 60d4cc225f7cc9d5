// Serves the pages of demo-site/, in the layout that they share, and fills in what the templates leave open: the relay's
// address, the site key, the visitor's privacy choice, and the other domain.
// Every page is sent with a strict Content-Security-Policy, as a bank's would be: Waymark has to work under it.
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadRequest, cookiesOf } from './http.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const membersOnly = ['account.html', 'known.html'];
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
    if (membersOnly.includes(name) && !customer) {
      response.writeHead(302, { Location: '/login.html', 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    const file = await readFile(join(folder, name)).catch(() => undefined);
    if (!file) throw new BadRequest(404, 'There is no such page.');
    const html = extname(name) === '.html';
    const body = html
      ? fill(await assemble(file.toString('utf8'), pathname), { relay, siteKey, ...aboutVisitor(request) })
      : file;
    response.writeHead(200, {
      'Content-Type': types[extname(name)],
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(html ? { 'Content-Security-Policy': policy } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

/** A page is the inside of the layout: what belongs into its head, the body's tag, and the main part. */
async function assemble(page, pathname) {
  if (page.startsWith('<!doctype')) return include(page);
  const [, head = '', body = '', main = ''] = /^(.*?)(<body[^>]*>)(.*)$/s.exec(page) ?? [];
  const parts = { 'page-head': head, 'page-body': body, 'page-main': main };
  const layout = await readFile(join(folder, 'parts/layout.html'), 'utf8');
  return (await include(layout, parts)).replace(`<a href="${pathname}">`, `<a href="${pathname}" aria-current="page">`);
}

/** Puts parts where `{{> name}}` stands: those given, else files of parts/. */
async function include(text, given = {}) {
  const pieces = text.split(/\{\{> ([\w-]+)\}\}/);
  for (let index = 1; index < pieces.length; index += 2) {
    const name = pieces[index];
    pieces[index] = (given[name] ?? (await readFile(join(folder, `parts/${name}.html`), 'utf8'))).trim();
  }
  return pieces.join('');
}

/** The choice from the bank's cookie; without one nothing is kept until it is made, or at all under Global Privacy Control. */
function aboutVisitor(request) {
  const chosen = cookiesOf(request).homebank_privacy;
  const decision = chosen === 'granted' || chosen === 'denied' ? chosen : '';
  const gpc = request.headers['sec-gpc'] === '1';
  return { decision, gpc: String(gpc), consent: decision || (gpc ? 'denied' : 'pending'), partner: otherName(request) };
}

/** This server under its other name, which is another site to a browser. */
function otherName({ headers: { host = '' } }) {
  const [, name, port = ''] = /^(localhost|127\.0\.0\.1)(:\d+)?$/.exec(host) ?? [];
  return name ? `http://${name === 'localhost' ? '127.0.0.1' : 'localhost'}${port}` : '';
}

function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name) => escapeHtml(values[name] ?? whole));
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
