// A browser without a screen: tabs that share one cookie jar, and in each the built script as a page would load it.
// Enough of a page for the tracker; what it hands to the network is what reaches the relay. Time only passes when told.
import { webcrypto } from 'node:crypto';
import { createContext, runInContext, Script } from 'node:vm';
import type { WireEvent } from '../../src/protocol/index.ts';
import type { Tracker } from '../../src/tracker/index.ts';
import { script } from './receiver.ts';

const compiled = new Script(script.toString());

export interface SimulatedTab {
  waymark: Tracker & ((...call: unknown[]) => void);
  path: string;
}

export interface SimulatedBrowser {
  /** Another page in a new tab, or in the given one, whose page is left. */
  open(path: string, tab?: SimulatedTab): SimulatedTab;
  /** Events as they reached the relay, each once. */
  events(): WireEvent[];
  /** Another program sets a cookie. */
  setCookie(name: string, value: string): void;
  /** What the relay says about an event, besides `ok`. */
  judge: (event: WireEvent) => { code?: string };
  /** Every temporaryId that was ever in the cookie. */
  minted(): Set<string>;
  /** What lies on the device: names of cookies and of localStorage. */
  stored(): string[];
  clearCookies(): void;
  clearLocalStorage(): void;
  /** Lets timers run that are due within so many milliseconds. */
  pass(ms: number): Promise<void>;
}

/** `attributes`: of the script tag, besides the key. */
export function createSimulatedBrowser(attributes: Record<string, string> = {}): SimulatedBrowser {
  const jar = new Map<string, string>();
  const local = new Map<string, string>();
  const minted = new Set<string>();
  const arrived = new Map<string, WireEvent>();
  const locks = new Set<string>();
  const timers: { at: number; work: () => void }[] = [];
  const left = new Map<SimulatedTab, () => void>();
  let now = Date.UTC(2026, 0, 1);

  function take(body: unknown): { results: unknown[]; serverTime: string } {
    const events: WireEvent[] = JSON.parse(String(body));
    for (const event of events) if (!arrived.has(event.id)) arrived.set(event.id, event);
    const results = events.map((event, index) => ({ index, id: event.id, result: 'ok', ...browser.judge(event) }));
    return { results, serverTime: new Date(now).toISOString() };
  }

  function page(path: string): Record<string, unknown> & { leave(): void } {
    const heard = new Map<string, ((domEvent: object) => void)[]>();
    const held = new Set<string>();
    let alive = true;
    const addEventListener = (name: string, work: (domEvent: object) => void): void => {
      heard.set(name, [...(heard.get(name) ?? []), work]);
    };
    const element = { getAttribute: () => null };
    const document = {
      URL: `https://site.test${path}`,
      body: element,
      title: path,
      referrer: '',
      hidden: false,
      currentScript: { src: 'https://relay.test/waymark.js', dataset: { key: 'pk_test', ...attributes } },
      querySelector: () => null,
      addEventListener,
      get cookie() {
        return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      },
      set cookie(text: string) {
        const [, name = '', value = '', maxAge] = /^(\w+)=([^;]*).*max-age=(\d+)/.exec(text) ?? [];
        if (name === 'wm_id' && value) minted.add(value.split('.')[0] ?? '');
        if (Number(maxAge)) jar.set(name, value);
        else jar.delete(name);
      },
    };
    const window: Record<string, unknown> & { leave(): void } = {
      document,
      location: new URL(`https://site.test${path}`),
      navigation: { addEventListener() {} },
      navigator: {
        userAgent: 'Test',
        language: 'en',
        sendBeacon: (_url: string, body: string) => !!take(body),
        locks: {
          // As browsers do: granted later, kept until the work is done or the page is gone.
          request: async (name: string, options: unknown, work?: (lock: object | null) => unknown) => {
            const run = work ?? (options as (lock: object | null) => unknown);
            await undefined;
            if (work && locks.has(name)) return run(null);
            while (locks.has(name)) await new Promise((resolve) => setImmediate(resolve));
            locks.add(name);
            held.add(name);
            try {
              return await run({});
            } finally {
              locks.delete(name);
            }
          },
        },
      },
      localStorage: new Proxy(
        {},
        {
          ownKeys: () => [...local.keys()],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
          get: (_, name) =>
            ({
              getItem: (key: string) => local.get(key) ?? null,
              setItem: (key: string, value: string) => local.set(key, value),
              removeItem: (key: string) => local.delete(key),
            })[String(name)],
        },
      ),
      performance: { getEntriesByType: () => [{ type: 'navigate' }], now: () => now },
      fetch: async (_url: string, { body }: { body: unknown }) => {
        const answer = JSON.stringify(take(body));
        return { status: 202, text: async () => answer, headers: new Headers() };
      },
      setTimeout: (work: () => void, delayMs = 0) => timers.push({ at: now + delayMs, work: () => alive && work() }),
      clearTimeout: (handle: number) => {
        const timer = timers[handle - 1];
        if (timer) timer.work = () => {};
      },
      crypto: webcrypto,
      innerWidth: 1000,
      queueMicrotask,
      URL,
      URLSearchParams,
      AbortController,
      AbortSignal: { timeout: () => undefined },
      addEventListener,
      leave() {
        for (const name of ['pagehide', 'visibilitychange']) {
          if (name === 'visibilitychange') document.hidden = true;
          for (const work of heard.get(name) ?? []) work({});
        }
        alive = false;
        for (const name of held) locks.delete(name);
      },
    };
    window['window'] = window;
    return window;
  }

  const browser: SimulatedBrowser = {
    judge: () => ({}),
    setCookie: (name, value) => void jar.set(name, value),
    open(path, tab) {
      if (tab) left.get(tab)?.();
      const window = page(path);
      const context = createContext(window);
      runInContext(`Date.now = () => clock()`, Object.assign(context, { clock: () => now }));
      compiled.runInContext(context);
      const opened = tab ?? ({} as SimulatedTab);
      Object.assign(opened, { waymark: window['waymark'], path });
      left.set(opened, () => window.leave());
      return opened;
    },
    events: () => [...arrived.values()],
    minted: () => minted,
    stored: () => [...jar.keys(), ...local.keys()],
    clearCookies: () => jar.clear(),
    clearLocalStorage: () => local.clear(),
    async pass(ms) {
      now += ms;
      for (let turn = 0; turn < 5; turn++) {
        for (const timer of timers)
          if (timer.at <= now) {
            const { work } = timer;
            timer.work = () => {};
            work();
          }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return browser;
}
