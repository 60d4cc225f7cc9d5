import { describe, expect, it } from 'vitest';
import { fuzz, mayGrowBy } from './run.ts';

describe('five thousand hostile requests', () => {
  it('bring no 5xx and no crash, and leave the memory as it was', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const report = await fuzz(5000, seed);
    expect({ seed, failures: report.failures, alive: report.alive, complaints: report.complaints }).toEqual({
      seed,
      failures: [],
      alive: true,
      complaints: '',
    });
    // Many of them got as far as the events, and were not all turned away at the door.
    expect(report.statuses['202']).toBeGreaterThan(1000);
    expect(report.heapAfter - report.heapBefore).toBeLessThan(mayGrowBy);
  }, 300_000);
});
