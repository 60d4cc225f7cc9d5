// What forwarding tells of itself while it runs: every change once in the log, and the last error in its status.
import type { Breaker, BreakerState } from './breaker.ts';
import type { DryRun } from './dry-run.ts';

export interface ForwardLog {
  info(about: object, message: string): void;
  error(about: object, message: string): void;
}

export interface LastError {
  /** Milliseconds. */
  at: number;
  why: string;
}

export interface Reporter {
  /** Once for each change of the breaker: an outage of a week is no week of log. */
  lookAtBreaker(): void;
  /** Why an event was not taken. For the status only: an outage has as many of them as events. */
  notTaken(why: string): void;
  /** Something here failed. */
  failed(error: unknown): void;
  /** Says so where the traffic would have been more than may go. */
  rehearsed(run: DryRun, perMinute: number): void;
  cutJourney(personId: string): void;
  lastError(): LastError | undefined;
}

export interface ReporterOptions {
  name: string;
  log: ForwardLog;
  breaker: Pick<Breaker, 'state' | 'reason'>;
  now: () => number;
}

export const silent: ForwardLog = { info: () => undefined, error: () => undefined };

export function createReporter({ name, log, breaker, now }: ReporterOptions): Reporter {
  const about = { forward: name };
  let lastError: LastError | undefined;
  let told: BreakerState = 'closed';
  const note = (why: string): void => {
    lastError = { at: now(), why };
  };
  return {
    lookAtBreaker() {
      const state = breaker.state();
      if (state === told) return;
      told = state;
      if (state === 'closed') return log.info(about, 'forwarding goes on');
      const reason = withoutBody(breaker.reason() ?? '');
      log.error({ ...about, state, reason }, 'forwarding does not get through');
    },
    notTaken: note,
    failed(error) {
      note(error instanceof Error ? error.message : String(error));
      log.error({ ...about, err: error }, 'forwarding failed');
    },
    rehearsed({ fits, perMinute }, goes) {
      const would = Math.ceil(perMinute);
      if (!fits) log.error({ ...about, would, goes }, tooMuch(would, goes));
    },
    cutJourney(personId) {
      log.error({ ...about, personId }, 'forwarding: a journey is too long, and only the newest part of it goes');
    },
    lastError: () => lastError,
  };
}

function tooMuch(would: number, goes: number): string {
  return `forward: yesterday's traffic would be ${would} events a minute, and ${goes} may go: the backlog would grow for ever; narrow rules.allow, rules.sample or rules.coalesce, or raise perMinute`;
}

/** An answer may repeat what was sent: logs name nobody. */
function withoutBody(reason: string): string {
  return /^HTTP \d+/.exec(reason)?.[0] ?? reason;
}
