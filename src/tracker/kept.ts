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

  return {
    _read(name) {
      const value = memory.get(name);
      if (cookieless || value) return value;
      const cookie = readCookie(name);
      // Where there is a cookie of ours, cookies work, and localStorage need not be asked.
      return cookie || jar?.includes('wm_id=') ? cookie : attempt(() => localStorage.getItem(name) ?? undefined);
    },
    _write(name, value, isVital) {
      if (cookieless) {
        memory.set(name, value);
        return;
      }
      attempt(() => {
        const age = `;max-age=${value ? maxAgeSeconds : 0}`;
        const scope = (domain ? `;domain=${domain}` : '') + (location.protocol === 'https:' ? ';secure' : '');
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, the id is needed at once.
        document.cookie = `${name}=${value};path=/;samesite=lax${scope}${age}`;
      });
      if (works && value && jar !== undefined && !isVital) {
        jar = `${name}=${value}; ${jar}`;
        return;
      }
      jar = undefined;
      works = readCookie(name) === value;
      const isSafe = works || !value;
      if (isSafe) memory.delete(name);
      else memory.set(name, value);
      attempt(() => (isSafe ? localStorage.removeItem(name) : localStorage.setItem(name, value)));
    },
  };
}
