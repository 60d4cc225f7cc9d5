import { describe, expect, it } from 'vitest';
import { type Parsed, type TestWorkspace, useService } from './service.ts';

const service = useService();
const history = '/v1/api/events/workspace-id/{ws}';

describe('history (contract 2.1)', () => {
  it('is newest first, with resultCount and identity in meta and every key in the events', async () => {
    const ws = await withPayments();
    const { status, body } = await ws.get(`${history}?identity=%2B15550100199&organizationId=undefined`);
    expect(status).toBe(200);
    expect(body.meta).toMatchObject({ workspaceId: ws.id, resultCount: 4, identity: '+15550100199' });
    expect(statuses(body)).toEqual(['complete', 'overdue', 'overdue', 'open']);
    expect(body.data[0]).toMatchObject({ previousidentity: null, specversion: '1.0' });
  });

  it('takes personId for identity and limit for pageSize, as some clients do', async () => {
    const ws = await payments();
    const [person] = (await ws.get('/admin/v1/api/person/workspace-id/{ws}')).body.data;
    expect((await ws.get(`${history}?personId=${person.id}&limit=3`)).body.data).toHaveLength(3);
    expect((await ws.get(`${history}?personId=${person.id}&identity=nobody`)).status).toBe(200);
    expect((await ws.get(`${history}?personId=ffffffffffffffffffffffff`)).status).toBe(404);
    expect((await ws.get(`${history}?limit=0`)).status).toBe(400);
  });

  it('is that of the whole workspace without identity', async () => {
    const ws = await withPayments();
    await ws.publish({});
    const { body } = await ws.get(history);
    expect(body.meta).not.toHaveProperty('identity');
    expect(body.data).toHaveLength(5);
  });

  it.each([
    [`filter=type=='Payment'`, 3],
    [`filter=type==Payment`, 3],
    [`filter=type=="Payment"`, 3],
    [`filter=TYPE==Pay*`, 4],
    [`filter=type==^pay*`, 4],
    [`filter=type!=Payment`, 1],
    [`filter=type=in=(Payment,Nothing)`, 3],
    [`filter=type=out=(Payment,Nothing)`, 1],
    [`filter=identityType==phone;type==Payment`, 3],
    [`filter=type==Payment,type=='Payment Queue'`, 4],
    [`filter=(type==Payment,type==X);source=like=SMS`, 3],
    [`filter=source=='SMS%20Notifcation'`, 3],
    [`filter=time>2026-01-02T00:00:00Z`, 2],
    [`filter=time=bt=(2026-01-02T01:00:00%2B01:00,2026-01-03T00:00:00Z)`, 2],
    [`filter=previousidentity=isnull=''`, 4],
    [`filter=previousidentity=notnull=''`, 0],
    [`data=category=='Water'`, 3],
    [`data=CATEGORY==water`, 0],
    [`data=CATEGORY==Water`, 3],
    [`data=status==complete`, 1],
    [`data=status=ni=comp`, 3],
    [`data=status=ik=OVER`, 2],
    [`data=Amount>15`, 2],
    [`data=Amount=ge=20`, 2],
    [`data=Amount==10`, 1],
    [`data=uiData.title==Reminder`, 2],
    [`data=uiData.filterTags==VIP`, 1],
    [`data=nothing=null=''`, 4],
    [`filter=type==*ment`, 3],
    [`filter=type=='Payment'&data=category=='Water'&pageSize=1`, 1],
    [`filter=type=='Payment' and data.status=='overdue'`, 2],
  ])('filters by %s', async (query, count) => {
    const { status, body } = await (await payments()).get(`${history}?identity=%2B15550100199&${encode(query)}`);
    expect([status, status === 200 ? body.data.length : 0]).toEqual([count === 0 ? 404 : 200, count]);
  });

  it('takes filter=identity literally, unlike identity', async () => {
    const ws = service.workspace();
    await ws.publish({ identity: 'visitor-77', identitytype: 'temporaryId' });
    await ws.publish({ identity: 'rue@bank.test', previousidentity: 'visitor-77' });
    expect((await ws.get(`${history}?identity=visitor-77`)).body.data).toHaveLength(2);
    expect((await ws.get(`${history}?${encode(`filter=identity=='visitor-77'`)}`)).body.data).toHaveLength(1);
  });

  it('sorts by another attribute, and the other way', async () => {
    const ws = await payments();
    expect(statuses((await ws.get(`${history}?sort=asc`)).body)).toEqual(['open', 'overdue', 'overdue', 'complete']);
    const { data } = (await ws.get(`${history}?sortBy=type&sort=ASC`)).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual(['Payment', 'Payment', 'Payment', 'Payment Queue']);
    expect((await ws.get(`${history}?sortBy=data`)).status).toBe(400);
    expect((await ws.get(`${history}?sort=sideways`)).status).toBe(400);
  });

  it('pages from 0, and a page past the end of a history that exists is empty', async () => {
    const ws = await payments();
    const counts = [];
    for (const page of [0, 1, 2]) {
      counts.push((await ws.get(`${history}?pageSize=3&page=${page}`)).body.data.length);
    }
    expect(counts).toEqual([3, 1, 0]);
  });

  it('goes on before an event, so that pages stay stable while events arrive', async () => {
    const ws = await withPayments();
    const first = (await ws.get(`${history}?pageSize=2`)).body.data;
    await ws.publish({ time: new Date().toISOString() });
    const second = (await ws.get(`${history}?pageSize=2&before=${first[1].id}`)).body.data;
    expect(second.map(({ data }: Parsed) => data.status)).toEqual(['overdue', 'open']);
    const past = await ws.get(`${history}?before=${second[1].id}`);
    expect([past.status, past.body.data]).toEqual([200, []]);
    expect((await ws.get(`${history}?identity=nobody&before=${second[1].id}`)).status).toBe(404);
  });

  it('is a 404 in the error body where there is none, or nothing that fits', async () => {
    const ws = await payments();
    for (const query of ['identity=nobody', `identity=%2B15550100199&${encode('filter=type==Nothing')}`]) {
      const { status, body } = await ws.get(`${history}?${query}`);
      expect([status, body.status]).toEqual([404, '404 NOT_FOUND']);
    }
  });

  it.each([
    ['filter=type==', 'end'],
    [`filter=type=='Payment`, 'position'],
    ['filter=type==Payment Queue', 'position 15'],
    ['filter=type=foo=Payment', 'position'],
    ['filter=data==x', 'position 1'],
    ['filter=(type==a', 'position 1'],
    ['data=a==1;;b==2', 'position 6'],
    ['filter=type==(a,b)', 'position'],
    ['filter=type=bt=(a)', 'two values'],
  ])('refuses %s and points at the place', async (query, hint) => {
    const { status, body } = await (await payments()).get(`${history}?${encode(query)}`);
    expect(status).toBe(400);
    expect(body.errors[0]).toContain(hint);
  });

  it.each(['pageSize=0', 'pageSize=1001', 'pageSize=ten', 'page=-1', 'page=1000001', 'page=1&page=2', 'page=1.5'])(
    'refuses %s with its name',
    async (query) => {
      const { status, body } = await (await payments()).get(`${history}?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0]).toMatch(/^page/);
    },
  );
});

let shared: Promise<TestWorkspace> | undefined;

/** Four events of one caller, for tests that only read. */
function payments(): Promise<TestWorkspace> {
  shared ??= withPayments();
  return shared;
}

async function withPayments(): Promise<TestWorkspace> {
  const ws = service.workspace();
  const pay = (day: number, data: Record<string, unknown>, type = 'Payment') =>
    ws.publish({
      type,
      source: type === 'Payment' ? 'SMS%20Notifcation' : 'Voice%20Contact',
      identity: '+15550100199',
      identitytype: 'phone',
      time: `2026-01-0${day}T00:00:00Z`,
      data,
    });
  await pay(1, { category: 'Queue', status: 'open' }, 'Payment Queue');
  await pay(2, { category: 'Water', status: 'overdue', Amount: 10, uiData: { title: 'Reminder' } });
  await pay(3, {
    category: 'Water',
    status: 'overdue',
    Amount: 20,
    uiData: { title: 'Reminder', filterTags: ['VIP'] },
  });
  await pay(4, { category: 'Water', status: 'complete', Amount: '20' });
  return ws;
}

function statuses(body: Parsed): string[] {
  return body.data.map(({ data }: Parsed) => data.status);
}

/** Percent-encodes the values, and leaves what is encoded already. */
function encode(query: string): string {
  return query
    .split('&')
    .map((part) => {
      const [name = '', ...value] = part.split('=');
      return `${name}=${encodeURIComponent(decodeURIComponent(value.join('=').replaceAll('%20', '%2520')))}`;
    })
    .join('&');
}
