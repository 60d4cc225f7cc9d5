// The CloudEvents SDK as an oracle: what we make, the SDK takes; what the SDK makes, we take; and where the SDK refuses,
// we refuse as well. The SDK knows nothing of identity, which are extension attributes to it.
import { CloudEvent, HTTP, type Message, ValidationError } from 'cloudevents';
import { beforeEach, describe, expect, it } from 'vitest';
import { Problem, parseEvent, type WireEvent } from '../../src/protocol/index.ts';
import { anEvent, aServer, historyOf, siteKey } from '../helpers.ts';

const secret = { temporarysecret: 'secret' };

function sdkTakes(event: unknown): boolean {
  try {
    return new CloudEvent(event as object, true).validate();
  } catch (error) {
    if (error instanceof ValidationError || error instanceof TypeError) return false;
    throw error;
  }
}

function weTake(event: unknown): boolean {
  try {
    return parseEvent(event) !== undefined;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

describe('the CloudEvents SDK', () => {
  let url: string;
  beforeEach(async () => {
    ({ url } = await aServer());
  });
  const post = async ({ headers, body }: Message) => {
    const response = await fetch(`${url}/collect?key=${siteKey}`, {
      method: 'POST',
      headers: headers as never,
      body: String(body),
    });
    return { status: response.status, results: (await response.json()).results };
  };

  it('takes what a page sends, and what is read back', async () => {
    const events = [anEvent(secret), anEvent({ previousidentity: null as never }), anEvent({ clockoffset: 1200 })];
    for (const event of events) expect(sdkTakes(event), JSON.stringify(event)).toBe(true);
    await fetch(`${url}/collect?key=${siteKey}`, { method: 'POST', body: JSON.stringify(events) });
    const batch = {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(await historyOf(url, 'visitor-1')),
    };
    const read = HTTP.toEvent(batch) as CloudEvent<unknown>[];
    expect(read).toHaveLength(3);
    for (const event of read) expect(event.validate()).toBe(true);
    expect(read.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('makes structured events that the relay takes', async () => {
    const { id: _id, ...attributes } = anEvent({ ...secret, identity: 'of-the-sdk' });
    const made = new CloudEvent({ ...attributes, subject: 'rates', dataschema: 'https://home.com/schema.json' });
    const { status, results } = await post(HTTP.structured(made));
    expect([status, results]).toEqual([202, [{ index: 0, id: made.id, result: 'ok' }]]);
    const [stored] = await historyOf(url, 'of-the-sdk');
    const { temporarysecret: _secret, ...sent } = JSON.parse(JSON.stringify(made));
    expect(stored).toMatchObject(sent);
  });

  it('takes every envelope that we take, and refuses none that we let through', () => {
    const changes: Partial<Record<keyof WireEvent, unknown>>[] = [
      {},
      { id: 7 },
      { type: '' },
      { type: undefined },
      { source: '' },
      { source: undefined },
      { source: '/relative?a=b#c' },
      { source: 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66' },
      { source: 'home.com:web:mortgage' },
      { specversion: '0.3' },
      { time: 'yesterday' },
      { time: '2026-11-22T10:00:00Z' },
      { time: '2026-11-22T10:00:00.123+01:00' },
      { time: undefined },
      { data: { nested: { list: [1, null, 'x'] } } },
    ];
    for (const change of changes) {
      const event = JSON.parse(JSON.stringify({ ...anEvent(), ...change }));
      if (weTake(event)) expect(sdkTakes(event), JSON.stringify(change)).toBe(true);
      if (!sdkTakes(event)) expect(weTake(event), JSON.stringify(change)).toBe(false);
    }
    // The SDK makes up what is missing here; a relay that did would store each repeat anew.
    for (const change of [{ id: undefined }, { id: '' }, { specversion: undefined }])
      expect(weTake(JSON.parse(JSON.stringify({ ...anEvent(), ...change })))).toBe(false);
  });
});
