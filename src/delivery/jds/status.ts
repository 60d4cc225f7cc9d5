// How it stands with a destination, for operators and metrics.
import type { Store } from '../../store/index.ts';
import type { Breaker } from './breaker.ts';
import type { Doubts } from './doubts.ts';
import type { Gate } from './gate.ts';
import { readPayload } from './plan.ts';
import type { Rate } from './rate.ts';
import type { LastError } from './reporter.ts';

export interface ForwardStatus {
  name: string;
  /** `paused`: by an operator. `blocked`: by something to mend, see `reason`; probed every minute. `down`: it does not answer. */
  state: 'running' | 'paused' | 'blocked' | 'down';
  reason?: string;
  waiting: number;
  /** When that which has waited longest came, milliseconds. */
  oldestAt?: number;
  buried: number;
  grantedPerMinute: number;
  /** Until nothing waits, if nothing came. */
  drainMs: number;
  lastError?: LastError;
  /** Since the start of this process. */
  sent: number;
  inFlight: number;
  possiblyTwice: number;
  possiblyLost: number;
  /** Journeys that were too long, so that only their newest part went; since the start of this process. */
  cutJourneys: number;
}

export interface StatusParts {
  name: string;
  store: Pick<Store, 'backlog'>;
  lane: string;
  gate: Gate;
  breaker: Breaker;
  rate: Rate;
  doubts: Doubts;
  sent: number;
  inFlight: number;
  cutJourneys: number;
  lastError: LastError | undefined;
}

export async function readStatus(parts: StatusParts): Promise<ForwardStatus> {
  const { name, store, lane, gate, breaker, rate, doubts, lastError, sent, inFlight, cutJourneys } = parts;
  const { waiting, buried, oldest } = await store.backlog(lane);
  const reason = breaker.reason();
  const grantedPerMinute = rate.granted();
  return {
    name,
    state: gate.state() === 'paused' ? 'paused' : states[breaker.state()],
    ...(reason !== undefined && { reason }),
    waiting,
    ...(oldest && { oldestAt: readPayload(oldest.payload).at }),
    buried,
    grantedPerMinute,
    drainMs: Math.ceil((waiting / grantedPerMinute) * 60_000),
    ...(lastError && { lastError }),
    sent,
    inFlight,
    possiblyTwice: doubts.count('possiblyTwice'),
    possiblyLost: doubts.count('possiblyLost'),
    cutJourneys,
  };
}

const states = { closed: 'running', open: 'down', blocked: 'blocked' } as const;
