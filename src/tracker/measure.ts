// How long a page was looked at and how far it was scrolled: told when the page is left or put aside, hidden from agents.
// Counts only while the page is visible and has the focus, so an open tab that nobody looks at adds nothing.
import type { Host } from './parts.ts';

/** Less is not worth a line in anybody's journey. */
const minMs = 1_000;

export function measureVisits({ listen, onHide, tell, cleanUrl, onVisit }: Host): void {
  let page = cleanUrl(location.href);
  let engagedMs = 0;
  let since = 0;
  let depth = 0;
  let frame = 0;

  const looking = (): boolean => !document.hidden && document.hasFocus();

  function count(): void {
    const now = performance.now();
    if (since) engagedMs += now - since;
    since = looking() ? now : 0;
  }

  /** The layout is read once a frame at most, and only while the page is scrolled. */
  function scrolled(): void {
    frame = 0;
    const { scrollHeight } = document.documentElement;
    depth = Math.max(depth, Math.min(100, Math.round((100 * (scrollY + innerHeight)) / scrollHeight)) || 0);
  }

  function report(): void {
    count();
    if (engagedMs < minMs) return;
    tell(
      'webengagement',
      { url: page, engagedMs: Math.round(engagedMs), scrollDepth: depth, uiData: { hidden: 'measurement' } },
      2,
    );
    engagedMs = 0;
  }

  const onScroll = (): void => {
    if (!frame) frame = requestAnimationFrame(scrolled);
  };

  count();
  onScroll();
  for (const name of ['focus', 'blur', 'pageshow']) listen(window, name, count);
  listen(window, 'scroll', onScroll);
  listen(document, 'visibilitychange', count);
  onHide(report);
  onVisit((url) => {
    if (url !== page) report();
    page = url;
    depth = 0;
    onScroll();
  });
}
