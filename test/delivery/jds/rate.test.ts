// Never more than the limit leaves in any 60 seconds; less where the other side says so, and slowly more again.
import { describe, expect, it } from 'vitest';
import { createRate } from '../../../src/delivery/jds/rate.ts';
import { noon } from '../../store/values.ts';
import { aStage } from './stage.ts';
import { createVirtualClock } from './virtual-clock.ts';

const never = new AbortController().signal;

/** The most that any window of a minute holds. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
}

function aRate(perMinute: number, left: number[] = []) {
  const clock = createVirtualClock({ start: noon, timeoutMs: -1, isStill: () => true });
  const rate = createRate({ perMinute, clock, left });
  const times: number[] = [];
  const take = async (): Promise<void> => {
    if (await rate.take(never)) times.push(clock.steady());
  };
  return { clock, rate, times, take };
}

describe('the rate', () => {
  it('holds in any minute, however calls are bunched', async () => {
    const { clock, times, take } = aRate(10);
    const pauses = [0, 0, 59_000, 100, 0, 30_000, 61_000, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7_000];
    for (const pause of [...pauses, ...pauses, ...pauses]) {
      await clock.pass(pause);
      void take();
    }
    await clock.until('all have left', () => times.length === 75);
    expect(mostInAMinute(times)).toBe(10);
  });

  it('leaves room in each tenth of a minute, so that what is important does not wait for the next minute', async () => {
    const { clock, times, take, rate } = aRate(180);
    for (let count = 0; count < 180; count++) void take();
    await clock.pass(0);
    expect(times).toHaveLength(18);
    for (let count = 0; count < 9; count++) {
      expect(rate.waitMs()).toBeLessThanOrEqual(6_100);
      await clock.pass(6_100);
    }
    expect(times).toHaveLength(180);
  });

  it('holds over a restart, also where the clock was set back meanwhile, and is not stopped by that', async () => {
    const before = Array.from({ length: 10 }, (_, i) => noon - 1_000 + i);
    const { clock, times, take } = aRate(10, before);
    void take();
    await clock.pass(59_000);
    expect(times).toEqual([]);
    await clock.until('it left', () => times.length === 1);
    const { rate, clock: setBack } = aRate(10, Array(10).fill(noon + 1e9));
    expect([rate.free(), rate.waitMs()]).toEqual([0, 61_000]);
    await setBack.pass(61_000);
    expect(rate.free()).toBe(1);
  });

  it('holds while the clock is set, and is not stopped by that', async () => {
    const { clock, times, take, rate } = aRate(10);
    for (let count = 0; count < 30; count++) void take();
    await clock.pass(61_000);
    const before = times.length;
    clock.set(3_600_000);
    await clock.pass(30_000);
    expect(times.length - before).toBeLessThanOrEqual(5);
    clock.set(-7_200_000);
    await clock.pass(61_000);
    expect(times.length - before).toBeGreaterThanOrEqual(14);
    // For the next start by the clock as it is now.
    for (const at of rate.log()) expect(Math.abs(at - clock.now())).toBeLessThanOrEqual(61_000);
    rate.throttled(20_000);
    clock.set(-86_400_000);
    expect(rate.waitMs()).toBe(20_000);
  });

  it('grants less after a refusal, once for calls refused together, and more again with every quiet minute', async () => {
    const { clock, rate } = aRate(100);
    rate.throttled(20_000);
    rate.throttled(20_000);
    expect([rate.granted(), rate.free(), rate.waitMs()]).toEqual([70, 0, 20_000]);
    await clock.pass(20_000);
    expect(rate.free()).toBe(7);
    rate.throttled(1_000);
    expect(rate.granted()).toBe(49);
    await clock.pass(61_000);
    expect(rate.granted()).toBe(54);
    for (let count = 0; count < 20; count++) {
      rate.throttled(1);
      await clock.pass(1);
    }
    expect(rate.granted()).toBe(5);
    await clock.pass(60 * 60_000);
    expect(rate.granted()).toBe(100);
  });

  it('is not exceeded at the other end while a backlog drains, nor when 300 a minute are imposed on one that asks for more', async () => {
    const { visit, login, start, drained, proxy } = await aStage({ perMinute: 300 });
    const forward = await start({ perMinute: 400, concurrency: 8 });
    await login('browser-1', 'ann@example.com');
    for (let count = 0; count < 699; count++) await visit('browser-1');
    await drained(forward);
    const taken = proxy.calls.filter(({ answer }) => answer === 202).map(({ at }) => at);
    expect(taken).toHaveLength(700);
    expect(mostInAMinute(taken)).toBeLessThanOrEqual(300);
    expect(mostInAMinute(proxy.calls.map(({ at }) => at))).toBeLessThanOrEqual(400);
    // It has learned: a few refusals, not one for each call.
    expect(proxy.calls.filter(({ answer }) => answer === 429).length).toBeLessThanOrEqual(16);
    expect(await forward.status()).toMatchObject({ sent: 700, buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  });
});
