// What the transport uses of the browser: a page, a sandboxed frame or a worker, each of which lacks something.
// Handed in, so that tests can put a simulated browser in its place.

export interface Scope {
  Date: { now(): number };
  Math: { random(): number };
  setTimeout(work: () => void, delayMs: number): number;
  clearTimeout(handle: number): void;
  fetch(url: string, init: RequestInit): Promise<Pick<Response, 'status' | 'text' | 'headers'>>;
  /** Only in Chromium: sends when the page is gone. */
  fetchLater?(url: string, init: RequestInit): unknown;
  CompressionStream?: typeof CompressionStream;
  /** Throws at any touch where storage is blocked. */
  localStorage: Storage;
  navigator: Pick<Navigator, 'sendBeacon'> & { locks?: Pick<LockManager, 'request'> };
  document?: EventTarget & { visibilityState: string; prerendering?: boolean };
  addEventListener: EventTarget['addEventListener'];
}

/** The value, or undefined where making it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
