// Views of profiles (contract 4.4 to 4.6) over HTTP, from events that were published there.
import { describe, expect, it } from 'vitest';
import { anAttribute } from './profiles/helpers.ts';
import { type Parsed, type TestWorkspace, useService } from './service.ts';

const service = useService();
const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
const views = '/v1/api/progressive-profile-view/workspace-id/{ws}';
const person = '/admin/v1/api/person';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const visit = (members: object = {}) => ({ type: 'webvisit', source: 'home.com:website', ...members });

async function view(ws: TestWorkspace, of: string, template: string): Promise<Parsed> {
  const { status, body } = await ws.get(`${views}/${of}/${template}`);
  expect(status).toBe(200);
  return body;
}

const results = async (ws: TestWorkspace, of: string, template = 'template-id/T'): Promise<string[]> =>
  (await view(ws, of, template)).data[0].attributes.map(({ result }: Parsed) => result);

describe('a view', () => {
  it('has the contract’s members, by person and by identity, by id and by name in either slot', async () => {
    const ws = service.workspace();
    await ws.publish({ time: minutesAgo(60 * 30) });
    await ws.publish({ time: minutesAgo(5), data: { origin: 'x' } });
    const { data: list } = (await ws.get(templates)).body;
    const templateId = list[0].id;
    const [owner] = (await ws.get(`${person}/workspace-id/{ws}/aliases/jane@bank.test`)).body.data;
    const { meta, data } = await view(ws, 'identity/jane@bank.test', 'template-id/journey-default-template');
    expect(meta).toMatchObject({ workspaceId: ws.id, personId: owner.id, templateId });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      personId: owner.id,
      templateId,
      systemMetdata: { journeyActionTriggerHistories: [] },
    });
    const [tenDays, day] = data[0].attributes;
    expect([tenDays.result, day.result, tenDays.error]).toEqual(['2', '1', null]);
    expect(tenDays.queryTemplate).toMatchObject({
      aggregationMode: 'Count',
      widgetAttributes: { type: 'table' },
      rules: null,
    });
    expect(JSON.parse(day.journeyEvents[0])).toMatchObject({
      organizationId: null,
      workspaceId: null,
      specVersion: '1.0',
      type: 'task:new',
      identity: 'jane@bank.test',
      identityType: 'email',
      previousIdentity: null,
      dataContentType: 'application/json',
      data: { origin: 'x' },
    });
    for (const slot of [
      `template-id/${templateId}`,
      `template-name/${templateId}`,
      'template-name/journey-default-template',
    ]) {
      expect(await results(ws, `person-id/${owner.id}`, slot)).toEqual(['2', '1']);
    }
  });

  it('looks back over minutes, hours and days', async () => {
    const ws = service.workspace();
    const windows = [
      { lookBackDurationType: 'minutes' as const, lookBackPeriod: 90 },
      { lookBackDurationType: 'hours' as const, lookBackPeriod: 2 },
      { lookBackDurationType: 'days' as const, lookBackPeriod: 3 },
    ];
    const body = { name: 'T', attributes: windows.map((window) => anAttribute(window)) };
    expect((await ws.call('POST', templates, { body })).status).toBe(201);
    const [hour, day] = [60, 24 * 60];
    for (const minutes of [1, 89, 91, 2 * hour - 1, 2 * hour + 1, 3 * day - 1, 3 * day + 1]) {
      await ws.publish(visit({ time: minutesAgo(minutes) }));
    }
    expect(await results(ws, 'identity/jane@bank.test', 'template-name/T')).toEqual(['2', '4', '6']);
  });

  it('tells of a visitor of the site by the web template', async () => {
    const ws = service.workspace();
    const at = [minutesAgo(60 * 24 * 20), minutesAgo(60), minutesAgo(2), minutesAgo(1)];
    for (const [index, time] of at.entries())
      await ws.publish(visit({ time, data: { url: `https://h/${index % 3}` } }));
    const mortgageAt = minutesAgo(4);
    await ws.publish(visit({ type: 'webvisitMortgage', time: mortgageAt, data: { url: 'https://h/rates' } }));
    expect(await results(ws, 'identity/jane@bank.test', 'template-id/web-journey-template')).toEqual([
      '3',
      '4',
      'https://h/0,https://h/2,https://h/rates,https://h/1',
      'https://h/0',
      '1',
      at[0],
      at[3],
    ]);
    // A type that nobody had told before.
    await ws.publish(visit({ type: 'webvisitContact', data: { url: 'https://h/contact' } }));
    const [recent, , , last] = await results(ws, 'identity/jane@bank.test', 'template-id/web-journey-template');
    expect([recent, last]).toEqual(['4', 'https://h/contact']);
  });

  it('gives two templates the same events of a type, whatever else they ask for', async () => {
    const ws = service.workspace();
    // So many that a reader remembers them.
    for (let minute = 20; minute > 0; minute -= 1)
      await ws.publish(visit({ time: minutesAgo(minute), data: { origin: `o${minute}` } }));
    const newest = anAttribute({ aggregationMode: 'Value', limit: 18 });
    const others = { Alone: [newest], Second: [anAttribute({ event: 'purchase' }), newest] };
    for (const [name, attributes] of Object.entries(others))
      await ws.call('POST', templates, { body: { name, attributes } });
    const [alone] = await results(ws, 'identity/jane@bank.test', 'template-name/Alone');
    expect(alone).toContain('o1,o2,');
    expect(await results(ws, 'identity/jane@bank.test', 'template-name/Second')).toEqual(['0', alone]);
  });

  it('answers at once for a new template, also over events that came late and out of order', async () => {
    const ws = service.workspace();
    for (const minutes of [3, 40, 1, 2]) {
      await ws.publish(visit({ time: minutesAgo(minutes), data: { origin: `o${minutes}`, pages: minutes } }));
    }
    const attributes = [
      anAttribute(),
      anAttribute({ aggregationMode: 'Value' }),
      anAttribute({ metaData: 'pages', metaDataType: 'integer', aggregationMode: 'Sum', limit: 2 }),
      anAttribute({ rules: { logic: 'SINGLE', condition: 'webvisit,pages,integer,Value LET 2' } }),
    ];
    await ws.call('POST', templates, { body: { name: 'T', attributes } });
    expect(await results(ws, 'identity/jane@bank.test')).toEqual(['3', 'o1,o2,o3', '3', '2']);
  });

  it('is about the whole person, through merges and un-merges', async () => {
    const ws = service.workspace();
    await ws.call('POST', templates, { body: { name: 'T', attributes: [anAttribute()] } });
    await ws.publish(visit({ identity: 'browser-1', identitytype: 'temporaryId' }));
    await ws.publish(visit({ identity: 'jane@bank.test' }));
    expect(await results(ws, 'identity/browser-1')).toEqual(['1']);
    await ws.publish(visit({ identity: 'jane@bank.test', previousidentity: 'browser-1' }));
    expect(await results(ws, 'identity/browser-1')).toEqual(['3']);
    const [merged] = (await ws.get(`${person}/workspace-id/{ws}/aliases/browser-1`)).body.data;
    await ws.call('PATCH', `${person}/remove-identities/workspace-id/{ws}/person-id/${merged.id}`, {
      body: ['browser-1'],
    });
    expect(await results(ws, 'identity/browser-1')).toEqual(['1']);
    expect(await results(ws, 'identity/jane@bank.test')).toEqual(['2']);
  });

  it('reads members of any name, and keeps JSON types apart', async () => {
    const ws = service.workspace();
    const odd = ['Past Due Amount', 'ключ', 'a.b', "it's", 'say "hi"', 'back\\slash', 'constructor'];
    const attributes = odd.map((metaData) => anAttribute({ metaData, aggregationMode: 'Value' }));
    await ws.call('POST', templates, { body: { name: 'T', attributes } });
    await ws.call('POST', templates, { body: { name: 'Plain', attributes: attributes.slice(0, 4) } });
    const values = [true, 12.5, null, { a: [1] }, 'x', 0];
    const data = Object.fromEntries(odd.slice(0, 6).map((name, index) => [name, values[index] ?? null]));
    expect((await ws.publish(visit({ data }))).status).toBe(202);
    const expected = ['true', '12.5', '', '{"a":[1]}', 'x', '0', ''];
    expect(await results(ws, 'identity/jane@bank.test')).toEqual(expected);
    expect(await results(ws, 'identity/jane@bank.test', 'template-id/Plain')).toEqual(expected.slice(0, 4));
  });

  it('is a 404 for who or what is unknown, and closed to tokens of others', async () => {
    const ws = service.workspace();
    await ws.publish({});
    for (const path of [
      'identity/nobody/template-id/journey-default-template',
      'identity/jane@bank.test/template-id/none',
    ]) {
      expect((await ws.get(`${views}/${path}`)).status).toBe(404);
    }
    const body = { identity: 'jane@bank.test' };
    const { token } = (await ws.call('POST', '/v1/api/token/workspace-id/{ws}', { body })).body.data;
    await ws.publish({ identity: 'rue@bank.test' });
    const path = (identity: string) => `${views}/identity/${identity}/template-id/journey-default-template`;
    expect((await ws.get(path('jane@bank.test'), { token })).status).toBe(200);
    expect((await ws.get(path('rue@bank.test'), { token })).status).toBe(403);
    expect((await ws.get(path('jane@bank.test'), { role: 'nothing' })).status).toBe(403);
    expect((await ws.get(path('jane@bank.test'), { role: 'reader' })).status).toBe(200);
  });
});
