// Small values that outlive the page: in a first-party cookie, in localStorage where cookies do not work, in memory where
// nothing works. The cookie is the truth: where cookies work there is no copy elsewhere, so clearing them clears all.

export interface Kept {
  read(name: string): string | undefined;
  write(name: string, value: string, maxAgeSeconds: number): void;
  remove(name: string): void;
}

export function createKept(now: () => number): Kept {
  const memory = new Map<string, string>();
  const cookies = writeCookie('wm_t', '1', 60) && readCookie('wm_t') === '1';
  if (cookies) writeCookie('wm_t', '', 0);

  if (cookies) {
    return {
      read: readCookie,
      write: writeCookie,
      remove: (name) => writeCookie(name, '', 0),
    };
  }
  return {
    read(name) {
      const [until, value] = (readLocal(name) ?? memory.get(name) ?? '').split(' ');
      return Number(until) > now() ? value : undefined;
    },
    write(name, value, maxAgeSeconds) {
      const text = `${now() + maxAgeSeconds * 1000} ${value}`;
      memory.set(name, text);
      writeLocal(name, text);
    },
    remove(name) {
      memory.delete(name);
      writeLocal(name, undefined);
    },
  };
}

/** Undefined also where localStorage cannot be touched. */
export function readLocal(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Without a value it removes. */
export function writeLocal(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Blocked or full: the value lives as long as the page.
  }
}

function readCookie(name: string): string | undefined {
  try {
    return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1];
  } catch {
    return undefined;
  }
}

function writeCookie(name: string, value: string, maxAgeSeconds: number): boolean {
  try {
    const secure = location.protocol === 'https:' ? ';secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, the id is needed at once.
    document.cookie = `${name}=${value};path=/;samesite=lax;max-age=${maxAgeSeconds}${secure}`;
    return true;
  } catch {
    return false;
  }
}
