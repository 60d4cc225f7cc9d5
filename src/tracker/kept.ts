// Small values that outlive the page: in a first-party cookie, in localStorage where cookies do not work, in memory where
// nothing works or nothing may be kept. The cookie is the truth: where cookies work there is no copy elsewhere, so
// clearing them clears all.
import { attempt } from './attempt.ts';

export interface Kept {
  _read(name: string): string | undefined;
  /** An empty value removes it from everywhere. */
  _write(name: string, value: string, maxAgeSeconds: number): void;
}

/** `domain`: shared by all its subdomains; default this host alone. `cookieless`: keeps everything in memory. */
export function createKept(domain: string | undefined, cookieless: boolean | undefined): Kept {
  const memory = new Map<string, string>();
  const scope = `;path=/;samesite=lax${domain ? `;domain=${domain}` : ''}`;
  /** The same throughout a task: reading costs as much as an event, and another tab may write between tasks. */
  let jar: string | undefined;

  function readCookie(name: string): string | undefined {
    if (jar === undefined) {
      jar = attempt(() => document.cookie) ?? '';
      queueMicrotask(() => (jar = undefined));
    }
    return new RegExp(`(?:^|; )${name}=([^;]+)`).exec(jar)?.[1];
  }

  return {
    _read(name) {
      if (cookieless || memory.get(name)) return memory.get(name);
      const cookie = readCookie(name);
      // Where there is a cookie of ours, cookies work, and localStorage need not be asked.
      return cookie || /\bwm_id/.test(jar ?? '') ? cookie : attempt(() => localStorage.getItem(name) ?? undefined);
    },
    _write(name, value, maxAgeSeconds) {
      if (cookieless) return void memory.set(name, value);
      attempt(() => {
        const secure = location.protocol === 'https:' ? ';secure' : '';
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, the id is needed at once.
        document.cookie = `${name}=${value}${scope};max-age=${maxAgeSeconds}${secure}`;
      });
      jar = undefined;
      const works = !value || readCookie(name) === value;
      memory.set(name, works ? '' : value);
      attempt(() => (works ? localStorage.removeItem(name) : localStorage.setItem(name, value)));
    },
  };
}
