// The script-tag entry: `<script async src="https://events.example.com/waymark.js" data-key="pk_…"></script>` is enough.
// Reads its options from the tag, puts a tracker behind the global `waymark`, and replays in order the calls that the
// inline stub has queued: `waymark('track', 'quote', { … })`, or once loaded also `waymark.track('quote', { … })`.
import type { Consent } from '../protocol/index.ts';
import type { Tracker } from './options.ts';
import { createTracker } from './tracker.ts';

type Queue = { q?: ArrayLike<unknown>[] };
type Loaded = { loaded?: true };
type Page = { waymark?: ((...call: unknown[]) => void) & Queue & Loaded & Partial<Tracker> };

try {
  start(globalThis as Page);
} catch {
  // The page comes first.
}

function start(page: Page): void {
  // `currentScript` is null in modules and where a tag manager has wrapped the tag.
  const script = (document.currentScript ?? document.querySelector('script[data-key]')) as HTMLScriptElement | null;
  const stub = page.waymark;
  if (!script || stub?.loaded) return;
  const { key, endpoint, source, consent, visits } = script.dataset;
  if (!key) return;
  const tracker = createTracker({
    key,
    endpoint: endpoint ?? new URL('/collect', script.src).href,
    ...(source && { source }),
    ...(consent && { consent: consent as Consent }),
    ...(visits === 'manual' && { visits }),
  });
  const call = (...[name, ...args]: unknown[]): void => {
    const method = tracker[name as keyof Tracker] as ((...args: unknown[]) => void) | undefined;
    method?.(...args);
  };
  page.waymark = Object.assign(call, tracker, { loaded: true as const });
  for (const queued of stub?.q ?? []) call(...Array.from(queued));
}
