// Which events go and in which order.
import { describe, expect, it } from 'vitest';
import { createRules } from '../../../src/delivery/jds/rules.ts';
import { anEvent, noon, trusted, workspace } from '../../store/helpers.ts';
import { aStage } from './stage.ts';

const aDay = 86_400_000;
const session = (taskId: string, more = {}) => ({ data: { taskId, ...more } });

describe('rules', () => {
  it('let types go by pattern, deny before allow, and nothing back that the contact centre wrote', () => {
    const goes = (config: Parameters<typeof createRules>[0], type: string, source = 'home.com') =>
      createRules(config).wants(anEvent({ type, source }));
    expect(goes({}, 'webvisit')).toBe(true);
    expect(goes({ allow: ['web*', 'order'] }, 'webvisitMortgage')).toBe(true);
    expect(goes({ allow: ['web*', 'order'] }, 'orders')).toBe(false);
    expect(goes({ allow: ['web*'], deny: ['*Mortgage'] }, 'webvisitMortgage')).toBe(false);
    expect(goes({ allow: ['a.b'] }, 'axb')).toBe(false);
    expect(goes({}, 'task:new')).toBe(false);
    expect(goes({}, 'call', '/com/cisco/wxcc/1')).toBe(false);
    expect(goes({ allow: ['task:ended'] }, 'task:ended')).toBe(true);
  });

  it('sample whole journeys: a login goes where the visits before it went', () => {
    const { wants } = createRules({ sample: 0.3 });
    const visitors = Array.from({ length: 2_000 }, (_, i) => `browser-${i}`);
    const chosen = visitors.filter((identity) => wants(anEvent({ identity })));
    expect(chosen.length / visitors.length).toBeCloseTo(0.3, 1);
    for (const identity of visitors) {
      const login = anEvent({ identity: 'ann@x.com', identitytype: 'email', previousidentity: identity });
      expect(wants(login)).toBe(wants(anEvent({ identity })));
    }
  });

  it('hold a journey until its visitor is known, then send the login first, the newest session, then older ones', async () => {
    const { visit, login, start, drained, clock, proxy, store } = await aStage();
    const forward = await start({ concurrency: 3 });
    const old = await visit('b1', session('web-1'));
    await clock.pass(aDay);
    const older = [await visit('b1', session('web-2')), await visit('b1', session('web-2'))];
    await clock.pass(aDay);
    const recent = await visit('b1', session('web-3'));
    await visit('b2', session('web-9'));
    await clock.pass(1_000);
    expect(await forward.status()).toMatchObject({ waiting: 0 });
    expect((await store.backlog('jds:cisco')).waiting).toBe(0);
    const linking = await login('b1', 'ann@example.com', session('web-3'));
    await drained(forward);
    expect(proxy.taken()).toEqual([linking, recent, ...older, old]);
  });

  it('raise the whole journey of who logs in above a backlog: the agent sees them within 30 seconds', async () => {
    const { visit, login, start, drained, clock, proxy, store } = await aStage();
    const forward = await start({ rules: { send: 'all' }, perMinute: 60 });
    const early = await visit('b1', session('web-1'));
    for (let count = 0; count < 300; count++) await visit(`crowd-${count}`, session(`web-c${count}`));
    await clock.until('the backlog is there', async () => (await store.backlog('jds:cisco')).waiting > 200);
    const before = proxy.taken().length;
    const now = await visit('b1', session('web-2'));
    const linking = await login('b1', 'ann@example.com', session('web-2'));
    const at = clock.now();
    await clock.until('the login arrived', () => proxy.taken().includes(linking), 30_000);
    await drained(forward);
    const order = proxy.taken();
    expect(order.indexOf(linking)).toBeLessThan(before + 12);
    expect(order.indexOf(now)).toBeGreaterThan(order.indexOf(linking));
    expect(order.indexOf(now)).toBeLessThanOrEqual(order.indexOf(linking) + 4);
    // The early visit was first in the queue and had left before.
    expect(order[0]).toBe(early);
    expect(proxy.calls.find(({ event }) => event?.id === linking)?.at).toBeLessThanOrEqual(at + 30_000);
  });

  it('send what an agent or the API joins, although no event tells of it, and nothing of two strangers joined', async () => {
    const { visit, start, drained, clock, proxy, store } = await aStage();
    const forward = await start();
    const first = await visit('b1');
    await visit('b2');
    await clock.pass(5_000);
    const temporary = (value: string) => ({ value, identitytype: 'temporaryId' as const });
    await store.link(workspace, { from: temporary('b2'), to: temporary('b3'), cause: 'api:1', trust: 'api' });
    await clock.pass(5_000);
    expect(proxy.taken()).toEqual([]);
    const to = { value: 'ann@x.com', identitytype: 'email' as const };
    await store.link(workspace, { from: temporary('b1'), to, cause: 'agent:bo', trust: 'agent' });
    await clock.until('it went', () => proxy.taken().length > 0);
    await drained(forward);
    expect(proxy.taken()).toEqual([first]);
    // Not proven, so it goes as what it was sent as.
    expect(proxy.calls[0]?.event).toMatchObject({ identity: 'b1', identitytype: 'temporaryId' });
  });

  it('never send what was held for longer than it may be', async () => {
    const { visit, login, start, drained, clock, proxy } = await aStage();
    const forward = await start({ rules: { holdDays: 2 } });
    await visit('b1', session('web-1'));
    await clock.pass(3 * aDay);
    const kept = await visit('b1', session('web-2'));
    await clock.pass(aDay);
    const linking = await login('b1', 'ann@example.com');
    await drained(forward);
    expect(proxy.taken()).toEqual([linking, kept]);
  });

  it('start from now: what was stored before goes only with who becomes known', async () => {
    const { visit, login, start, drained, proxy, store } = await aStage();
    await trusted(store, anEvent({ identity: 'old@x.com', identitytype: 'email', time: new Date(noon).toISOString() }));
    const before = await visit('b1');
    const forward = await start();
    const linking = await login('b1', 'ann@example.com');
    await drained(forward);
    expect(proxy.taken()).toEqual([linking, before]);
  });
});

