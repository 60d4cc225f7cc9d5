// The recipes of `examples/`, run as they stand there against a real server and a real receiver.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../examples/client.ts';
import { closedQueue } from '../../examples/closed-queue.ts';
import { directingCustomerInput } from '../../examples/directing-customer-input.ts';
import { mortgageOffer, takeOffer } from '../../examples/mortgage-offer.ts';
import { repeatCaller } from '../../examples/repeat-caller.ts';
import { until } from '../helpers.ts';
import { openReceiver, type Receiver } from '../journey/receiver.ts';
import { type TestWorkspace, useService } from '../journey/service.ts';

const service = useService({ webhooks: { allow: ['127.0.0.1'] } });
let receiver: Receiver;
let ws: TestWorkspace;
let client: Client;

beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  ws = service.workspace();
  client = createClient({ base: service.url, workspace: ws.id, token: ws.tokens.admin });
  receiver.received.length = 0;
});

describe('the recipe', () => {
  it('“directing customer input” tells a flow what the call is about', async () => {
    expect(await directingCustomerInput(client)).toEqual([
      'How can we help you?',
      'Are you calling about notice 1 of 42.50?',
      'Are you calling about notice 2 of 42.50?',
      'Thank you for your payment.',
    ]);
  });

  it('“repeat caller” counts the calls of five minutes', async () => {
    expect(await repeatCaller(client)).toEqual(['1', '2', '3']);
  });

  it('“closed queue” asks once for a call back, at the second call', async () => {
    expect(await closedQueue(client, `${receiver.url}/call-back`)).toBe('3');
    const call = await until('the flow was told', () => receiver.received[0]);
    expect(JSON.parse(call.body)).toEqual({ callBack: '+15550100199', calls: '2', why: 'Called After Hours' });
    const path = '/v1/api/progressive-profile-view/workspace-id/{ws}/identity/%2B15550100199/template-id/ClosedCaller';
    const view = (await ws.get(path)).body.data[0];
    expect(view.systemMetdata.journeyActionTriggerHistories).toMatchObject([{ doNotDisturbPeriod: '60' }]);
  });

  it('“mortgage offer” puts an offer before the agent, once, and does not trigger itself', async () => {
    receiver.answer = (response, { body }) => {
      void takeOffer(client, body).then(() => response.writeHead(204).end());
    };
    await mortgageOffer(client, `${receiver.url}/offer`);
    const path = "/v1/api/events/workspace-id/{ws}?identity=visitor-of-the-recipe&filter=type=='offer'";
    const { body } = await until('the offer is in the journey', async () => {
      const answer = await ws.get(path);
      return answer.status === 200 ? answer : undefined;
    });
    expect(body.data).toHaveLength(1);
    expect(body.data[0].data).toMatchObject({ visits: '3', waymarkHops: 1, uiData: { iconType: 'MortgageRates' } });
    expect(receiver.received).toHaveLength(1);
  });

  it('of each kind may be run again', async () => {
    receiver.answer = (response) => void response.writeHead(204).end();
    for (const recipe of [repeatCaller, closedQueue, mortgageOffer]) {
      await recipe(client, receiver.url);
      await expect(recipe(client, receiver.url)).resolves.not.toThrow();
    }
  });
});
