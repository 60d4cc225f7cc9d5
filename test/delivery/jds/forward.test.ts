// The thin path: events of a visitor who logs in arrive at the journey service that stands in for Cisco's.
import { expect, it } from 'vitest';
import { aStage } from './stage.ts';

it('forwards the journey of a visitor who logs in, and nothing of those who do not', async () => {
  const { visit, login, start, drained, theirHistory, proxy } = await aStage();
  const forward = await start();
  await visit('stranger');
  const first = await visit('browser-1', { source: 'home.com:website', data: { taskid: 'web-1', notes: 'hello' } });
  const second = await login('browser-1', 'ann@example.com', { data: { taskId: 'web-1' } });
  const third = await visit('browser-1', { data: { taskId: 'web-1' } });
  await drained(forward);
  expect(proxy.taken()).toEqual([second, first, third]);
  expect(await forward.status()).toMatchObject({ state: 'running', sent: 3, waiting: 0, buried: 0, possiblyLost: 0 });
  const history = await theirHistory('ann@example.com');
  expect(history.map(({ id }) => id).sort()).toEqual([first, second, third].sort());
  expect(history.find(({ id }) => id === first)).toMatchObject({
    identity: 'ann@example.com',
    identitytype: 'email',
    data: { taskId: 'web-1', notes: 'hello' },
  });
});