describe('visits of a session that go as one', () => {
  const rules = { coalesce: { types: ['webvisit'], minutes: 20 } };
  const page = (taskId: string, url: string) => session(taskId, { url });

  it('carry the list of pages, are cut at a login, and go when the time is over', async () => {
    const { visit, login, start, drained, clock, proxy } = await aStage();
    const forward = await start({ rules });
    const first = await visit('b1', page('web-1', '/'));
    await clock.pass(60_000);
    await visit('b1', page('web-1', '/rates'));
    await clock.pass(60_000);
    const linking = await login('b1', 'ann@example.com', session('web-1'));
    await clock.until('what led to the login is there', () => proxy.taken().length === 2, 2_000);
    const second = await visit('b1', page('web-1', '/account'));
    await clock.pass(60_000);
    await visit('b1', page('web-1', '/transfer'));
    const order = await visit('b1', { type: 'order', data: { taskId: 'web-1' } });
    await clock.pass(60_000);
    expect(proxy.taken()).toEqual([linking, `${first}-pages`, order]);
    await drained(forward);
    await visit('b1', page('web-1', '/late'));
    await drained(forward);
    const events = proxy.calls.map(({ event }) => event);
    expect(
      events.map((event) => [event?.id, (event?.data['pages'] as { url: string }[])?.map(({ url }) => url)]),
    ).toEqual([
      [linking, undefined],
      [`${first}-pages`, ['/', '/rates']],
      [order, undefined],
      [`${second}-pages`, ['/account', '/transfer']],
      [expect.any(String), undefined],
    ]);
    expect(events[4]?.data['url']).toBe('/late');
    expect(events[1]).toMatchObject({ identity: 'ann@example.com', type: 'webvisit', data: { taskId: 'web-1' } });
  });

  it('tell nothing of visits that do not go', async () => {
    const { visit, login, start, drained, proxy } = await aStage();
    const forward = await start({ rules: { deny: ['*Private'], coalesce: { types: ['webvisit*'], minutes: 20 } } });
    const first = await visit('b1', page('web-1', '/'));
    await visit('b1', page('web-1', '/rates'));
    await visit('b1', { type: 'webvisitPrivate', ...page('web-1', '/private') });
    await login('b1', 'ann@example.com', { type: 'loginPrivate', ...session('web-1') });
    await visit('b1', { type: 'webvisitPrivate', ...page('web-1', '/private/2') });
    const second = await visit('b1', page('web-1', '/account'));
    await visit('b1', page('web-1', '/transfer'));
    await drained(forward);
    expect(JSON.stringify(proxy.calls.map(({ event }) => event))).not.toMatch(/private/i);
    expect(proxy.taken().sort()).toEqual([`${first}-pages`, `${second}-pages`].sort());
  });

  it('are each sent in one of them, in whatever rhythm they come', async () => {
    const { visit, login, start, drained, clock, proxy } = await aStage();
    const forward = await start({ rules });
    const ids: string[] = [];
    for (let count = 0; count < 40; count++) {
      ids.push(await visit('b1', { id: `v${count}`, data: { taskId: 'web-1', notes: `v${count}` } }));
      if (count % 13 === 5) await login('b1', 'ann@example.com', session('web-1'));
      await clock.pass((count * 7_919) % 400_000);
    }
    await drained(forward);
    const visits = proxy.calls.flatMap(({ event }) => (event?.type === 'webvisit' ? [event] : []));
    const sent = visits.flatMap(({ data }) =>
      Array.isArray(data['pages']) ? (data['pages'] as { notes: string }[]).map(({ notes }) => notes) : [data['notes']],
    );
    expect(sent.sort()).toEqual(ids.sort());
    expect(visits.length).toBeLessThan(20);
  });
});
