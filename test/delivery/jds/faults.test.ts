// What JDS and the network do to a forwarded event, one by one: everything that should arrive does, once where that can be
// known, and what cannot be known is counted.
import { describe, expect, it } from 'vitest';
import { aStage } from './stage.ts';

const aMinute = 60_000;
const published = (calls: { event: unknown }[]) => calls.filter(({ event }) => event !== undefined);

describe('answers', () => {
  it('takes 409 for done', async () => {
    const { login, start, drained, proxy } = await aStage({ fault: () => ({ status: 409 }) });
    const forward = await start();
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    expect(proxy.calls).toHaveLength(1);
    expect(await forward.status()).toMatchObject({ sent: 1, buried: 0 });
  });

  it('buries what is refused at once, with the answer, and sends it again on demand', async () => {
    const { login, start, drained, proxy } = await aStage({
      fault: ({ event }) => (event?.type === 'bad' ? { status: 400, body: '{"message":"no such field"}' } : undefined),
    });
    const forward = await start();
    await login('browser-1', 'ann@example.com', { type: 'bad' });
    const good = await login('browser-2', 'bob@example.com');
    await drained(forward);
    expect(proxy.taken()).toEqual([good]);
    expect(published(proxy.calls)).toHaveLength(2);
    expect(await forward.buried(10)).toMatchObject([{ sequence: 1, why: 'HTTP 400 {"message":"no such field"}' }]);
    proxy.options.fault = () => undefined;
    expect(await forward.retry()).toBe(1);
    await drained(forward);
    expect(proxy.taken()).toHaveLength(2);
    expect(await forward.status()).toMatchObject({ buried: 0 });
  });

  it('waits exactly as long as Retry-After says, all of the lane, and sends less afterwards', async () => {
    const { login, start, drained, proxy, clock } = await aStage();
    proxy.options.fault = () => ({ status: 429, headers: { 'retry-after': '37' } });
    const forward = await start({ concurrency: 1 });
    await login('browser-1', 'ann@example.com');
    await clock.until('the refusal came', () => proxy.calls.length === 1);
    const refusedAt = proxy.calls[0]?.at ?? 0;
    proxy.options.fault = () => undefined;
    await login('browser-2', 'bob@example.com');
    await clock.pass(36_999);
    expect(proxy.calls).toHaveLength(1);
    await drained(forward);
    expect(proxy.calls.map(({ at }) => at - refusedAt)).toEqual([0, 37_000, 37_000]);
    expect(await forward.status()).toMatchObject({ grantedPerMinute: 126, buried: 0 });
    await clock.pass(10 * aMinute);
    expect(await forward.status()).toMatchObject({ grantedPerMinute: 180 });
  });

  it('waits no longer than a day, whatever Retry-After says', async () => {
    const { login, start, drained, proxy, clock } = await aStage();
    proxy.options.fault = () => ({ status: 429, headers: { 'retry-after': '9'.repeat(30) } });
    const forward = await start();
    const linking = await login('browser-1', 'ann@example.com');
    await clock.until('the refusal came', () => proxy.calls.length === 1);
    proxy.options.fault = () => undefined;
    await drained(forward, 25 * 60 * aMinute);
    expect(proxy.taken()).toEqual([linking]);
  });

  it('shows no token, though a gateway repeats it', async () => {
    const { login, start, proxy, clock } = await aStage();
    proxy.options.fault = ({ token }) => ({ status: 403, body: `no scope for Bearer ${token}` });
    const forward = await start();
    await login('browser-1', 'ann@example.com');
    await clock.until('it was refused', async () => (await forward.status()).state === 'blocked');
    const status = JSON.stringify(await forward.status());
    expect(status).toContain('no scope for Bearer [token]');
    expect(status).not.toContain('a-static-token');
  });

  it('tries again after 500s, and after 503 not before Retry-After', async () => {
    let answers = 0;
    const { login, start, drained, proxy } = await aStage({
      fault: () => {
        answers += 1;
        if (answers === 1) return { status: 500 };
        return answers === 2 ? { status: 503, headers: { 'retry-after': '90' } } : undefined;
      },
    });
    const forward = await start();
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    const [first, second, third] = proxy.calls.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(0);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(90_000);
    expect(await forward.status()).toMatchObject({ sent: 1, buried: 0, possiblyTwice: 0 });
  });

  it('stops the lane at 404, says so, probes, and goes on when it is mended', async () => {
    const told: string[] = [];
    const log = {
      info: (_: object, text: string) => told.push(text),
      error: (_: object, text: string) => told.push(text),
    };
    const { login, start, drained, proxy, clock } = await aStage({ fault: () => ({ status: 404, body: '{}' }) });
    const forward = await start({}, { log });
    for (const name of ['ann', 'bob', 'cy', 'di', 'eve', 'fay']) await login(`browser-${name}`, `${name}@example.com`);
    await clock.pass(60 * aMinute);
    const status = await forward.status();
    expect(status).toMatchObject({ state: 'blocked', reason: 'HTTP 404 {}', waiting: 6, buried: 0 });
    // A probe a minute, after those that were under way together.
    expect(proxy.calls.length).toBeLessThanOrEqual(64);
    expect(proxy.calls.length).toBeGreaterThan(50);
    expect(told).toEqual(['forwarding does not get through']);
    proxy.options.fault = () => undefined;
    await drained(forward);
    expect(new Set(proxy.taken()).size).toBe(6);
    expect(told).toEqual(['forwarding does not get through', 'forwarding goes on']);
  });

  it('buries poison after so many failures while others go through, and lets its person go on', async () => {
    const { visit, login, start, drained, proxy, clock } = await aStage({
      fault: ({ event }) => (event?.type === 'poison' ? { status: 500, body: 'boom' } : undefined),
    });
    const forward = await start({ maxTries: 3 });
    await login('browser-1', 'ann@example.com', { type: 'poison' });
    for (let round = 0; round < 30; round++) {
      await visit('browser-1');
      await clock.pass(aMinute);
    }
    await drained(forward);
    expect(proxy.taken()).toHaveLength(30);
    expect(await forward.buried(5)).toMatchObject([{ why: expect.stringMatching(/^failed 3 times .*HTTP 500 boom/) }]);
  });

  it('loses nothing in an outage of an hour, and knocks rarely', async () => {
    const { visit, login, start, drained, proxy, clock } = await aStage();
    const forward = await start({ maxTries: 3 });
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    proxy.options.fault = () => 'reset-before';
    const outageAt = proxy.calls.length;
    // A reset may have come after the event was taken: such events are looked up. A refused connection is another matter.
    proxy.options.fault = () => ({ status: 503 });
    const ids = [];
    for (let count = 0; count < 20; count++) ids.push(await visit('browser-1'));
    await clock.pass(60 * aMinute);
    expect(await forward.status()).toMatchObject({ state: 'down', waiting: 20, buried: 0 });
    expect(proxy.calls.length - outageAt).toBeLessThan(80);
    proxy.options.fault = () => undefined;
    await drained(forward);
    expect(proxy.taken().slice(1).sort()).toEqual(ids.sort());
    expect(await forward.status()).toMatchObject({ state: 'running', buried: 0, possiblyLost: 0, possiblyTwice: 0 });
  });
});

