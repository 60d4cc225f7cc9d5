// When a webhook that failed is tried again, and when an address that keeps failing is left alone.

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** About a day and a half in all. After the last the delivery is given up. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  16 * hour,
];

/** Whatever a receiver asks for. */
export const maxRetryAfterMs: number = 24 * hour;

export interface RetryOptions {
  /** Failed attempts of the delivery, this one included. */
  attempts: number;
  delaysMs: readonly number[];
  /** What the receiver asked for. */
  retryAfterMs?: number;
  random: () => number;
}

/** The delay in whole milliseconds, with a fifth of it up or down, so that what failed together does not come back together; undefined: give up. */
export function retryDelay({ attempts, delaysMs, retryAfterMs = 0, random }: RetryOptions): number | undefined {
  const delay = delaysMs[attempts - 1];
  if (delay === undefined) return undefined;
  return Math.round(Math.max(delay * (0.8 + 0.4 * random()), Math.min(retryAfterMs, maxRetryAfterMs)));
}

/** How long an address rests after so many failures in a row; undefined while it is still tried as usual. */
export function pauseAfter(failures: number, least: number): number | undefined {
  if (failures < least) return undefined;
  const pauses = [minute, 5 * minute, 30 * minute, hour];
  return pauses[Math.min(failures - least, pauses.length - 1)];
}
