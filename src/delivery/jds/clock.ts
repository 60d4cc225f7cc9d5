// Time as the lane sees it, passed in: an outage of an hour takes tests no hour.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment; goes evenly when the clock is set. */
  steady(): number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longer ones overflow Node's timers and would fire at once. */
const longestMs = 2 ** 31 - 1;

export const realClock: Clock = {
  now: Date.now,
  steady: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), longestMs));
      signal?.addEventListener('abort', end);
    }),
};
