// Small values that outlive the page: in a first-party cookie, in localStorage where cookies do not work, in memory where
// nothing works or nothing may be kept. The cookie is the truth: where cookies work there is no copy elsewhere, so
// clearing them clears all.
import { attempt } from '../protocol/index.ts';

export interface Kept {
  _read(name: string): string | undefined;
  /** An empty value removes it from everywhere. What is vital is read again at once, the rest once cookies work is not. */
  _write(name: string, value: string, isVital?: boolean): void;
}

/** Chromium's upper limit. */
const maxAgeSeconds = 34_560_000;

/** `domain`: shared by all its subdomains; default this host alone. `cookieless`: keeps everything in memory. */
export function createKept(domain?: string, cookieless?: boolean): Kept {
  /** What cookies did not keep. */
  const memory = new Map<string, string>();
  /** The same throughout a task: reading costs as much as an event, and another tab may write between tasks. */
  let jar: string | undefined;
  /** The page has seen a cookie of its own come back. */
  let works = false;

  function readCookie(name: string): string | undefined {
    if (jar === undefined) {
      jar = attempt(() => document.cookie) ?? '';
      queueMicrotask(() => (jar = undefined));
    }
    return jar.match(`(?:^|; )${name}=([^;]+)`)?.[1];
  }

  function writeCookie(text: string): void {
    jar = undefined;
    attempt(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, the id is needed at once.
      document.cookie = text;
    });
  }

  return {
    _read(name) {
      const value = memory.get(name);
      if (cookieless) return value;
      const cookie = readCookie(name);
      // Where there is a cookie of ours, cookies work, and localStorage need not be asked.
      if (!value && (cookie || jar?.includes('wm_id='))) return cookie;
      // Another tab may have written there since.
      return attempt(() => localStorage.getItem(name)) ?? value;
    },
    _write(name, value, isVital) {
      if (cookieless) {
        memory.set(name, value);
        return;
      }
      const before = jar;
      const age = `;max-age=${value ? maxAgeSeconds : 0}`;
      const scope = (domain ? `;domain=${domain}` : '') + (location.protocol === 'https:' ? ';secure' : '');
      writeCookie(`${name}=${value};path=/;samesite=lax${scope}${age}`);
      if (works && value && before && !isVital) {
        jar = `${name}=${value}; ${before}`;
        return;
      }
      // One of this host alone, from before there was a domain, would be read in its place.
      if (domain && readCookie(name) !== value) writeCookie(`${name}=;path=/;max-age=0`);
      works = readCookie(name) === value;
      const elsewhere = works ? '' : value;
      memory.set(name, elsewhere);
      attempt(() => (elsewhere ? localStorage.setItem(name, elsewhere) : localStorage.removeItem(name)));
    },
  };
}
