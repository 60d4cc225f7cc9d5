// What the rules would have let go, said before anybody relies on them.
import { describe, expect, it } from 'vitest';
import { aStage } from './stage.ts';

const aMinute = 60_000;
const anHour = 60 * aMinute;

describe('a dry run', () => {
  it('tells by type what of the last day would have gone, and how long it would take', async () => {
    const { visit, login, start, clock } = await aStage({ fault: () => ({ status: 503 }) });
    const rules = { deny: ['scroll'], coalesce: { types: ['webvisit'], minutes: 20 } };
    const forward = await start({ rules, perMinute: 10 });
    await visit('b0', { data: { taskId: 'old' } });
    await clock.pass(25 * anHour);
    for (let count = 0; count < 5; count++) {
      await visit('b1', { data: { taskId: 'web-1' } });
      await clock.pass(aMinute);
    }
    await visit('b1', { type: 'scroll' });
    await visit('stranger');
    await login('b1', 'ann@example.com', { data: { taskId: 'web-1' } });
    await clock.pass(aMinute);
    expect(await forward.dryRun(24 * anHour)).toMatchObject({
      seen: 8,
      wouldSend: 2,
      byType: {
        webvisit: { seen: 6, wouldSend: 1 },
        scroll: { seen: 1, wouldSend: 0 },
        webvisitLogin: { seen: 1, wouldSend: 1 },
      },
      takesMs: 12_000,
      fits: true,
      isCut: false,
    });
    expect((await forward.dryRun(48 * anHour)).seen).toBe(9);
  });

  it('is made at start: a configuration under which the backlog would grow for ever says so', async () => {
    const { visit, start, clock } = await aStage();
    for (let count = 0; count < 1_500; count++) await visit(`b${count % 9}`);
    await clock.pass(1_000);
    const told: string[] = [];
    const log = { info: () => undefined, error: (_: object, text: string) => told.push(text) };
    await start({ rules: { send: 'all' }, perMinute: 1 }, { log });
    await clock.until('it was said', () => told.length > 0, anHour);
    expect(told[0]).toMatch(/would be 2 events a minute, and 1 may go: .* narrow rules\.allow/);
    await start({ name: 'other', rules: { send: 'all' }, perMinute: 2 }, { log });
    await clock.pass(anHour);
    expect(told).toHaveLength(1);
  });
});

describe('a pause', () => {
  it('keeps back also what had been taken from the outbox and waited for its place', async () => {
    const { visit, login, start, drained, clock, proxy } = await aStage();
    const forward = await start();
    await login('b1', 'ann@example.com');
    await drained(forward);
    proxy.options.fault = () => ({ status: 429, headers: { 'retry-after': '600' } });
    await forward.pause();
    for (let count = 0; count < 4; count++) await visit('b1');
    await clock.until('they wait', async () => (await forward.status()).waiting === 4);
    // Taken together, for one customer: the others come behind the one that is refused.
    await forward.resume();
    await clock.until('one was refused', () => proxy.calls.length === 2);
    await clock.pass(1);
    expect(await forward.status()).toMatchObject({ inFlight: 3 });
    await forward.pause();
    proxy.options.fault = () => undefined;
    await clock.pass(anHour);
    expect(proxy.calls).toHaveLength(2);
    expect(await forward.status()).toMatchObject({ state: 'paused', waiting: 4, inFlight: 0 });
    await forward.resume();
    await drained(forward);
    expect(proxy.taken()).toHaveLength(5);
  });

  it('lasts over a restart, and loses nothing', async () => {
    const { login, start, drained, clock, proxy } = await aStage();
    const forward = await start();
    await forward.pause();
    const linking = await login('b1', 'ann@example.com');
    await clock.pass(anHour);
    expect(await forward.status()).toMatchObject({ state: 'paused', waiting: 1 });
    await forward.stop();
    const again = await start();
    await clock.pass(anHour);
    expect(await again.status()).toMatchObject({ state: 'paused', waiting: 1, drainMs: 334 });
    expect(proxy.calls).toEqual([]);
    await again.resume();
    await drained(again);
    expect(proxy.taken()).toEqual([linking]);
  });
});
