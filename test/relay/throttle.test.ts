import { describe, expect, it } from 'vitest';
import { createThrottle, throttleLimits } from '../../src/relay/throttle.ts';

const source = { key: 'pk_a', network: '203.0.113.7' };

describe('the throttle', () => {
  it('tells which limit was met', () => {
    const throttle = createThrottle({ ...throttleLimits, address: { perSecond: 10, burst: 100 } }, () => 0);
    expect(throttle.check(source, 10, true)).toBeUndefined();
    throttle.take(source, 100);
    expect(throttle.check(source, 10, true)).toEqual({ by: 'address', waitMs: 1000 });
    expect(throttle.check({ ...source, network: '203.0.113.8' }, 10, true)).toBeUndefined();
    throttle.take({ ...source, network: 'many others' }, 9_900);
    expect(throttle.check({ ...source, network: '203.0.113.8' }, 10, true)?.by).toBe('key');
  });

  it('sheds strangers before visitors who proved to hold their temporaryId, on the key and in the queue', () => {
    const throttle = createThrottle({ ...throttleLimits, maxPending: 100, key: { perSecond: 1, burst: 100 } }, () => 0);
    throttle.take(source, 80);
    expect(throttle.check(source, 1, false)?.by).toBe('key');
    expect(throttle.check(source, 1, true)).toBeUndefined();
    throttle.begin(80);
    expect(throttle.check({ ...source, key: 'pk_b' }, 1, false)?.by).toBe('queue');
    expect(throttle.check({ ...source, key: 'pk_b' }, 1, true)).toBeUndefined();
    throttle.end(80);
    expect(throttle.check({ ...source, key: 'pk_b' }, 1, false)).toBeUndefined();
  });

  it("prefers a key's own rate", () => {
    const throttle = createThrottle(throttleLimits, () => 0);
    const own = { ...source, keyRate: { perSecond: 1, burst: 10 } };
    throttle.take(own, 10);
    expect(throttle.check(own, 1, true)).toMatchObject({ by: 'key' });
  });

  it('remembers who was proven, and not for ever', () => {
    const throttle = createThrottle();
    throttle.remember('a');
    expect([throttle.isKnown('a'), throttle.isKnown('b')]).toEqual([true, false]);
    for (let index = 0; index < 60_000; index++) throttle.remember(`visitor-${index}`);
    expect(throttle.isKnown('a')).toBe(false);
  });
});
