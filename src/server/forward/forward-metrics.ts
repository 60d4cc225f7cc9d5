// Forwarding in numbers for Prometheus, by destination. Asked of the store at each scrape, and not kept.
import { Gauge, type Registry } from 'prom-client';
import type { Forward, ForwardStatus } from '../../delivery/index.ts';

const gauges: Record<string, { help: string; value: (status: ForwardStatus, now: number) => number }> = {
  waymark_forward_waiting: { help: 'Events that wait to be forwarded.', value: ({ waiting }) => waiting },
  waymark_forward_oldest_seconds: {
    help: 'How long the one has waited that has waited longest.',
    value: ({ oldestAt }, now) => (oldestAt === undefined ? 0 : (now - oldestAt) / 1000),
  },
  waymark_forward_granted_per_minute: { help: 'Calls a minute granted now.', value: (one) => one.grantedPerMinute },
  waymark_forward_drain_seconds: {
    help: 'Estimated time until nothing waits, if nothing came.',
    value: ({ drainMs }) => drainMs / 1000,
  },
  waymark_forward_up: {
    help: '1: it gets through. 0: paused, blocked or down.',
    value: ({ state }) => (state === 'running' ? 1 : 0),
  },
  waymark_forward_blocked: {
    help: '1: something has to be mended (credentials, scopes, the workspace).',
    value: ({ state }) => (state === 'blocked' ? 1 : 0),
  },
  waymark_forward_sent: { help: 'Events forwarded since the start of the process.', value: ({ sent }) => sent },
  waymark_forward_buried: { help: 'Events given up, to be looked at.', value: ({ buried }) => buried },
  waymark_forward_cut_journeys: {
    help: 'Journeys too long to go as a whole, since the start of the process.',
    value: ({ cutJourneys }) => cutJourneys,
  },
  waymark_forward_possibly_twice: { help: 'Events that may have arrived twice.', value: (one) => one.possiblyTwice },
  waymark_forward_possibly_lost: { help: 'Events that may not have arrived.', value: (one) => one.possiblyLost },
};

/** Returns what brings the gauges up to date. */
export function forwardGauges(
  registry: Registry,
  now: () => number = Date.now,
): (forwards: readonly Forward[]) => Promise<void> {
  const registers = [registry];
  const made = Object.entries(gauges).map(([name, { help, value }]) => ({
    gauge: new Gauge({ name, help, labelNames: ['destination'], registers }),
    value,
  }));
  return async (forwards) => {
    for (const status of await Promise.all(forwards.map((one) => one.status()))) {
      for (const { gauge, value } of made) gauge.set({ destination: status.name }, value(status, now()));
    }
  };
}
