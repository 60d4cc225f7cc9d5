// The site's own back end: checks the password, and then vouches for the customer with a token that only this browser can use.
//
//   BASE=… KEY=pk_… WS=64f0… KID=web-1 SECRET=… node examples/sites/login/server.ts
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createIdentityToken } from 'waymark/server';
import { type Site, serveSite, valuesFrom } from '../serve.ts';

export interface LoginSettings {
  workspace: string;
  kid: string;
  secret: string;
  /** E-mail addresses and their passwords. A real site has hashes in a database. */
  customers: Map<string, string>;
}

export function login(
  values: Record<string, string>,
  { customers, ...signing }: LoginSettings,
  port?: number,
): Promise<Site> {
  const sessions = new Map<string, string>();

  async function logIn(request: IncomingMessage): Promise<{ body?: string; cookie?: string }> {
    const form = new URLSearchParams(await text(request));
    const email = form.get('email')?.toLowerCase() ?? '';
    if (!customers.has(email) || customers.get(email) !== form.get('password')) return {};
    const session = randomUUID();
    sessions.set(session, email);
    return { body: email, cookie: `session=${session}; Path=/; HttpOnly; SameSite=Lax` };
  }

  /** Who it is comes out of the session, never from the page; which browser, from the cookie of the tracker. */
  async function makeToken(request: IncomingMessage): Promise<{ body?: string }> {
    const customer = sessions.get(cookieOf(request, 'session'));
    const [temporaryId] = cookieOf(request, 'wm_id').split('.');
    if (!customer || !temporaryId) return {};
    return {
      body: await createIdentityToken({ ...signing, temporaryId, identity: customer, identitytype: 'email' }),
    };
  }

  async function logOut(request: IncomingMessage): Promise<{ body?: string }> {
    sessions.delete(cookieOf(request, 'session'));
    return { body: '' };
  }

  const posts = new Map(Object.entries({ '/login': logIn, '/token': makeToken, '/logout': logOut }));

  return serveSite('login', {
    values,
    ...(port && { port }),
    async backEnd(request, response) {
      const work = request.method === 'POST' && posts.get(request.url ?? '');
      if (!work) return false;
      const { body, cookie }: { body?: string; cookie?: string } = await work(request);
      if (cookie) response.setHeader('set-cookie', cookie);
      response.writeHead(body === undefined ? 403 : 200, { 'cache-control': 'no-store' }).end(body);
      return true;
    },
  });
}

function cookieOf({ headers }: IncomingMessage, name: string): string {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(headers.cookie ?? '')?.[1] ?? '';
}

if (import.meta.main) {
  const { WS = '', KID = '', SECRET = '' } = process.env;
  const customers = new Map([['ruegreen@example.com', 'correct horse']]);
  console.log((await login(valuesFrom(), { workspace: WS, kid: KID, secret: SECRET, customers }, 8080)).url);
}
