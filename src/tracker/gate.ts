// Lets calls through when the visitor allows it, with one temporaryId for all tabs. Until then they wait in memory, in
// order; when the visitor declines they are dropped.
import type { Consent } from '../protocol/index.ts';
import { attempt } from '../protocol/index.ts';
import type { Explain } from './parts.ts';

/** A page that never asks for consent is not to grow for ever. */
const maxHeld = 1_000;

/** For a cookie store that may never answer. */
const longestWaitMs = 1_000;

export interface Gate {
  /** Does it now, or later; false where it never will be done. */
  _pass(work: () => void): boolean;
  _consent(): Consent;
  _setConsent(consent: Consent): void;
  /** Whether the visitor's temporaryId may be asked for. */
  _open(): boolean;
  _held(): number;
  _start(initial: Consent): void;
  /** The page is going: no time to agree with other tabs. */
  _hurry(): void;
  _close(): void;
}

/**
 * The tabs with one site key tell each other a change of consent. `lives`: whether this browser has a temporaryId and a
 * session; `mint` makes them.
 */
export function createGate(
  key: string,
  lives: () => unknown,
  mint: () => void,
  onOpen: () => void,
  onDenied: () => void,
  explain: Explain,
): Gate {
  const name = `waymark.${key}`;
  let consent: Consent = 'denied';
  let held: (() => void)[] = [];
  let open = false;
  let channel: BroadcastChannel | undefined;

  function apply(next: Consent): void {
    consent = next;
    explain(next);
    if (granted() && !lives() && navigator.locks) navigator.locks.request(name, mintAlone).then(hurry, hurry);
    else hurry();
    open &&= granted();
    if (next !== 'denied') return;
    held = [];
    onDenied();
  }

  /** Two tabs that start at once would each make an id and a session; under a lock the second finds the first one's. */
  async function mintAlone(): Promise<void> {
    // In Firefox another tab's cookie comes late to `document.cookie`, but is there before an answer of the store's.
    await Promise.race([
      attempt(() => cookieStore.get('wm_id')),
      new Promise((resolve) => setTimeout(resolve, longestWaitMs)),
    ]);
    if (granted()) mint();
  }

  function granted(): boolean {
    return consent === 'granted';
  }

  function hurry(): void {
    if (open || !granted()) return;
    open = true;
    onOpen();
    for (const work of held.splice(0)) work();
  }

  return {
    _pass(work) {
      if (open) work();
      else if (consent !== 'denied' && held.length < maxHeld) held.push(work);
      return consent !== 'denied';
    },
    _consent: () => consent,
    _setConsent(next) {
      apply(next);
      channel?.postMessage(next);
    },
    _open: () => open,
    _held: () => held.length,
    _start(initial) {
      channel = attempt(() => new BroadcastChannel(name));
      if (channel) channel.onmessage = ({ data }) => apply(data);
      apply(initial);
    },
    _hurry: hurry,
    _close() {
      consent = 'denied';
      open = false;
      channel?.close();
    },
  };
}
