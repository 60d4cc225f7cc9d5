// When an event really happened, as far as the relay can tell. Fixed when the event is first stored; order, windows
// and indexes use it, while the event keeps the `time` it came with (design, "Corrected time").

/** Differences below this between the page's clock and ours are the way of the request, not a wrong clock. */
const latencyMs = 5_000;

export interface TimeClues {
  /** The event's own `time`, milliseconds; undefined where it had none. */
  time: number | undefined;
  /** Milliseconds that the page had already added: then its `time` is right. */
  clockoffset?: number | undefined;
  /** The page's clock when it sent the batch; `deferred` where the browser chose the moment. */
  sent?: number | 'deferred' | undefined;
  /** The relay's clock, milliseconds. */
  receivedAt: number;
}

/** Milliseconds, never later than `receivedAt`. */
export function correctTime({ time, clockoffset, sent, receivedAt }: TimeClues): number {
  if (time === undefined) return receivedAt;
  if (clockoffset !== undefined || !Number.isSafeInteger(sent)) return Math.min(time, receivedAt);
  const skewMs = receivedAt - Number(sent);
  return Math.min(Math.abs(skewMs) < latencyMs ? time : time + skewMs, receivedAt);
}
