import { describe, expect, it } from 'vitest';
import { createGcra } from '../../src/access/gcra.ts';

function aLimit(options: { perSecond: number; burst: number; maxNames?: number }) {
  const clock = { ms: 1000 };
  const { maxNames, ...rate } = options;
  const gcra = createGcra({ rate, now: () => clock.ms, ...(maxNames !== undefined && { maxNames }) });
  const ask = (name: string, cost = 1) => {
    const waitMs = gcra.waitMs(name, cost);
    if (waitMs === 0) gcra.take(name, cost);
    return waitMs;
  };
  return { clock, gcra, ask };
}

describe('a rate limit', () => {
  it('lets the burst through at once and the rate in the long run', () => {
    const { clock, ask } = aLimit({ perSecond: 10, burst: 5 });
    expect([1, 2, 3, 4, 5].map(() => ask('a'))).toEqual([0, 0, 0, 0, 0]);
    expect(ask('a')).toBe(100);
    clock.ms += 100;
    expect(ask('a')).toBe(0);
    let passed = 0;
    for (let step = 0; step < 10_000; step++) {
      clock.ms += 1;
      if (ask('a') === 0) passed++;
    }
    expect(passed).toBeGreaterThanOrEqual(99);
    expect(passed).toBeLessThanOrEqual(105);
  });

  it('says exactly how long to wait', () => {
    const { clock, ask } = aLimit({ perSecond: 50, burst: 500 });
    ask('a', 500);
    const waitMs = ask('a', 20);
    expect(waitMs).toBe(400);
    clock.ms += waitMs - 1;
    expect(ask('a', 20)).toBeGreaterThan(0);
    clock.ms += 1;
    expect(ask('a', 20)).toBe(0);
  });

  it('counts each name by itself', () => {
    const { ask } = aLimit({ perSecond: 1, burst: 1 });
    expect([ask('a'), ask('b'), ask('a')]).toEqual([0, 0, 1000]);
  });

  it('lets pass what is larger than the burst once nothing else is ahead, or it never would', () => {
    const { clock, ask } = aLimit({ perSecond: 100, burst: 10 });
    expect(ask('a', 200)).toBe(0);
    expect(ask('a', 200)).toBeGreaterThan(0);
    clock.ms += 2000;
    expect(ask('a', 200)).toBe(0);
  });

  it('keeps a part of the burst for those who may use all of it', () => {
    const { gcra } = aLimit({ perSecond: 1, burst: 100 });
    gcra.take('key', 80);
    expect(gcra.waitMs('key', 1, { share: 0.75 })).toBeGreaterThan(0);
    expect(gcra.waitMs('key', 1)).toBe(0);
  });

  it('holds a bounded number of names, and forgets the longest unseen first', () => {
    const { ask } = aLimit({ perSecond: 0.001, burst: 1, maxNames: 100 });
    expect(ask('first')).toBe(0);
    for (let index = 0; index < 40; index++) ask(`name-${index}`);
    expect(ask('first')).toBeGreaterThan(0);
    for (let index = 0; index < 1000; index++) ask(`other-${index}`);
    expect(ask('first')).toBe(0);
  });
});
