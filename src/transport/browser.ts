// The environment in a real browser: page, sandboxed frame or worker. Takes its references once, so that scripts which
// patch `fetch` later do not change what was tested here; each call is guarded, a refusal is a value and not an error.
import { createStore, delMany, entries, set, type UseStore } from 'idb-keyval';
import type { DeepStore, Environment, Life, LocalStore, Network, Reply } from './environment.ts';

/** Longer than any healthy relay takes, shorter than a visitor's patience with a tab. */
const timeoutMs = 30_000;

type FetchLater = (url: string, init: RequestInit) => unknown;

export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    timer(work, delayMs) {
      const handle = setTimeout(work, delayMs);
      return () => clearTimeout(handle);
    },
    afterTask: (work) => queueMicrotask(work),
    local: localStore(),
    deep: deepStore(),
    network: network(),
    lock,
    whenShown,
    watch,
  };
}

/** The value, or undefined where making it throws: storage and policies may refuse at any touch. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function localStore(): LocalStore {
  const storage = attempt(() => localStorage);
  return {
    names: () => attempt(() => Object.keys(storage ?? {})) ?? [],
    read: (name) => attempt(() => storage?.getItem(name)) ?? null,
    write: (name, text) =>
      attempt(() => {
        storage?.setItem(name, text);
        return storage !== undefined;
      }) ?? false,
    remove: (name) => attempt(() => storage?.removeItem(name)),
  };
}

function deepStore(): DeepStore {
  let opened: UseStore | undefined;
  // Opened on first use and inside a promise, because `indexedDB` itself throws where storage is blocked.
  const store = async (): Promise<UseStore> => {
    opened ??= createStore('waymark', 'outbox');
    return opened;
  };
  return {
    all: async () => entries<string, string>(await store()),
    write: async (name, text) => set(name, text, await store()),
    remove: async (names) => delMany(names, await store()),
  };
}

function network(): Network {
  const request = attempt(() => fetch.bind(globalThis));
  const defer = (globalThis as { fetchLater?: FetchLater }).fetchLater;
  return {
    async post(url, body, safe) {
      try {
        const signal = AbortSignal.timeout?.(timeoutMs) ?? null;
        const response = await request?.(url, { method: 'POST', headers, body, keepalive: safe, signal });
        return response ? reply(response, await response.text()) : failed;
      } catch {
        return failed;
      }
    },
    beacon: (url, body) => attempt(() => navigator.sendBeacon(url, body)) ?? false,
    defer:
      defer &&
      ((url, body) =>
        attempt(() => {
          const cancel = new AbortController();
          defer.call(globalThis, url, { method: 'POST', headers, body, signal: cancel.signal });
          return () => cancel.abort();
        })),
    gzip,
  };
}

/** Needs no preflight; a preflighted request is lost when the page goes. */
const headers = { 'content-type': 'text/plain;charset=UTF-8' };

const failed: Reply = { status: 0, body: '' };

function reply(response: Response, body: string): Reply {
  const after = response.headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return { status: response.status, body, retryAfterMs: ms > 0 ? ms : undefined };
}

/** Fed through a writer: Safari cannot compress the stream of a Blob. */
async function gzip(text: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const stream = new CompressionStream('gzip');
    const writer = stream.writable.getWriter();
    writer.write(new TextEncoder().encode(text)).catch(() => {});
    writer.close().catch(() => {});
    return new Uint8Array(await new Response(stream.readable).arrayBuffer());
  } catch {
    return undefined;
  }
}

async function lock(name: string, work: () => Promise<void>): Promise<void> {
  const locks = attempt(() => navigator.locks);
  let ran = false;
  const once = async (): Promise<void> => {
    ran = true;
    await work();
  };
  try {
    if (locks) return await locks.request(name, { ifAvailable: true }, (held) => (held ? once() : undefined));
  } catch {
    // Opaque origins refuse locks.
  }
  if (!ran) await once();
}

function whenShown(start: () => void): void {
  const page = attempt(() => document as Document & { prerendering?: boolean });
  if (page?.prerendering) page.addEventListener('prerenderingchange', start, { once: true });
  else start();
}

function watch(life: Life): () => void {
  const undo: (() => void)[] = [];
  const on = (target: EventTarget | undefined, name: string, work: (domEvent: Event) => void): void => {
    target?.addEventListener(name, work, true);
    undo.push(() => target?.removeEventListener(name, work, true));
  };
  const page = attempt(() => document);
  on(page, 'visibilitychange', () => (page?.visibilityState === 'hidden' ? life.onHide() : life.onShow()));
  on(page, 'freeze', () => life.onLeave());
  // `pagehide` and `pageshow` reach only the window.
  on(globalThis as unknown as EventTarget, 'pagehide', () => life.onLeave());
  on(globalThis as unknown as EventTarget, 'pageshow', (domEvent) => {
    if ((domEvent as PageTransitionEvent).persisted) life.onRestore();
  });
  on(globalThis as unknown as EventTarget, 'online', () => life.onOnline());
  return () => {
    for (const step of undo) step();
  };
}
