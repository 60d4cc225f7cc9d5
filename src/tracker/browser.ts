// What the browser says about whoever looks at the page, and about when they do.
import type { Listen } from './listen.ts';

/**
 * Nobody looks: a program drives the browser, or a service indexes or renders pages for others.
 * A developer's own tests run on the machine's own names; there somebody is looking after all.
 */
export function isAutomated(): boolean {
  const { webdriver, userAgent } = navigator;
  if (/(^|\.)localhost$|^127\.|^\[::1\]/.test(location.hostname)) return false;
  // Not the phones called Cubot.
  return webdriver || /[^u]bot\b|crawl|spider|prerender|headless|lighthouse/i.test(userAgent);
}

/** Global Privacy Control (w3c.github.io/gpc). */
export function asksForPrivacy(): boolean | undefined {
  return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
}

/** At once, or when a page that was rendered ahead is shown. */
export function whenShown(listen: Listen, show: () => void): void {
  if ((document as Document & { prerendering?: boolean }).prerendering) listen(document, 'prerenderingchange', show);
  else show();
}
