// All of it at once: JDS as it behaves (keeps duplicates, reads lag) behind a proxy that imposes 300 a minute, lets tokens
// expire, answers 409, 429 and 500, stays silent, breaks connections before and after it took an event, and is away for
// an hour. What should arrive arrives; what is doubled or missing is counted.
import { expect, it } from 'vitest';
import type { Call, Fault } from './proxy.ts';
import { aStage } from './stage.ts';

const seeds = (process.env['SEEDS'] ?? '1,2').split(',').map(Number);

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it.each(seeds)('keeps its promises in a storm (seed %i)', { timeout: 180_000 }, async (seed) => {
  const random = randomFrom(seed);
  const isTaken = (id: string | undefined) => id !== undefined && proxy.taken().includes(id);
  let isAway = false;
  let isCalm = false;
  const fault = ({ event }: Call): Fault | undefined => {
    if (isAway) return { status: 503 };
    if (isCalm) return undefined;
    const dice = random();
    if (dice < 0.02) return { status: 500 };
    if (dice < 0.04) return { status: 429, headers: { 'retry-after': '7' } };
    if (dice < 0.06) return 'reset-before';
    if (dice < 0.09) return 'reset-after';
    if (dice < 0.1) return 'hang-before';
    if (dice < 0.12) return 'hang-after';
    // Only what it has, it says that it has.
    return dice < 0.2 && isTaken(event?.id) ? { status: 409 } : undefined;
  };
  const { visit, login, start, drained, clock, proxy, theirHistory } = await aStage({
    perMinute: 300,
    keepsDuplicates: true,
    readLagMs: 1_000 + Math.floor(random() * 9_000),
    fault,
  });
  const forward = await start({ rules: { send: 'all' }, lost: { again: ['order'] } }, { random });
  const made: { id: string; type: string }[] = [];
  for (let round = 0; round < 150; round++) {
    const browser = `browser-${Math.floor(random() * 20)}`;
    const dice = random();
    const type = dice < 0.2 ? 'order' : 'webvisit';
    if (dice > 0.9) made.push({ id: await login(browser, `${browser}@example.com`), type: 'webvisitLogin' });
    else made.push({ id: await visit(browser, { type }), type });
    await clock.pass(Math.floor(random() * 8_000));
    isAway = round >= 60 && round < 70;
    if (round === 65) await clock.pass(3_600_000);
  }
  isAway = false;
  isCalm = true;
  await drained(forward);

  const counts = new Map<string, number>();
  for (const id of proxy.taken()) counts.set(id, (counts.get(id) ?? 0) + 1);
  const doubts = forward.doubts();
  const doubted = (kind: string) => new Set(doubts.filter((one) => one.kind === kind).map(({ id }) => id));
  const [twice, lost] = [doubted('possiblyTwice'), doubted('possiblyLost')];
  const missing = made.filter(({ id }) => !counts.has(id));
  const doubled = [...counts].filter(([, count]) => count > 1).map(([id]) => id);
  expect(missing.filter(({ id }) => !lost.has(id))).toEqual([]);
  expect(doubled.filter((id) => !twice.has(id))).toEqual([]);
  // Of what is sent again nothing is missing.
  expect(missing.filter(({ type }) => type !== 'webvisit')).toEqual([]);
  const status = await forward.status();
  expect(status).toMatchObject({ waiting: 0, possiblyTwice: twice.size, possiblyLost: lost.size, buried: lost.size });
  const calls = proxy.calls.map(({ at }) => at);
  const most = Math.max(...calls.map((from) => calls.filter((at) => at >= from && at < from + 60_000).length));
  expect(most).toBeLessThanOrEqual(180);
  // Whoever logged in is there with what they did.
  for (const { event } of proxy.calls.filter(({ event }) => event?.type === 'webvisitLogin')) {
    expect((await theirHistory(event?.identity ?? '')).length).toBeGreaterThan(0);
  }
});
