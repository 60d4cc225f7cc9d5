// Small values that outlive the page: in a first-party cookie, in localStorage where cookies do not work, in memory where
// nothing works or nothing may be kept. The cookie is the truth: where cookies work there is no copy elsewhere, so
// clearing them clears all.
import { attempt } from '../protocol/index.ts';

export interface Kept {
  _read(name: string): string | undefined;
  /** An empty value removes it from everywhere. */
  _write(name: string, value: string): void;
}

/** Chromium's upper limit. */
const maxAgeSeconds = 34_560_000;

/** `domain`: shared by all its subdomains; default this host alone. `cookieless`: keeps everything in memory. */
export function createKept(domain?: string, cookieless?: boolean): Kept {
  /** What was written and not yet seen in a cookie. */
  const memory = new Map<string, string>();
  /** The same throughout a task: reading costs as much as an event, and another tab may write between tasks. */
  let jar: string | undefined;
  /** What was written did not come back as a cookie. */
  let isBlocked = false;

  function find(name: string): string | undefined {
    return jar?.match(`(?:^|; )${name}=([^;]+)`)?.[1];
  }

  function look(): void {
    jar = attempt(() => document.cookie) ?? '';
    queueMicrotask(() => (jar = undefined));
    for (const [name, value] of memory) {
      isBlocked = !!value && !find(name);
      if (!isBlocked) memory.delete(name);
      store(name, isBlocked ? value : '');
    }
  }

  function store(name: string, value: string): void {
    attempt(() => (value ? localStorage.setItem(name, value) : localStorage.removeItem(name)));
  }

  return {
    _read(name) {
      if (!cookieless && jar === undefined) look();
      const value = memory.get(name) ?? find(name);
      // Where there is a cookie of ours, cookies work, and localStorage need not be asked.
      if (cookieless || value !== undefined || find('wm_id')) return value;
      return attempt(() => localStorage.getItem(name) ?? undefined);
    },
    _write(name, value) {
      memory.set(name, value);
      if (cookieless) return;
      if (isBlocked) store(name, value);
      attempt(() => {
        const age = `;max-age=${value ? maxAgeSeconds : 0}`;
        const scope = (domain ? `;domain=${domain}` : '') + (location.protocol === 'https:' ? ';secure' : '');
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, the id is needed at once.
        document.cookie = `${name}=${value};path=/;samesite=lax${scope}${age}`;
      });
    },
  };
}
