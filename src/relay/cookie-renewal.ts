// Keeps the page's cookie by HTTP: Safari deletes a cookie that script wrote after seven days, not one that came
// from the site's server. Only on a same-origin path, only with consent in the request, and only with the value that the
// browser sent and that has just proved to be this visitor's: the relay never makes an identity. Under a name of its own,
// because the visitor may have logged out while the answer is on its way; the page reads it only where its own is gone.
import type { IncomingMessage } from 'node:http';

export interface CookieRenewal {
  /** The cookie's Domain; default none, the host alone. Must be what the page writes. */
  domain?: string;
}

/** Chromium's upper limit. */
const maxAgeSeconds = 400 * 86_400;

/** The Set-Cookie header, or undefined where the request is not one for it. */
export function renewedCookie(
  request: IncomingMessage,
  { temporaryId, consent, renewal }: { temporaryId: string; consent: unknown; renewal: CookieRenewal },
): string | undefined {
  if (consent !== 'granted' || !isSameOrigin(request)) return undefined;
  const value = /(?:^|;\s*)wm_id=([\w-]{1,256}\.[\w-]{1,64})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];
  if (value === undefined || value.slice(0, value.indexOf('.')) !== temporaryId) return undefined;
  const domain = renewal.domain === undefined ? '' : `; Domain=${renewal.domain}`;
  // Readable by script: the page's tracker and the site's back end both read it.
  return `wm_kept=${value}; Max-Age=${maxAgeSeconds}; Path=/; SameSite=Lax${isHttps(request) ? '; Secure' : ''}${domain}`;
}

function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

function isHttps({ headers }: IncomingMessage): boolean {
  return headers.origin?.startsWith('https:') === true;
}
