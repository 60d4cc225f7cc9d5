// What the relay counts, for Prometheus. Labels come from closed sets only (configured keys among them): nothing that
// a sender writes becomes one, or a flood of invented values would fill the memory.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EventResult, ProblemCode } from '../protocol/index.ts';
import { type Counters, counterNames } from './page-counters.ts';
import type { Shed } from './throttle.ts';
import type { BrowserClass } from './visitor-facts.ts';

export type ClaimOutcome = 'proven' | 'bad-token' | 'no-token' | 'conflict' | 'blocked' | 'limit';

export interface RelayMetrics {
  answered(status: number, code: ProblemCode | undefined, seconds: number): void;
  /** A whole request of a page; `key` as `keyLabel` has it. */
  refused(key: string, code: ProblemCode): void;
  settled(results: readonly EventResult[]): void;
  shed(by: Shed['by'] | 'visitor' | 'quota', events: number): void;
  claimed(mode: 'enforce' | 'report' | 'off', outcome: ClaimOutcome): void;
  pageTold(browser: BrowserClass, counters: Counters): void;
  deadLetter(code: ProblemCode, kept: boolean): void;
  /** Where to look how many events wait for the disk. */
  watchPending(pending: () => number): void;
}

export function createRelayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'waymark_collect_requests_total',
    help: 'Requests to the collect endpoint by HTTP status and problem code.',
    labelNames: ['status', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'waymark_collect_seconds',
    help: 'Time from the headers of a request to its answer.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const refused = new Counter({
    name: 'waymark_key_refusals_total',
    help: 'Requests of pages that were refused, by site key (unknown: none of ours) and problem code.',
    labelNames: ['key', 'code'],
    registers,
  });
  const events = new Counter({
    name: 'waymark_collect_events_total',
    help: 'Events by result and code.',
    labelNames: ['result', 'code'],
    registers,
  });
  const shed = new Counter({
    name: 'waymark_collect_shed_total',
    help: 'Events or requests put off, by what was over its limit.',
    labelNames: ['by'],
    registers,
  });
  const claims = new Counter({
    name: 'waymark_identity_claims_total',
    help: 'Claims of a known identity by the mode of the workspace and what became of them.',
    labelNames: ['mode', 'outcome'],
    registers,
  });
  const pages = new Counter({
    name: 'waymark_page_events_total',
    help: 'What pages tell of their own events; dropped / made is the loss rate.',
    labelNames: ['browser', 'what'],
    registers,
  });
  const deadLetters = new Counter({
    name: 'waymark_dead_letters_total',
    help: 'Refused events that were kept, or not for lack of room.',
    labelNames: ['code', 'kept'],
    registers,
  });

  return {
    answered(status, code, duration) {
      requests.inc({ status, code: code ?? 'none' });
      seconds.observe(duration);
    },
    refused: (key, code) => refused.inc({ key, code }),
    settled(results) {
      for (const { result, code, count } of tally(results).values())
        events.inc({ result, code: code ?? 'none' }, count);
    },
    shed: (by, count) => shed.inc({ by }, count),
    claimed: (mode, outcome) => claims.inc({ mode, outcome }),
    pageTold(browser, counters) {
      for (const [index, what] of counterNames.entries()) pages.inc({ browser, what }, counters[index]);
    },
    deadLetter: (code, kept) => deadLetters.inc({ code, kept: String(kept) }),
    watchPending(pending) {
      new Gauge({
        name: 'waymark_collect_pending_events',
        help: 'Events that wait for the disk.',
        registers,
        collect() {
          this.set(pending());
        },
      });
    },
  };
}

interface Tally {
  result: EventResult['result'];
  code: ProblemCode | undefined;
  count: number;
}

/** Mostly all the same, so counted before the slower counters of Prometheus are asked. */
function tally(results: readonly EventResult[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { result, code } of results) {
    const name = code === undefined ? result : `${result} ${code}`;
    const found = tallies.get(name);
    if (found) found.count++;
    else tallies.set(name, { result, code, count: 1 });
  }
  return tallies;
}
