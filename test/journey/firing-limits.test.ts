// The limit of what a workspace's actions may fire in a day, as configured.
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { until } from '../helpers.ts';
import { anAttribute } from './profiles/helpers.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type TestWorkspace, useService } from './service.ts';

const service = useService({ webhooks: { allow: ['127.0.0.1'], maxFiresPerDay: 3 } });
let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});

/** A workspace with actions that fire at each purchase. */
async function withActions(...names: string[]): Promise<TestWorkspace> {
  const ws = service.workspace();
  const attributes = [anAttribute({ event: 'buy' })];
  await ws.call('POST', '/admin/v1/api/profile-view-template/workspace-id/{ws}', { body: { name: 'T', attributes } });
  for (const name of names) {
    const rules = { logic: 'SINGLE', condition: 'buy,origin,string,Count GTE 1' };
    const actionTriggers = [
      { type: 'Webhook', webhookURL: `${receiver.url}/${name}`, attributes: { httpverb: 'post' } },
    ];
    const body = { name, rules, actionTriggers };
    const path = '/admin/v1/api/journey-actions/workspace-id/{ws}/template-id/T';
    expect((await ws.call('POST', path, { body })).status).toBe(201);
  }
  return ws;
}

const buy = (ws: TestWorkspace, identity: string) => ws.publish({ type: 'buy', source: 'shop', identity });

it('holds all actions of a workspace together to so many fires a day, and those of no other', async () => {
  onTestFinished(() => receiver.close());
  const limited = await withActions('a', 'b');
  const other = await withActions('other');
  for (const name of ['ann', 'ben', 'cy']) await buy(limited, `${name}@bank.test`);
  // Events are judged in their order: once this one is told, the others were judged.
  await buy(other, 'di@bank.test');
  const told = (path: string) => receiver.received.filter((one) => one.path === path).length;
  await until('the last event was judged', () => told('/other') === 1);
  await until('what fired was delivered', () => told('/a') + told('/b') === 3);
  const path = '/v1/api/webhooks/workspace-id/{ws}/deliveries';
  expect((await limited.get(path)).body.data).toHaveLength(3);
});
