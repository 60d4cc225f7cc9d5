// What the fault tests ask of a browser, small enough for every tool that drives one. What a tool cannot do is absent,
// and the tests that need it are not registered for it.
import { setTimeout as delay } from 'node:timers/promises';

export interface Driver {
  name: string;
  /** Sends without another visit what was left with it, and what a beacon took. */
  sendsAfterClose: boolean;
  /** Has fetchLater. */
  fetchLater: boolean;
  /** A fresh profile, in a browser that other visitors may share. */
  visitor(): Promise<Visitor>;
  /** A fresh profile in a browser process of its own. */
  ownBrowser?(): Promise<OwnBrowser>;
  close(): Promise<void>;
}

export interface Visitor {
  open(url: string, before?: string): Promise<Tab>;
  /** As the browser itself knows it: `navigator.onLine` follows. */
  setOffline?(offline: boolean): Promise<void>;
  /** Closes all tabs and windows; the profile stays. */
  close(): Promise<void>;
}

export interface Tab {
  goto(url: string): Promise<void>;
  /** Runs a function in the page. */
  run<Value, Given>(work: (given: Given) => Value | Promise<Value>, given?: Given): Promise<Value>;
  /** To the page before, from the back/forward cache if it is there. */
  back(): Promise<void>;
  close(): Promise<void>;
  /** Kills the renderer. */
  crash?(): Promise<void>;
  /** Brings another tab of the window in front, so that this one is hidden. */
  cover?(): Promise<void>;
}

export interface OwnBrowser extends Visitor {
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with the same profile. */
  restart(): Promise<void>;
}

/**
 * When it is closed, or after ten seconds: Chromium sometimes keeps a window that was told to close while it navigated (1 of 100
 * on a busy machine), and its tool waits for ever. The page has gone by then, and the window goes with the browser.
 */
export function closed(closing: Promise<void>): Promise<void> {
  return Promise.race([closing, delay(10_000, undefined, { ref: false })]);
}
