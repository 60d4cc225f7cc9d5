// A simulated browser in which the built transport runs, each tab in a JavaScript realm of its own: clock, timers, both
// stores, locks, page life and network are under the test's control. Tabs of one profile share stores and locks as real
// ones do; a killed browser forgets what localStorage was told in the last seconds and keeps IndexedDB.
import { readFileSync } from 'node:fs';
import { type Context, createContext, runInContext } from 'node:vm';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { Lane, Transport, TransportError, TransportOptions } from '../../src/transport/index.ts';
import { bundleStarter } from '../starter-bundle.ts';
import type { FakeRelay } from './fake-relay.ts';

/** As a script that leaves behind what the module exports. */
const asScript = (code: string): string => {
  const body = code.replace(
    /export\s*\{\s*(\w+)(?: as (\w+))?\s*\};?/,
    (_all, name, given) => `globalThis.${given ?? name} = ${name};`,
  );
  return `(() => {${body}\n})();`;
};
const dist = (path: string): string => readFileSync(new URL(`../../dist/${path}`, import.meta.url), 'utf8');
const built = asScript(dist('esm/transport.js'));
/** What the tracker has of the transport, minified by itself, and the part that it loads, as published. */
const builtStarter = asScript(await bundleStarter());
const builtRescue = asScript(dist('waymark-rescue.js'));

/** How the page comes by the rescue part: it has it, or it loads it with more or less success. */
export type Loading = 'at hand' | 'late' | 'fails' | 'never';

const loadMs = 300;

/** Chromium writes localStorage some seconds late. */
export const localLagMs = 5_000;

export interface Storage {
  local: 'works' | 'full' | 'blocked';
  deep: 'works' | 'fails' | 'missing' | 'silent';
}

export interface Profile {
  now: number;
  local: Map<string, string>;
  deep: Map<string, string>;
  tabs: Set<Tab>;
  storage: Storage;
  errors: TransportError[];
  loading: Loading;
  /** How often the rescue part was asked for. */
  loads: number;
  /** When a tab was last closed, crashed or put away. */
  diedAt: number;
  /** Runs everything that falls due in so many milliseconds. */
  advance(ms: number): Promise<void>;
  open(options?: Partial<TransportOptions>): Promise<Tab>;
  /** The process of the browser dies. */
  kill(): void;
}

export interface Tab {
  transport: Transport;
  context: Context;
  /** In the back/forward cache. */
  frozen(): boolean;
  send(event: WireEvent, lane?: Lane): void;
  hide(): void;
  show(): void;
  online(): void;
  close(): void;
  /** The renderer dies: no event is fired. */
  crash(): void;
  freeze(): void;
  thaw(): void;
}

interface Timer {
  at: number;
  order: number;
  work: () => void;
  owner?: object;
}

