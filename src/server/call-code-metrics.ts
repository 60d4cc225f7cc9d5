// What became of the call codes that somebody tried to redeem, for Prometheus: many that are unknown are somebody who guesses.
import { Counter, type Registry } from 'prom-client';
import type { JourneyOptions } from '../journey/index.ts';

/** Returns what counts one. */
export function callCodeCounter(registry: Registry): NonNullable<JourneyOptions['onCallCode']> {
  const redemptions = new Counter({
    name: 'waymark_call_codes_total',
    help: 'Attempts to redeem a call code, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return (outcome) => redemptions.inc({ outcome });
}
