import { describe, expect, it } from 'vitest';
import { anEvent, useService } from './service.ts';

const service = useService();
const path = '/publish/v1/api/event?workspaceId={ws}';
const persons = '/admin/v1/api/person/workspace-id/{ws}';
const history = '/v1/api/events/workspace-id/{ws}';

describe('publishing an event (contract 1)', () => {
  it('answers 202 in the envelope, and the event is read back as posted', async () => {
    const ws = service.workspace();
    const event = anEvent({ time: '2023-03-31T00:39:46.917Z', previousidentity: null });
    const { status, body } = await ws.publish(event);
    expect(status).toBe(202);
    expect(body).toEqual({
      meta: { organizationId: '11111111-2222-3333-4444-555555555555', workspaceId: ws.id },
      data: { message: 'Accepted for processing' },
    });
    expect((await ws.get(`${history}?identity=jane%40bank.test`)).body.data).toEqual([event]);
  });

  it('takes application/cloudevents+json, and ignores members that clients send beside the contract', async () => {
    const ws = service.workspace();
    const event = anEvent({ person: 'x', previously: 'y', eventTime: 1 });
    expect((await ws.publish(event, { type: 'application/cloudevents+json; charset=utf-8' })).status).toBe(202);
    const [read] = (await ws.get(history)).body.data;
    expect(Object.keys(read)).not.toContain('person');
  });

  it('stamps an event without time, and never takes it for a repeat', async () => {
    const ws = service.workspace();
    const event = anEvent();
    await ws.publish(event);
    await ws.publish(event);
    const { data } = (await ws.get(history)).body;
    expect(data).toHaveLength(2);
    expect(Date.now() - Date.parse(data[0].time)).toBeLessThan(60_000);
  });

  it('takes a repeated Idempotency-Key for a repeat where there is no time', async () => {
    const ws = service.workspace();
    for (const key of ['one', 'one', 'two']) await ws.publish(anEvent(), { headers: { 'idempotency-key': key } });
    expect((await ws.get(history)).body.data).toHaveLength(2);
  });

  it('keeps identical source, id, time and data once, and another body under the same id beside it', async () => {
    const ws = service.workspace();
    const event = anEvent({ time: '2026-01-02T03:04:05Z' });
    for (const data of [{ a: 1 }, { a: 1 }, { a: 2 }]) {
      expect((await ws.publish({ ...event, data })).status).toBe(202);
    }
    expect((await ws.get(history)).body.data).toHaveLength(2);
  });

  it('makes a person of an unknown identity, as flows recognise first-time callers', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: '+15550100199', identitytype: 'phone' });
    const [person] = (await ws.get(`${persons}/aliases/+15550100199`)).body.data;
    expect(person).toMatchObject({
      phone: ['+15550100199'],
      firstName: null,
      lastName: null,
      createdBy: 'journey-stream-profiles',
    });
    expect(person.createdAt).toBe(person.updatedAt);
  });

  it('links both journeys by previousidentity, with stray blanks and unknown values taken as temporaryId', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'visitor-0001', identitytype: 'temporaryId' });
    await ws.publish({ identity: 'rue@bank.test', previousidentity: ' visitor-0001' });
    for (const identity of ['visitor-0001', 'rue%40bank.test']) {
      expect((await ws.get(`${history}?identity=${identity}`)).body.data).toHaveLength(2);
    }
    const [person] = (await ws.get(`${persons}/aliases/visitor-0001`)).body.data;
    expect(person).toMatchObject({ temporaryId: ['visitor-0001'], email: ['rue@bank.test'] });
  });

  it.each([null, '', 'none', undefined])('links nothing where previousidentity is %s', async (previousidentity) => {
    const ws = service.workspace();
    expect((await ws.publish({ identity: 'rue@bank.test', previousidentity })).status).toBe(202);
    const [person] = (await ws.get(`${persons}/aliases/rue%40bank.test`)).body.data;
    expect(person.aliases).toEqual(['rue@bank.test']);
  });

  it.each([
    ['specversion', ''],
    ['specversion', '0.3'],
    ['id', undefined],
    ['type', ''],
    ['source', 'a source with blanks'],
    ['source', 7],
    ['identity', '   '],
    ['identitytype', 'Email'],
    ['identitytype', 'name'],
    ['datacontenttype', 'text/plain'],
    ['data', 'text'],
    ['data', undefined],
    ['data', []],
    ['time', 'yesterday'],
    ['time', 1700000000000],
    ['identity', 'x'.repeat(300)],
  ])('refuses %s = %j with a 400 that names it', async (member, value) => {
    const ws = service.workspace();
    const { status, body } = await ws.publish({ [member]: value });
    expect(status).toBe(400);
    expect(body.errors.join()).toContain(member);
  });

  it('refuses what is no JSON, an array and nothing at all', async () => {
    const ws = service.workspace();
    for (const body of ['{"comment": 1, // no JSON\n}', '[]', '', 'null', '"text"']) {
      expect((await ws.call('POST', path, { body })).status, body).toBe(400);
    }
  });

  it('needs workspaceId in the query', async () => {
    const ws = service.workspace();
    const { status, body } = await ws.call('POST', '/publish/v1/api/event', { body: anEvent() });
    expect([status, body.errors[0]]).toEqual([400, expect.stringContaining('workspaceId')]);
  });
});