describe('an outage in which reads still work', () => {
  it('is no fault of the events: none is buried for it', async () => {
    const { visit, login, start, drained, proxy, clock } = await aStage();
    const forward = await start({ maxTries: 3 });
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    // Some calls get lost at a gateway and are looked up, which answers that they are not there.
    proxy.options.fault = ({ event }) => event && { status: event.type === 'order' ? 504 : 500 };
    const visits: string[] = [];
    for (let count = 0; count < 20; count++) {
      visits.push(await visit('browser-1'));
      await visit('browser-1', { type: 'order' });
      await clock.pass(3 * aMinute);
    }
    await clock.pass(120 * aMinute);
    proxy.options.fault = () => undefined;
    await drained(forward);
    expect(proxy.taken()).toEqual(expect.arrayContaining(visits));
    const { buried, possiblyLost } = await forward.status();
    expect(buried).toBe(possiblyLost);
    expect((await forward.buried(50)).map(({ why }) => why.slice(0, 13))).not.toContain('failed 3 time');
  });

  it('loses no login, however often its answer was lost', async () => {
    const { login, start, drained, proxy, clock } = await aStage();
    const forward = await start({ maxTries: 3 });
    proxy.options.fault = ({ event }) => event && { status: 504 };
    const linking = await login('browser-1', 'ann@example.com');
    await clock.pass(120 * aMinute);
    expect(proxy.calls.length).toBeGreaterThan(3);
    proxy.options.fault = () => undefined;
    await drained(forward);
    expect(proxy.taken()).toEqual([linking]);
    expect(await forward.status()).toMatchObject({ buried: 0, possiblyTwice: 1, possiblyLost: 0 });
  });

  it('ends for a login whose answer is always lost while others go through', async () => {
    const { login, visit, start, drained, proxy, clock } = await aStage();
    const forward = await start({ maxTries: 3 });
    await login('browser-1', 'ann@example.com');
    proxy.options.fault = ({ event }) => (event?.type === 'poison' ? 'hang-before' : undefined);
    await login('browser-2', 'bob@example.com', { type: 'poison' });
    for (let round = 0; round < 40; round++) {
      await visit('browser-1');
      await clock.pass(aMinute);
    }
    await drained(forward);
    expect(proxy.taken()).toHaveLength(41);
    expect(await forward.status()).toMatchObject({ buried: 1, possiblyTwice: 1, possiblyLost: 1 });
  });
});

