// When a visit is: on load, on a change of route, on a return from the back/forward cache. Once per settled page: routers
// that call replaceState and pushState for one click, or set the title a little later, count once. What has not settled
// when the page is left, or when something is told that the visit goes before, is told then.
import { attempt } from '../protocol/index.ts';
import type { Listen } from './listen.ts';
import type { VisitNames } from './options.ts';

/** Long enough for a router to finish and set the title, short enough to go with the page's first batch. */
const settleMs = 200;

export interface Arrival {
  /** Milliseconds on the page's clock. */
  _at: number;
  _url: string;
  _referrer: string;
  /** How it came: `navigate`, `reload`, `back`, `prerender`, or `restore` from the back/forward cache. */
  _how: string;
}

export interface Visits {
  /** Tells at once what has not settled. */
  _settle(): void;
  /** Tells the current page, if it is not the one that was told last. */
  _look(how?: string, at?: number): void;
  /** Tells the current page, in place of what has not settled. */
  _visit(names: VisitNames | undefined): void;
}

/**
 * `clean`: see cleanUrl. `told`: the address of the page that was told last.
 * `tell`: with `names` where the site has asked for it; false where nobody may be told.
 */
export function createVisits(
  clean: (address: string) => string,
  told: () => string | undefined,
  tell: (arrival: Arrival, names?: VisitNames) => boolean,
): Visits {
  let referrer: string | undefined;
  let pending: Arrival | undefined;
  let timer = 0;

  function take(_how = 'navigate', _at = Date.now()): Arrival {
    clearTimeout(timer);
    referrer ??= clean(document.referrer);
    const arrival = { _at, _how, ...pending, _url: clean(document.URL), _referrer: referrer };
    pending = undefined;
    return arrival;
  }

  function visit(names?: VisitNames): void {
    const arrival = take();
    if (tell(arrival, names)) referrer = arrival._url;
  }

  function settle(): void {
    if (pending) visit();
  }

  return {
    _settle: settle,
    _look(how, at) {
      const arrival = take(how, at);
      if (arrival._url === told()) return;
      pending = arrival;
      timer = setTimeout(() => attempt(settle), settleMs);
    },
    _visit: (names) => visit(names ?? {}),
  };
}

/** In the browsers of 2026 (html.spec.whatwg.org, "Navigation API"); for those before them see routes.ts. */
export const navigation: EventTarget | undefined = (globalThis as { navigation?: EventTarget }).navigation;

type Navigated = { type?: string; activationStart?: number };

/**
 * Looks where the visitor, the back/forward cache or a router may have brought another page, and once now, for a visit
 * that began at `at`.
 */
export function followRoutes(listen: Listen, look: Visits['_look'], forget: () => void, at: number): void {
  if (navigation)
    listen(navigation, 'currententrychange', (change) =>
      look((change as Event & { navigationType?: string }).navigationType === 'traverse' ? 'back' : undefined),
    );
  listen(window, 'pageshow', (shown) => {
    if (!(shown as PageTransitionEvent).persisted) return;
    forget();
    look('restore');
  });
  const [entry] = attempt(() => performance.getEntriesByType('navigation') as Navigated[]) ?? [];
  look(entry?.activationStart ? 'prerender' : entry?.type?.replace('_forward', ''), at);
}
