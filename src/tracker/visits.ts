// When a visit is: on load, on a change of route, on a return from the back/forward cache. Once per settled page: routers
// that call replaceState and pushState for one click, or set the title a little later, count once. What has not settled
// when the page is left, or when something is told that the visit goes before, is told then.
import type { Listener } from './listen.ts';
import { cleanUrl } from './page.ts';

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
  /** Tells the current page, if it has not been told. */
  _look(how?: string): void;
  /** The visit to the current page for the site to tell by itself, in place of the one that has not settled. */
  _take(): Arrival;
  /** What was told is forgotten. */
  _untell(): void;
}

export interface VisitsOptions {
  _now: () => number;
  _parameters: readonly string[] | undefined;
  /** False where nobody may be told; the page then counts as not told. */
  _onVisit: (arrival: Arrival) => boolean;
}

export function createVisits({ _now, _parameters, _onVisit }: VisitsOptions): Visits {
  let last: string | undefined;
  let referrer = cleanUrl(document.referrer);
  let pending: Arrival | undefined;
  let timer = 0;

  function take(how = 'navigate'): Arrival {
    const url = cleanUrl(location.href, _parameters);
    const arrival = { _at: _now(), _how: how, ...pending, _url: url, _referrer: referrer };
    clearTimeout(timer);
    pending = undefined;
    return arrival;
  }

  function settle(): void {
    if (!pending || !document.body) return;
    const arrival = take();
    if (_onVisit(arrival)) last = referrer = arrival._url;
  }

  return {
    _settle: settle,
    _look(how) {
      const arrival = take(how);
      if (arrival._url === last) return;
      pending = arrival;
      timer = setTimeout(settle, settleMs);
    },
    _take() {
      const arrival = take();
      last = referrer = arrival._url;
      return arrival;
    },
    _untell() {
      last = undefined;
    },
  };
}

/** In the browsers of 2026 (html.spec.whatwg.org, "Navigation API"); for those before them see routes.ts. */
export const navigation: EventTarget | undefined = (globalThis as { navigation?: EventTarget }).navigation;

type Navigated = { type?: string; activationStart?: number };

/** Looks where the visitor, the back/forward cache or a router may have brought another page, and once now. */
export function followRoutes({ on }: Listener, { _look, _untell }: Visits): void {
  if (navigation)
    on(navigation, 'currententrychange', (change) =>
      _look((change as Event & { navigationType?: string }).navigationType === 'traverse' ? 'back' : undefined),
    );
  on(window, 'pageshow', (shown) => {
    if (!(shown as PageTransitionEvent).persisted) return;
    _untell();
    _look('restore');
  });
  const [entry] = performance.getEntriesByType('navigation') as Navigated[];
  _look(entry?.activationStart ? 'prerender' : entry?.type?.replace('_forward', ''));
}
