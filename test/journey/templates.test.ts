// Calls of templates (contract 4.1 to 4.3) over HTTP.
import { describe, expect, it } from 'vitest';
import { anAttribute } from './profiles/helpers.ts';
import { type Parsed, useService } from './service.ts';

const service = useService();
const base = '/admin/v1/api/profile-view-template/workspace-id/{ws}';

const repeatCaller = {
  name: 'RepeatCaller',
  attributes: [
    anAttribute({
      event: 'Payment Queue',
      metaData: 'category',
      rules: { logic: 'SINGLE', condition: 'Payment Queue,category,string,Value EQ Payment' },
      widgetAttributes: { type: 'table' },
    }),
  ],
};

describe('templates', () => {
  it('are two in every new workspace, also in one made through the API, and do not come back after they were deleted', async () => {
    const ws = service.workspace();
    const names = async () => (await ws.get(base)).body.data.map(({ name }: Parsed) => name);
    expect(await names()).toEqual(['journey-default-template', 'web-journey-template']);
    const body = { name: 'Another', description: 'd' };
    const made = await ws.call('POST', '/admin/v1/api/workspace', { body });
    const other = made.body.data.workspaces.find(({ name }: Parsed) => name === 'Another').id;
    expect((await ws.get(base.replace('{ws}', other))).body.data).toHaveLength(2);
    expect((await ws.call('DELETE', `${base}/template-id/web-journey-template`)).status).toBe(200);
    expect(await names()).toEqual(['journey-default-template']);
  });

  it('are made, read by id and by name in either slot, replaced whole, and deleted with a bare answer', async () => {
    const ws = service.workspace();
    const made = await ws.call('POST', base, { body: repeatCaller });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.body.data).toMatchObject({ name: 'RepeatCaller', workspaceId: ws.id, createdBy: 'admin' });
    for (const path of [`template-id/${id}`, 'template-id/RepeatCaller', 'template-name/RepeatCaller']) {
      expect((await ws.get(`${base}/${path}`)).body.data).toEqual(made.body.data);
    }
    const changed = { ...repeatCaller, attributes: [anAttribute({ lookBackPeriod: 5 })] };
    const put = await ws.call('PUT', `${base}/template-id/RepeatCaller`, { body: changed, role: 'fullAdmin' });
    expect(put.body.data).toMatchObject({ id, attributes: [{ lookBackPeriod: 5 }], updatedBy: 'fullAdmin' });
    const deleted = await ws.call('DELETE', `${base}/template-id/${id}`);
    expect([deleted.status, deleted.body.id, deleted.body.data]).toEqual([200, id, undefined]);
    expect((await ws.get(`${base}/template-name/RepeatCaller`)).status).toBe(404);
    expect((await ws.call('DELETE', `${base}/template-id/${id}`)).status).toBe(404);
  });

  it('show their rules parsed, and take them back as they were shown', async () => {
    const ws = service.workspace();
    const first = 'task:new,channelType,string,Value EQ email';
    const nested = { logic: 'AND', args: [first, 'task:new,size,integer,Value GTE 2'] };
    const attributes = [
      anAttribute({ event: 'task:new', rules: { logic: 'SINGLE', condition: first } }),
      anAttribute({ event: 'task:new', rules: { logic: 'OR', args: [first, nested as never] } }),
    ];
    const { data } = (await ws.call('POST', base, { body: { name: 'Rules', attributes } })).body;
    expect(data.attributes[0].rules).toMatchObject({
      logic: 'SINGLE',
      condition: first,
      operator: 'EQ',
      value: 'email',
    });
    expect(data.attributes[1].rules).toMatchObject({
      type: 'nested',
      childrenRules: [{ value: 'email' }, { type: 'nested', logic: 'AND', childrenRules: [{}, { value: '2' }] }],
    });
    const put = await ws.call('PUT', `${base}/template-id/${data.id}`, { body: data });
    expect(put.body.data.attributes).toEqual(data.attributes);
  });

  it('are refused with the path of each fault, and where the name is taken', async () => {
    const ws = service.workspace();
    const faulty = { name: 'x', attributes: [{ ...anAttribute(), limit: -1, lookBackPeriod: 0 }] };
    const refused = await ws.call('POST', base, { body: faulty });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([
      expect.stringContaining('attributes[0].limit'),
      expect.stringContaining('attributes[0].lookBackPeriod'),
    ]);
    const twice = await ws.call('POST', base, { body: { ...repeatCaller, name: 'web-journey-template' } });
    expect([twice.status, twice.body.errors[0]]).toEqual([400, expect.stringContaining('name:')]);
  });

  it('are listed with filter, order and pages', async () => {
    const ws = service.workspace();
    await ws.call('POST', base, { body: repeatCaller });
    const list = async (query: string) => (await ws.get(`${base}?${query}`)).body.data.map(({ name }: Parsed) => name);
    expect(await list("filter=createdBy=='admin'")).toEqual(['RepeatCaller']);
    expect(await list('sortBy=name&sort=desc&pageSize=2')).toEqual(['web-journey-template', 'RepeatCaller']);
    expect(await list('page=1&pageSize=2')).toEqual(['RepeatCaller']);
  });

  it('are read by agents and written by administrators', async () => {
    const ws = service.workspace();
    expect((await ws.get(base, { role: 'agent' })).status).toBe(200);
    expect((await ws.call('POST', base, { role: 'agent', body: repeatCaller })).status).toBe(403);
    expect((await ws.get(base, { role: 'nothing' })).status).toBe(403);
    expect((await ws.get(base.replace('{ws}', service.workspace().id))).status).toBe(404);
  });
});
