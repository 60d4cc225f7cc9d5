import { describe, expect, it } from 'vitest';
import { type Parsed, type TestWorkspace, useService } from './service.ts';

const service = useService();
const base = '/admin/v1/api/person';
const persons = `${base}/workspace-id/{ws}`;

const green = { firstName: 'Rue', lastName: 'Green', phone: ['+15550100199'], email: ['rue@bank.test'] };

describe('persons (contract 3)', () => {
  describe('creating', () => {
    it('answers 201 with the person and its aliases by type', async () => {
      const ws = service.workspace();
      const body = { ...green, customerId: ['C-17'], temporaryId: ['visitor-1'], socialId: ['@rue'] };
      const { status, body: answer } = await ws.call('POST', persons, { body });
      expect(status).toBe(201);
      expect(answer.data).toMatchObject({ ...body, workspaceId: ws.id });
      expect(answer.data.aliases.toSorted()).toEqual(
        ['+15550100199', '@rue', 'C-17', 'rue@bank.test', 'visitor-1'].toSorted(),
      );
    });

    it('takes both forms of a phone number as two aliases of one person', async () => {
      const ws = service.workspace();
      const { body } = await ws.call('POST', persons, { body: { phone: ['+12265550100', '12265550100'] } });
      expect(body.data.phone).toEqual(['+12265550100', '12265550100']);
    });

    it('refuses an alias of another person, with the text that clients look for', async () => {
      const ws = await withGreen();
      const { status, body } = await ws.call('POST', persons, { body: { email: ['new@bank.test', 'RUE@bank.test'] } });
      expect([status, body.status]).toEqual([400, '400 BAD_REQUEST']);
      expect(body.errors.join()).toMatch(/already exists on another person/);
      expect((await ws.get(`${persons}/aliases/new%40bank.test`)).status).toBe(404);
    });

    it.each([
      [{}],
      [{ firstName: 'Rue' }],
      [{ phone: '+1555' }],
      [{ email: [7] }],
      [{ email: [' '] }],
      [{ email: ['a\0b'] }],
      [{ email: ['a\ud800'] }],
      [[]],
    ])('refuses %j', async (body) => {
      expect((await service.workspace().call('POST', persons, { body })).status).toBe(400);
    });
  });

  describe('reading', () => {
    it.each([
      '+15550100199',
      '%2B15550100199',
      '15550100199',
      '%2B1%20(555)%20010-0199',
      'rue@bank.test',
      'Rue%40Bank.test',
      'nobody,rue@bank.test,+15550100199',
    ])('finds the person by %s, in an array', async (aliases) => {
      const { status, body } = await (await shared()).get(`${persons}/aliases/${aliases}`);
      expect([status, body.data.length, body.data[0].firstName]).toEqual([200, 1, 'Rue']);
    });

    it('answers several persons for several aliases, and 404 for none', async () => {
      const ws = await shared();
      expect((await ws.get(`${persons}/aliases/rue@bank.test,ann@bank.test`)).body.data).toHaveLength(2);
      expect((await ws.get(`${persons}/aliases/nobody`)).status).toBe(404);
    });

    it.each([
      ['', ['Ann', 'Rue']],
      ['?sortBy=lastName', ['Ann', 'Rue']],
      ['?sortBy=lastName&sort=desc', ['Rue', 'Ann']],
      ['?sortBy=FIRSTNAME&sort=DESC&pageSize=1', ['Rue']],
      ['?sortBy=firstName&sort=desc&pageSize=1&page=1', ['Ann']],
    ])('sorts and pages those of several aliases: %s', async (query, names) => {
      const { body } = await (await shared()).get(`${persons}/aliases/ann@bank.test,rue@bank.test${query}`);
      expect(body.data.map(({ firstName }: Parsed) => firstName)).toEqual(names);
    });

    it('lists all, one by id, and an empty list where there are none', async () => {
      const ws = await shared();
      const { data } = (await ws.get(`${persons}?organizationId=x`)).body;
      expect(data.map(({ firstName }: Parsed) => firstName)).toEqual(['Rue', 'Ann', null]);
      expect((await ws.get(`${persons}?personId=${data[1].id}`)).body.data).toEqual([data[1]]);
      expect((await ws.get(`${persons}?personId=000000000000000000000000`)).status).toBe(404);
      expect((await service.workspace().get(persons)).body.data).toEqual([]);
    });

    it.each([
      [`filter=${encodeURIComponent(`lastName=='Green'`)}`, ['Rue']],
      [`filter=${encodeURIComponent(`email==ann@bank.test`)}`, ['Ann']],
      [`filter=${encodeURIComponent(`firstName==^*u*,customerId=='C-2'`)}`, ['Rue', 'Ann']],
      [`filter=${encodeURIComponent(`firstName=isnull=''`)}`, [null]],
      [`filter=${encodeURIComponent(`phone=='+15550100199';lastName==Brown`)}`, []],
      ['sortBy=firstName&sort=asc', [null, 'Ann', 'Rue']],
      ['sortBy=firstName&sort=desc', ['Rue', 'Ann', null]],
      ['sort=desc', [null, 'Ann', 'Rue']],
      ['sort=desc&pageSize=1&page=1', ['Ann']],
    ])('lists with %s', async (query, names) => {
      const { status, body } = await (await shared()).get(`${persons}?${query}`);
      expect(status).toBe(200);
      expect(body.data.map(({ firstName }: Parsed) => firstName)).toEqual(names);
    });

    it('refuses a filter that cannot be read and a member to sort by that is none', async () => {
      const ws = await shared();
      expect((await ws.get(`${persons}?filter=firstName`)).status).toBe(400);
      expect((await ws.get(`${persons}?sortBy=phone`)).status).toBe(400);
      expect((await ws.get(`${persons}/aliases/rue@bank.test?sortBy=phone`)).status).toBe(400);
    });
  });

  describe('JSON Patch', () => {
    const patch = async (ws: TestWorkspace, body: unknown, type = 'application/json-patch+json') =>
      ws.call('PATCH', `${persons}/person-id/${(await idOf(ws)) ?? ''}`, { body, type, role: 'agent' });

    it('renames with two operations as widgets do, answering 202 with an object', async () => {
      const ws = await withGreen();
      const { status, body } = await patch(ws, [
        { op: 'replace', path: '/firstName', value: 'Ruth' },
        { op: 'update', path: '/lastName', value: 'Greene' },
      ]);
      expect([status, body.data.firstName, body.data.lastName]).toEqual([202, 'Ruth', 'Greene']);
    });

    it('does the four operations of the samples in one call, under plain JSON too', async () => {
      const ws = await withGreen();
      const { status, body } = await patch(
        ws,
        [
          { op: 'add', path: '/phone/1', value: '+15550100200' },
          { op: 'replace', path: '/lastName', value: 'Brown' },
          { op: 'add', path: '/email/0', value: 'ruth@bank.test' },
          { op: 'add', path: '/customerId/0', value: 'C-17' },
        ],
        'application/json',
      );
      expect(status).toBe(202);
      expect(body.data.phone).toEqual(['+15550100199', '+15550100200']);
      expect(body.data.email.toSorted()).toEqual(['rue@bank.test', 'ruth@bank.test']);
      expect(body.data).toMatchObject({ lastName: 'Brown', customerId: ['C-17'] });
    });

    it('removes by index, and adds again what was taken away', async () => {
      const ws = await withGreen();
      const { body } = await patch(ws, [{ op: 'remove', path: '/phone/0', value: '+15550100199' }]);
      expect(body.data).toMatchObject({ phone: [], email: ['rue@bank.test'] });
      const again = await patch(ws, [{ op: 'add', path: '/phone/-', value: '+15550100199' }]);
      expect([again.status, again.body.data.phone]).toEqual([202, ['+15550100199']]);
    });

    it('replaces the only alias, but does not take it away', async () => {
      const ws = service.workspace();
      await ws.call('POST', persons, { body: { email: ['rue@bank.test'] } });
      const replaced = await patch(ws, [{ op: 'replace', path: '/email/0', value: 'ruth@bank.test' }]);
      expect([replaced.status, replaced.body.data.email]).toEqual([202, ['ruth@bank.test']]);
      const path = `${persons}/person-id/${replaced.body.data.id}`;
      expect((await ws.call('PATCH', path, { body: [{ op: 'remove', path: '/email/0' }] })).status).toBe(400);
    });

    it('changes nothing at all where one operation is wrong', async () => {
      const ws = await withGreen();
      const { status } = await patch(ws, [
        { op: 'replace', path: '/firstName', value: 'Ruth' },
        { op: 'add', path: '/email/-', value: 'ann@bank.test' },
      ]);
      expect(status).toBe(400);
      expect((await ws.get(`${persons}/aliases/rue@bank.test`)).body.data[0].firstName).toBe('Rue');
    });

    it.each([
      [[{ op: 'add', path: '/phone/9', value: '+1555' }], 'out of range'],
      [[{ op: 'remove', path: '/email/1' }], 'out of range'],
      [[{ op: 'remove', path: '/email/-' }], 'out of range'],
      [[{ op: 'move', path: '/email/0', from: '/email/1' }], 'op'],
      [[{ op: 'add', path: 'firstName', value: 'x' }], 'path'],
      [[{ op: 'add', path: '/createdAt', value: 'x' }], 'path'],
      [[{ op: 'add', path: '/__proto__/x', value: 'x' }], 'path'],
      [[{ op: 'add', path: '/email/0', value: 7 }], 'value'],
      [[{ op: 'add', path: '/email/0', value: ' ' }], 'value'],
      [[{ op: 'add', path: '/email/0', value: 'x'.repeat(300) }], 'value'],
      [[{ op: 'add', path: '/email/0', value: 'a\0b' }], 'value'],
      [[{ op: 'add', path: '/firstName', value: 'x'.repeat(300) }], 'value'],
      [['text'], 'operation 0'],
      [[], 'JSON Patch'],
      [{ op: 'add' }, 'JSON Patch'],
    ])('refuses %j', async (body, hint) => {
      const { status, body: answer } = await patch(await shared(), body);
      expect(status).toBe(400);
      expect(answer.errors.join()).toContain(hint);
    });

    it('is a 404 for an unknown person', async () => {
      const path = `${persons}/person-id/000000000000000000000000`;
      const body = [{ op: 'add', path: '/firstName', value: 'x' }];
      expect((await service.workspace().call('PATCH', path, { body })).status).toBe(404);
    });
  });

  describe('identities', () => {
    it('are added, all or none', async () => {
      const ws = await withGreen();
      const path = `${base}/add-identities/workspace-id/{ws}/person-id/${await idOf(ws)}`;
      const body = { phone: ['+15550100201'], temporaryId: ['visitor-9'] };
      const added = await ws.call('PATCH', path, { body, type: 'application/json-patch+json' });
      expect([added.status, added.body.data.temporaryId]).toEqual([200, ['visitor-9']]);
      const taken = await ws.call('PATCH', path, { body: { customerId: ['C-9'], email: ['ann@bank.test'] } });
      expect([taken.status, taken.body.errors.join()]).toEqual([400, expect.stringContaining('another person')]);
      expect((await ws.get(`${persons}/aliases/C-9`)).status).toBe(404);
      expect((await ws.call('PATCH', path, { body: {} })).status).toBe(400);
    });

    it('are removed by an untyped array of values', async () => {
      const ws = await withGreen();
      const path = `${base}/remove-identities/workspace-id/{ws}/person-id/${await idOf(ws)}`;
      const removed = await ws.call('PATCH', path, { body: ['+15550100199'], type: 'application/json-patch+json' });
      expect([removed.status, removed.body.data.aliases]).toEqual([200, ['rue@bank.test']]);
      for (const body of [['+15550100199'], ['nobody']])
        expect((await ws.call('PATCH', path, { body })).status).toBe(404);
      for (const body of [[], {}, [1], ['rue@bank.test']]) {
        expect((await ws.call('PATCH', path, { body })).status).toBe(400);
      }
    });
  });

  describe('merging', () => {
    it('folds persons into the primary, whose id survives; theirs answer as the survivor', async () => {
      const ws = await withGreen();
      const [first, second] = (await ws.get(persons)).body.data;
      const path = `${base}/merge/workspace-id/{ws}/primary-person-id/${second.id}`;
      const { status, body } = await ws.call('POST', path, { body: { personIdsToMerge: [first.id] } });
      expect([status, body.data.id]).toEqual([202, second.id]);
      expect(body.data.email.toSorted()).toEqual(['ann@bank.test', 'rue@bank.test']);
      const read = (await ws.get(`${persons}?personId=${first.id}`)).body.data;
      expect(read).toEqual([body.data]);
      expect((await ws.get(persons)).body.data).toHaveLength(1);
    });

    it('refuses an empty list, an unknown primary and an unknown other', async () => {
      const ws = await withGreen();
      const path = (id: string) => `${base}/merge/workspace-id/{ws}/primary-person-id/${id}`;
      const id = (await idOf(ws)) ?? '';
      expect((await ws.call('POST', path(id), { body: { personIdsToMerge: [] } })).status).toBe(400);
      expect((await ws.call('POST', path(id), { body: {} })).status).toBe(400);
      expect((await ws.call('POST', path(id), { body: { personIdsToMerge: ['f'.repeat(24)] } })).status).toBe(404);
      expect((await ws.call('POST', path('f'.repeat(24)), { body: { personIdsToMerge: [id] } })).status).toBe(404);
    });

    it('creates, adds to one, or makes one of several: merge-identities', async () => {
      const ws = service.workspace();
      const merge = (body: unknown) => ws.call('POST', `${base}/merge-identities/workspace-id/{ws}`, { body });
      const created = await merge({ firstName: 'Rue', email: ['rue@bank.test'] });
      expect([created.status, created.body.data.email]).toEqual([200, ['rue@bank.test']]);
      const added = await merge({ firstName: '', phone: ['+15550100199'], email: ['RUE@bank.test'] });
      expect(added.body.data).toMatchObject({ id: created.body.data.id, firstName: 'Rue', phone: ['+15550100199'] });
      const other = await merge({ firstName: 'Ruth', lastName: 'Green', customerId: ['C-17'] });
      expect(other.body.data.id).not.toBe(created.body.data.id);
      const joined = await merge({ customerId: ['C-17'], phone: ['+15550100199'] });
      expect(joined.body.data).toMatchObject({ id: created.body.data.id, firstName: 'Rue', customerId: ['C-17'] });
      expect((await ws.get(persons)).body.data).toHaveLength(1);
    });

    it('with override makes the payload all that the person has', async () => {
      const ws = await withGreen();
      const body = { override: true, email: ['rue@bank.test'], customerId: ['C-17'], firstName: 'Ruth' };
      const { status, body: answer } = await ws.call('POST', `${base}/merge-identities/workspace-id/{ws}`, { body });
      expect(status).toBe(200);
      expect(answer.data).toMatchObject({
        firstName: 'Ruth',
        phone: [],
        email: ['rue@bank.test'],
        customerId: ['C-17'],
      });
      const wrong = await ws.call('POST', `${base}/merge-identities/workspace-id/{ws}`, {
        body: { ...body, override: 'yes' },
      });
      expect(wrong.status).toBe(400);
    });
  });

  it('deletes a person with its events, answers what it was, and the aliases are free again', async () => {
    const ws = await withGreen();
    await ws.publish({ identity: 'rue@bank.test' });
    const path = `${persons}/person-id/${await idOf(ws)}`;
    const { status, body } = await ws.call('DELETE', path, { body: '', type: 'application/json' });
    expect([status, body.data.firstName]).toEqual([200, 'Rue']);
    expect((await ws.get(`${persons}/aliases/rue@bank.test`)).status).toBe(404);
    expect((await ws.get('/v1/api/events/workspace-id/{ws}?identity=rue@bank.test')).status).toBe(404);
    expect((await ws.call('DELETE', path)).status).toBe(404);
    expect((await ws.call('POST', persons, { body: green })).status).toBe(201);
  });

  describe('beyond Cisco', () => {
    it('tells why the aliases are one person, and removes a link exactly', async () => {
      const ws = service.workspace();
      await ws.publish({ identity: 'visitor-1', identitytype: 'temporaryId' });
      await ws.publish({ identity: 'rue@bank.test', previousidentity: 'visitor-1' });
      const [person] = (await ws.get(persons)).body.data;
      const path = `${persons}/person-id/${person.id}/links`;
      const [link] = (await ws.get(path, { role: 'agent' })).body.data;
      expect(link).toMatchObject({ trust: 'api', from: { value: 'visitor-1' }, to: { value: 'rue@bank.test' } });
      expect((await ws.call('DELETE', `${path}/${link.id}`, { role: 'agent' })).status).toBe(200);
      expect((await ws.get(persons)).body.data).toHaveLength(2);
      const removed = (await ws.get(path)).body.data.find(({ id }: Parsed) => id === link.id);
      expect(removed.removed).toEqual({ at: expect.any(String), cause: 'agent:agent' });
      for (const id of [link.id, 999999, 'x', '1e3'])
        expect((await ws.call('DELETE', `${path}/${id}`)).status).toBe(404);
    });

    it('exports everything as lines of JSON, and erases with a receipt that names nobody', async () => {
      const ws = await withGreen();
      await ws.publish({ identity: 'rue@bank.test' });
      const path = `${persons}/person-id/${await idOf(ws)}`;
      const { body } = await ws.get(`${path}/export`);
      const lines = body
        .trim()
        .split('\n')
        .map((line: string) => JSON.parse(line));
      expect(lines.length).toBeGreaterThanOrEqual(2);
      expect(body).toContain('rue@bank.test');
      const receipt = await ws.call('POST', `${path}/erase`);
      expect(receipt.body.data).toMatchObject({ events: 1 });
      expect(JSON.stringify(receipt.body)).not.toContain('rue');
      expect((await ws.get(`${path}/export`)).status).toBe(404);
    });

    it('imports identities from a CSV file as Control Hub takes it', async () => {
      const ws = await withGreen();
      const csv = [
        '\ufeffId,First Name,Last Name,Email Addresses,Phone Numbers,Customer Ids',
        ',Max,"Mustermann, Dr.",max@bank.test|m.m@bank.test,+15550100300,C-1',
        ',,,rue@bank.test,+15550100301,',
        ',Both,,rue@bank.test|ann@bank.test,,',
        'abc,,,x@bank.test,,',
        ',Nobody,,,,',
        ',Six,,a@b.test|b@b.test|c@b.test|d@b.test|e@b.test|f@b.test,,',
        '',
      ].join('\r\n');
      const path = `${base}/import/workspace-id/{ws}`;
      const { status, body } = await ws.call('POST', path, { body: csv, type: 'text/csv' });
      expect(status).toBe(200);
      expect(body.data).toMatchObject({ created: 1, updated: 1 });
      expect(body.data.failed.map(({ row }: Parsed) => row)).toEqual([4, 5, 6, 7]);
      const [max] = (await ws.get(`${persons}/aliases/C-1`)).body.data;
      expect(max).toMatchObject({
        firstName: 'Max',
        lastName: 'Mustermann, Dr.',
        email: ['max@bank.test', 'm.m@bank.test'],
      });
      for (const bad of ['', 'Name\nMax', '"open,Email Addresses\n']) {
        expect((await ws.call('POST', path, { body: bad, type: 'text/csv' })).status).toBe(400);
      }
    });
  });
});

/** Rue Green, and Ann Brown beside her. */
async function withGreen(): Promise<TestWorkspace> {
  const ws = service.workspace();
  await ws.call('POST', persons, { body: green });
  await ws.call('POST', persons, {
    body: { firstName: 'Ann', lastName: 'Brown', email: ['ann@bank.test'], customerId: ['C-2'] },
  });
  return ws;
}

let made: Promise<TestWorkspace> | undefined;

function shared(): Promise<TestWorkspace> {
  made ??= withGreen().then(async (ws) => {
    await ws.publish({ identity: 'visitor-5', identitytype: 'temporaryId' });
    return ws;
  });
  return made;
}

/** Of the oldest person. */
async function idOf(ws: TestWorkspace): Promise<string | undefined> {
  return (await ws.get(persons)).body.data[0]?.id;
}
