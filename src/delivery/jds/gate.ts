// Whether calls may leave: not while an operator has paused, and never again after a stop. What has been claimed and waits
// for its place in the rate goes back then.

export interface Gate {
  state(): 'open' | 'paused' | 'stopped';
  /** Aborted as soon as nothing may leave any more. Of the time since the last `resume`: ask again for each call. */
  signal(): AbortSignal;
  pause(): void;
  resume(): void;
  stop(): void;
}

export function createGate({ isPaused }: { isPaused: boolean }): Gate {
  let state: ReturnType<Gate['state']> = 'open';
  let closing = new AbortController();
  const close = (to: 'paused' | 'stopped'): void => {
    if (state !== 'stopped') state = to;
    closing.abort();
  };
  if (isPaused) close('paused');
  return {
    state: () => state,
    signal: () => closing.signal,
    pause: () => close('paused'),
    resume() {
      if (state !== 'paused') return;
      state = 'open';
      closing = new AbortController();
    },
    stop: () => close('stopped'),
  };
}
