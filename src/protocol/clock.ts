// When an event really happened, by the relay's clock, whatever the page's clock says (design, "Corrected time").
// Fixed when the event is first stored; order, windows and indexes use it, while the event keeps the `time` it came with.

/** A difference between the two clocks below this is the way of the request, not a wrong clock. */
const latencyMs = 5000;

export interface TimeClues {
  /** The event's own `time`, milliseconds; undefined where it had none. */
  time: number | undefined;
  /** Milliseconds that the page had already added: then its `time` is right. */
  clockoffset?: number | undefined;
  /** The page's own clock when it sent the batch, uncorrected; `deferred` where the browser chose the moment. */
  sent?: number | 'deferred' | undefined;
  /** The relay's clock, milliseconds. */
  receivedAt: number;
}

/** Milliseconds, never later than the receipt. An event without a time happened when it was received. */
export function correctTime({ time, clockoffset, sent, receivedAt }: TimeClues): number {
  if (time === undefined) return receivedAt;
  if (clockoffset !== undefined || typeof sent !== 'number') return Math.min(time, receivedAt);
  const skewMs = receivedAt - sent;
  return Math.min(Math.abs(skewMs) < latencyMs ? time : time + skewMs, receivedAt);
}
