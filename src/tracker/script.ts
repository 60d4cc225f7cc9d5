// The script-tag entry: `<script async src="https://events.example.com/waymark.js" data-key="pk_…"></script>` is enough.
// Reads its options from the tag (`data-visits="manual"`), and from a call where they are functions or the tag has lost
// them: `waymark('init', { … })`. Puts a tracker behind the global `waymark`, and replays in order the calls that the
// inline stub has queued: `waymark('track', 'quote', { … })`, or once loaded also `waymark.track('quote', { … })`.
import { attempt } from '../protocol/index.ts';
import type { Tracker } from './calls.ts';
import type { TrackerOptions } from './options.ts';
import { startTracker } from './tracker.ts';

type Call = (...call: unknown[]) => void;
type Stub = Call & { q?: unknown[][]; version?: string } & Partial<Tracker>;
type Page = { waymark?: Stub };

attempt(() => start(globalThis as Page));

function start(page: Page): void {
  const stub = page.waymark;
  if (stub?.getState) return;
  // `currentScript` is null in modules and where a tag manager has wrapped the tag.
  const script = document.currentScript || document.querySelector('script[data-key]');
  const { src, dataset } = (script ?? {}) as Partial<HTMLScriptElement>;
  // Also where there is none, or something else by its name: nothing is thrown, for V8 takes milliseconds to word its error.
  const queue = stub?.q?.filter?.((queued) => queued?.[0]) ?? [];
  const options = Object.assign(
    { endpoint: src && new URL('/collect', src).href },
    ...Object.entries(dataset ?? {}).map(([name, text]) => ({ [name]: readValue(text as string) })),
    ...queue.map(([name, given]) => name === 'init' && given),
  ) as TrackerOptions;
  const base = new URL(src || options.endpoint, document.baseURI);
  // Firefox remembers as long as the page lives that a module could not be loaded; the next try has another address.
  const part =
    (name: string, tries = 0) =>
    () =>
      import(new URL(`waymark-${name}.js?${tries}`, base).href).catch((error) => {
        tries++;
        throw error;
      });
  const tracker = startTracker(options, {
    more: part('more'),
    debug: part('debug'),
    rescue: part('rescue'),
  });
  const call: Call = (name, ...args) => {
    // Also what is no name at all.
    attempt(() => ((tracker[name as keyof Tracker] ?? (() => tracker._unknown(name))) as Call)(...args));
  };
  page.waymark = Object.assign(call, tracker);
  for (const queued of queue) if (queued[0] !== 'init') call(...queued);
}

/** `true`, `false` and JSON lists and objects are what they say; an attribute without a value is true. */
function readValue(text: string): unknown {
  return /^([[{]|true$|false$|$)/.test(text) ? attempt(() => JSON.parse(text || 'true')) : text;
}