describe('our own disk', () => {
  it('makes no double where it did not take the outcome', async () => {
    const { login, start, drained, proxy, store } = await aStage();
    let failures = 1;
    const failing = {
      ...store,
      done: (ids: number[]) => (failures-- > 0 ? Promise.reject(new Error('the disk is full')) : store.done(ids)),
    };
    const forward = await start({}, { store: failing });
    const linking = await login('browser-1', 'ann@example.com');
    await drained(forward);
    expect(proxy.taken()).toEqual([linking]);
    expect(await forward.status()).toMatchObject({ sent: 1, buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  });

  it('knows that an event was not taken where it did not take that, and sends it again', async () => {
    const { login, visit, start, drained, proxy, store } = await aStage();
    let failures = 0;
    const failing = {
      ...store,
      retryAt: (...args: Parameters<typeof store.retryAt>) =>
        failures-- > 0 ? Promise.reject(new Error('the disk is full')) : store.retryAt(...args),
    };
    const forward = await start({}, { store: failing });
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    failures = 3;
    let refusals = 1;
    proxy.options.fault = ({ event }) => (event && refusals-- > 0 ? { status: 503 } : undefined);
    const visited = await visit('browser-1');
    await drained(forward);
    expect(failures).toBeLessThan(1);
    expect(proxy.taken().slice(1)).toEqual([visited]);
    expect(await forward.status()).toMatchObject({ buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  });

  it('loses nothing where an attempt could not be noted, and keeps nothing waiting for a lease', async () => {
    const { login, visit, start, drained, proxy, store } = await aStage();
    let failures = 0;
    const failing = {
      ...store,
      putDocument: (...args: Parameters<typeof store.putDocument>) =>
        args[1] === 'forward-journal' && failures > 0 && failures-- > 0
          ? Promise.reject(new Error('the disk is full'))
          : store.putDocument(...args),
    };
    const forward = await start({}, { store: failing });
    await login('browser-1', 'ann@example.com');
    await drained(forward);
    failures = 1;
    const visited = await visit('browser-1');
    await drained(forward, 30_000);
    expect(failures).toBe(0);
    expect(proxy.taken().slice(1)).toEqual([visited]);
    expect(await forward.status()).toMatchObject({ buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  });
});

describe('lost answers', () => {
  it('finds what was taken and sends nothing twice', async () => {
    let lost = 0;
    const { visit, login, start, drained, proxy } = await aStage({
      readLagMs: 10_000,
      fault: ({ event }) => (event && lost++ < 4 ? (lost % 2 ? 'reset-after' : 'hang-after') : undefined),
    });
    const forward = await start();
    await login('browser-1', 'ann@example.com');
    for (let count = 0; count < 5; count++) await visit('browser-1');
    await drained(forward);
    expect(proxy.taken()).toHaveLength(6);
    expect(await forward.status()).toMatchObject({ sent: 6, buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  });

  it('sends identity events again and visits not, where neither can be found, and counts and lists both', async () => {
    const { visit, login, start, drained, proxy } = await aStage({ fault: () => 'reset-before' });
    const forward = await start();
    const linking = await login('browser-1', 'ann@example.com');
    const visits = [await visit('browser-1'), await visit('browser-1', { type: 'order' })];
    let published = 0;
    proxy.options.fault = ({ event }) => (event && published++ < 3 ? 'reset-before' : undefined);
    await drained(forward);
    expect(proxy.taken()).toEqual([linking]);
    expect(await forward.status()).toMatchObject({ sent: 1, buried: 2, possiblyTwice: 1, possiblyLost: 2 });
    expect(
      forward
        .doubts()
        .map(({ kind, id }) => `${kind} ${id}`)
        .sort(),
    ).toEqual([`possiblyTwice ${linking}`, ...visits.map((id) => `possiblyLost ${id}`)].sort());
    expect((await forward.buried(5))[0]?.why).toMatch(/^possibly lost/);
    // Sent again by an operator, they may be there twice.
    expect(await forward.retry()).toBe(2);
    await drained(forward);
    expect(proxy.taken()).toEqual(expect.arrayContaining(visits));
    expect(await forward.status()).toMatchObject({ sent: 3, buried: 0, possiblyTwice: 3, possiblyLost: 2 });
  });

  it('keeps a double where one was made unknowingly, and has counted it', async () => {
    let published = 0;
    // Reads never catch up: what was taken cannot be found.
    const { login, visit, start, drained, proxy } = await aStage({
      readLagMs: 1e9,
      fault: ({ event }) => (event && published++ < 2 ? 'reset-after' : undefined),
    });
    const forward = await start({ lost: { again: ['order*'], never: ['webvisitLogin'] }, concurrency: 1 });
    const linking = await login('browser-1', 'ann@example.com');
    const order = await visit('browser-1', { type: 'orderPlaced' });
    await drained(forward);
    expect(proxy.taken()).toEqual([linking, order, order]);
    expect(await forward.status()).toMatchObject({ possiblyTwice: 1, possiblyLost: 1 });
  });
});
