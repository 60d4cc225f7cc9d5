// DOM events, heard before the page's own listeners and given up together.

import { attempt } from '../protocol/index.ts';

/** Calls `work` for each event of this name. */
export type Listen = (target: EventTarget, name: string, work: (domEvent: Event) => void) => void;

/** The second stops all of it. */
export function createListen(): [listen: Listen, stop: () => void] {
  const stopped = new AbortController();
  const where = { capture: true, signal: stopped.signal };
  return [
    (target, name, work) =>
      attempt(() => target.addEventListener(name, (domEvent) => attempt(() => work(domEvent)), where)),
    () => stopped.abort(),
  ];
}

/** The page may be going: the last moment to tell anything. */
export function onHide(listen: Listen, work: () => void): void {
  // Both: a page that is left says `pagehide` while it is still visible, a tab that is put aside says only the other.
  listen(window, 'visibilitychange', () => document.hidden && work());
  listen(window, 'pagehide', work);
}