export function createProfile(
  relay: FakeRelay,
  random: () => number,
  fetchLater = false,
  loading: Loading = 'at hand',
): Profile {
  let order = 0;
  const timers = new Map<number, Timer>();
  const held = new Map<string, object>();
  let hasDeep = false;
  const writes: { at: number; name: string; before: string | undefined }[] = [];
  const profile: Profile = {
    now: Date.UTC(2026, 10, 22, 12),
    local: new Map(),
    deep: new Map(),
    tabs: new Set(),
    storage: { local: 'works', deep: 'works' },
    errors: [],
    loading,
    loads: 0,
    diedAt: 0,
    async advance(ms) {
      const end = profile.now + ms;
      for (;;) {
        await drain();
        const [next] = [...timers].sort(([, one], [, other]) => one.at - other.at || one.order - other.order);
        if (!next || next[1].at > end) break;
        timers.delete(next[0]);
        profile.now = Math.max(profile.now, next[1].at);
        next[1].work();
      }
      profile.now = end;
    },
    async open(options = {}) {
      const tab = openTab(options);
      await drain();
      return tab;
    },
    kill() {
      for (const tab of [...profile.tabs]) tab.crash();
      for (const { at, name, before } of writes.splice(0).reverse()) {
        if (profile.now - at > localLagMs) continue;
        if (before === undefined) profile.local.delete(name);
        else profile.local.set(name, before);
      }
    },
  };

  function timer(work: () => void, delayMs: number, owner?: object): number {
    order++;
    timers.set(order, { at: profile.now + Math.max(0, delayMs), order, work, ...(owner && { owner }) });
    return order;
  }

  function changeLocal(name: string, text: string | undefined): void {
    if (profile.storage.local === 'full' && text !== undefined) throw new Error('QuotaExceededError');
    writes.push({ at: profile.now, name, before: profile.local.get(name) });
    if (text === undefined) profile.local.delete(name);
    else profile.local.set(name, text);
  }

  function openTab(options: Partial<TransportOptions>): Tab {
    const self = {};
    let alive = true;
    let frozen = false;
    const later: { url: string; body: string; signal: AbortSignal }[] = [];
    const locks = new Set<string>();
    const page = new EventTarget() as EventTarget & { hidden: boolean };
    const view = new EventTarget();
    page.hidden = false;

    const whenAlive = (work: () => void) => (): void => {
      if (!alive) return;
      // Work of a page in the back/forward cache waits until it is back.
      if (frozen) timer(whenAlive(work), 1_000, self);
      else work();
    };

    const globals = {
      document: page,
      addEventListener: view.addEventListener.bind(view),
      setTimeout: (work: () => void, ms: number) => timer(whenAlive(work), ms, self),
      clearTimeout: (handle: number) => timers.delete(handle),
      queueMicrotask: (work: () => void) => queueMicrotask(() => alive && work()),
      AbortController,
      AbortSignal: { timeout: (ms: number) => ms },
      URLSearchParams,
      EventTarget,
      navigator: {
        sendBeacon(url: string, body: string) {
          if (body.length > 65_536) return false;
          relay.deliver(url, body, timer);
          return true;
        },
        locks: { request: requestLock },
      },
      fetch: (url: string, init: { body: string; keepalive: boolean; signal: number }) =>
        new Promise((resolve, reject) => {
          const answered = (status: number, body: string, retryAfter: string | null): void =>
            whenAlive(() => {
              if (status === 0) reject(new TypeError('Failed to fetch'));
              else resolve({ status, text: async () => body, headers: { get: () => retryAfter } });
            })();
          relay.deliver(url, init.body, timer, answered, () => init.keepalive || alive);
          timer(
            whenAlive(() => reject(new Error('TimeoutError'))),
            init.signal,
            self,
          );
        }),
      ...(fetchLater && {
        fetchLater(url: string, init: { body: string; signal: AbortSignal }) {
          if (init.body.length > 65_536) throw new Error('QuotaExceededError');
          later.push({ url, body: init.body, signal: init.signal });
          return {};
        },
      }),
      indexedDB: {
        open: openDatabase,
        databases: async () => (hasDeep ? [{ name: 'waymark' }] : []),
      },
      createTransport: undefined as unknown as (options: TransportOptions) => Transport,
      startTransport: undefined as unknown as (load: () => Promise<object>, options: TransportOptions) => Transport,
    };
    Object.defineProperty(globals, 'localStorage', {
      get() {
        if (profile.storage.local === 'blocked') throw new Error('SecurityError');
        return localStorage;
      },
    });
    // A real Storage lists its names as its own properties.
    const localStorage = new Proxy(
      {
        getItem: (name: string) => profile.local.get(name) ?? null,
        setItem: (name: string, text: string) => changeLocal(name, text),
        removeItem: (name: string) => changeLocal(name, undefined),
      },
      {
        get: (methods, name) => Reflect.get(methods, name) ?? profile.local.get(String(name)),
        ownKeys: () => [...profile.local.keys()],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    );

    function openDatabase(): object {
      if (profile.storage.deep === 'missing') throw new Error('SecurityError');
      const request: Record<string, unknown> = {};
      if (profile.storage.deep === 'silent') return request;
      hasDeep = true;
      succeed(request, { transaction: beginTransaction, createObjectStore() {} });
      return request;
    }

    function succeed(request: Record<string, unknown>, result: unknown): Record<string, unknown> {
      timer(
        whenAlive(() => {
          request['result'] = result;
          (request['onsuccess'] as (() => void) | undefined)?.();
        }),
        1,
        self,
      );
      return request;
    }

    function beginTransaction(): object {
      const changes: [string, string | undefined][] = [];
      const transaction: Record<string, unknown> = { objectStore: () => records, commit() {} };
      const records = {
        transaction,
        put: (text: string, name: string) => changes.push([name, text]),
        delete: (name: string) => changes.push([name, undefined]),
        get: (name: string) => succeed({}, profile.deep.get(name)),
        getAllKeys: () => succeed({}, [...profile.deep.keys()]),
      };
      timer(
        whenAlive(() => {
          const failed = profile.storage.deep === 'fails';
          for (const [name, text] of failed ? [] : changes) {
            if (text === undefined) profile.deep.delete(name);
            else profile.deep.set(name, text);
          }
          (transaction[failed ? 'onabort' : 'oncomplete'] as (() => void) | undefined)?.();
        }),
        2,
        self,
      );
      return transaction;
    }

    async function requestLock(name: string, _options: object, work: (lock: object | null) => unknown): Promise<void> {
      await new Promise<void>((resolve) => timer(whenAlive(resolve), 1, self));
      if (held.has(name)) return void (await work(null));
      held.set(name, self);
      locks.add(name);
      await work({});
      held.delete(name);
      locks.delete(name);
    }

    function fire(target: EventTarget, name: string, members: object = {}): void {
      target.dispatchEvent(Object.assign(new Event(name), members));
      // As in browsers, what the document is told reaches the window too.
      if (target === page) fire(view, name, members);
    }

    function die(): void {
      alive = false;
      profile.tabs.delete(tab);
      profile.diedAt = profile.now;
      for (const name of locks) held.delete(name);
      for (const [handle, { owner }] of timers) if (owner === self) timers.delete(handle);
      sendLater();
    }

    /** The browser sends what was left with it. */
    function sendLater(): void {
      for (const { url, body, signal } of later.splice(0)) if (!signal.aborted) relay.deliver(url, body, timer);
    }

    const context = createContext(Object.assign(globals, { relayOptions: undefined }));
    runInContext(
      `Date = class extends Date { static now() { return clock() } }; Math.random = chance; ${profile.loading === 'at hand' ? built : builtStarter}`,
      Object.assign(context, { clock: () => profile.now, chance: random }),
    );
    const load = (): Promise<object> => {
      profile.loads++;
      if (profile.loading === 'fails')
        return Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
      return new Promise((resolve) => {
        if (profile.loading === 'never') return;
        timer(
          whenAlive(() => {
            runInContext(builtRescue, context);
            resolve(globals);
          }),
          loadMs,
          self,
        );
      });
    };
    const all: TransportOptions = {
      endpoint: 'http://relay/collect',
      key: 'pk_test',
      onError: (error) => profile.errors.push(error),
      ...options,
    };
    const transport = globals.createTransport?.(all) ?? globals.startTransport(load, all);

    const tab: Tab = {
      transport,
      context,
      frozen: () => frozen,
      send: (event, lane) => transport.send(event, lane),
      hide() {
        if (frozen) return;
        page.hidden = true;
        fire(page, 'visibilitychange');
      },
      show() {
        if (frozen) return;
        page.hidden = false;
        fire(page, 'visibilitychange');
      },
      online: () => void (frozen || fire(view, 'online')),
      close() {
        // The browser drops a page from its back/forward cache without telling it.
        if (frozen) return die();
        fire(view, 'pagehide');
        tab.hide();
        // Beacons and microtasks of the handlers still run; then the realm is gone.
        queueMicrotask(() => queueMicrotask(die));
      },
      crash: die,
      freeze() {
        if (frozen) return;
        fire(view, 'pagehide', { persisted: true });
        tab.hide();
        frozen = true;
        profile.diedAt = profile.now;
        sendLater();
      },
      thaw() {
        if (!frozen) return;
        frozen = false;
        fire(view, 'pageshow', { persisted: true });
        tab.show();
      },
    };
    profile.tabs.add(tab);
    return tab;
  }

  return profile;
}

/** Lets all promises that can settle do so. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: the same seed, the same run. */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
