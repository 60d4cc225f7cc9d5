// DOM events, heard before the page's own listeners and given up together.

export interface Listener {
  on(target: EventTarget, name: string, work: (domEvent: Event) => void): void;
  /** The page may be going: the last moment to tell anything. */
  onHide(work: () => void): void;
  stop(): void;
}

export function createListener(): Listener {
  const stopped = new AbortController();
  const on: Listener['on'] = (target, name, work) =>
    target.addEventListener(name, work, { capture: true, passive: true, signal: stopped.signal });
  return {
    on,
    onHide(work) {
      // Both: a page that is left says `pagehide` while it is still visible, a tab that is put aside says only the other.
      on(window, 'visibilitychange', () => document.hidden && work());
      on(window, 'pagehide', work);
    },
    stop: () => stopped.abort(),
  };
}
