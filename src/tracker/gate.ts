// Lets calls through when the visitor allows it and there is a page to tell about, with one temporaryId for all tabs.
// Until then they wait in memory, in order; when the visitor declines they are dropped.
import type { Consent } from '../protocol/index.ts';
import { attempt } from './attempt.ts';

/** A page that never asks for consent is not to grow for ever. */
const maxHeld = 1_000;

export interface Gate {
  /** Does it now, or later; false where it never will be done. */
  _pass(work: () => void): boolean;
  _consent(): Consent;
  _setConsent(consent: Consent): void;
  /** Whether the visitor's temporaryId may be asked for. */
  _allowed(): boolean;
  _held(): number;
  /** The page is there. */
  _start(): void;
  /** The page is going: no time to agree with other tabs. */
  _hurry(): void;
  _close(): void;
}

export interface GateOptions {
  /** The tabs with one site key tell each other a change of consent. */
  _key: string;
  _initial: Consent;
  /** Whether this browser has a temporaryId and a session. */
  _lives: () => boolean;
  /** Makes them. */
  _mint: () => void;
  _onOpen: () => void;
  _onDenied: () => void;
}

export function createGate({ _key, _initial, _lives, _mint, _onOpen, _onDenied }: GateOptions): Gate {
  const name = `waymark.${_key}`;
  let consent = _initial;
  let held: (() => void)[] = [];
  let started = false;
  let open = false;
  const channel = attempt(() => new BroadcastChannel(name));
  if (channel) channel.onmessage = ({ data }) => apply(data);

  const allowed = (): boolean => started && consent === 'granted';

  function apply(next: Consent): void {
    consent = next;
    open &&= allowed();
    if (!started) return;
    // Two tabs that start at once would each make an id and a session; under a lock the second finds the first one's.
    if (allowed() && !_lives() && navigator.locks)
      navigator.locks.request(name, () => allowed() && _mint()).then(hurry, hurry);
    else hurry();
    if (next !== 'denied') return;
    held = [];
    _onDenied();
  }

  function hurry(): void {
    if (open || !allowed()) return;
    open = true;
    _onOpen();
    for (const work of held.splice(0)) work();
  }

  return {
    _pass(work) {
      if (consent === 'denied') return false;
      if (open) work();
      else if (held.length < maxHeld) held.push(work);
      return true;
    },
    _consent: () => consent,
    _setConsent(next) {
      apply(next);
      channel?.postMessage(next);
    },
    _allowed: allowed,
    _held: () => held.length,
    _start() {
      if (started) return;
      started = true;
      apply(consent);
    },
    _hurry: hurry,
    _close() {
      consent = 'denied';
      open = false;
      channel?.close();
    },
  };
}
