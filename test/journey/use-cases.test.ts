// The requests of Cisco's own Postman collections, as far as they concern events and persons (contract 8.1 to 8.4), sent
// as they stand there.
import { describe, expect, it } from 'vitest';
import { type Parsed, useService } from './service.ts';

const service = useService();
const history = '/v1/api/events/workspace-id/{ws}';
const person = '/admin/v1/api/person';
const phone = '+15550100199';
const encodedIdentity = '%2B15550100199';

const base = { specversion: '1.0', datacontenttype: 'application/json', identity: phone, identitytype: 'phone' };

describe('8.1 General', () => {
  it('creates the default events of e-mail, chat, telephony and social', async () => {
    const ws = service.workspace();
    for (const [channelType, identity, identitytype] of [
      ['email', 'rue@bank.test', 'email'],
      ['chat', 'rue@bank.test', 'email'],
      ['telephony', phone, 'phone'],
      ['social', '15550100199', 'phone'],
    ]) {
      const data = { taskId: '7f6a', origin: identity, channelType };
      expect(
        (await ws.publish({ ...base, type: 'task:new', source: 'wxcc', identity, identitytype, data })).status,
      ).toBe(202);
    }
    // Both forms of the number are one customer.
    expect((await ws.get(`${history}?identity=${encodedIdentity}`)).body.data).toHaveLength(2);
    expect((await ws.get(history)).body.meta.resultCount).toBe(4);
  });

  it('posts a simplified, a full featured and an icon event, and reads them back as posted', async () => {
    const ws = service.workspace();
    const uiData = { title: 'Simple \u{1F600}', iconType: 'telephony', subTitle: 'sub' };
    await ws.publish({ ...base, type: 'task:new', source: 'test', data: { uiData } });
    const full = {
      'Past Due Amount': '12.50',
      link: '[Pay](https://bank.test/pay)',
      transcript: 'Agent: hello\nCustomer: hello',
      uiData: {
        division: 'Water',
        hidden: 'description',
        title: 'Full',
        iconType: 'Test 5',
        subTitle: 's',
        filterTags: ['a', 'b'],
      },
    };
    await ws.publish({ ...base, type: 'task:new', source: 'custom/4b1d', data: full });
    await ws.publish({
      ...base,
      type: 'Icons',
      source: 'Postman',
      data: { status: 'x', channelBreakout: 'sms', uiData },
    });
    const { data } = (await ws.get(`${history}?identity=${encodedIdentity}&sort=asc`)).body;
    expect(data.map((event: Parsed) => event.data)).toEqual([
      { uiData },
      full,
      { status: 'x', channelBreakout: 'sms', uiData },
    ]);
  });

  it('creates an identity, gets it by several aliases, adds and deletes aliases, patches, merges and deletes', async () => {
    const ws = service.workspace();
    const create = {
      firstName: 'Rue',
      lastName: 'Green',
      phone: [phone, '15550100199'],
      email: ['rue@bank.test'],
      customerId: ['C-17'],
    };
    const made = await ws.call('POST', `${person}/workspace-id/{ws}`, { body: create });
    expect(made.status).toBe(201);
    const aliases = `${encodedIdentity},rue%40bank.test,C-17,visitor-1`;
    expect((await ws.get(`${person}/workspace-id/{ws}/aliases/${aliases}`)).body.data).toHaveLength(1);
    const type = 'application/json-patch+json';
    const added = await ws.call('PATCH', `${person}/add-identities/workspace-id/{ws}/person-id/${made.body.data.id}`, {
      body: { phone: ['+15550100200'], email: ['r@bank.test'], customerId: ['C-18'], temporaryId: ['visitor-2'] },
      type,
    });
    expect(added.status).toBe(200);
    const removed = await ws.call(
      'PATCH',
      `${person}/remove-identities/workspace-id/{ws}/person-id/${made.body.data.id}`,
      {
        body: ['+15550100200', 'r@bank.test'],
        type,
      },
    );
    expect(removed.body.data.aliases).toHaveLength(6);
    const second = await ws.call('POST', `${person}/workspace-id/{ws}`, { body: { email: ['second@bank.test'] } });
    const merged = await ws.call('POST', `${person}/merge/workspace-id/{ws}/primary-person-id/${made.body.data.id}`, {
      body: { personIdsToMerge: [second.body.data.id] },
    });
    expect([merged.status, merged.body.data.id]).toEqual([202, made.body.data.id]);
    expect((await ws.call('DELETE', `${person}/workspace-id/{ws}/person-id/${made.body.data.id}`)).status).toBe(200);
    expect((await ws.get(`${person}/workspace-id/{ws}/aliases/C-17`)).status).toBe(404);
  });
});

describe('8.2 UC1, directing customer input', () => {
  it('finds no overdue record, then the last notice, then the payment', async () => {
    const ws = service.workspace();
    const check = () =>
      ws.get(`${history}?identity=${encodedIdentity}&filter=type=='Payment'&data=category=='Water'&pageSize=1`);
    expect((await check()).status).toBe(404);
    const notify = (Notification: string) =>
      ws.publish({
        ...base,
        type: 'Payment',
        source: 'SMS%20Notifcation',
        data: {
          phone,
          Reason: 'Past due',
          MessageForUser: 'Your bill is past due',
          LinkSent: '[Pay now](https://bank.test/pay)',
          Notification,
          'Past Due Amount': '20.00',
          category: 'Water',
          status: 'overdue',
          channelBreakout: 'sms',
          uiData: { title: '\u{1F4A7} Notice', iconType: 'Payment Notify', subTitle: 'Water' },
        },
      });
    await notify('1');
    await notify('2');
    const second = (await check()).body;
    expect([second.meta.resultCount, second.data[0].data.Notification, second.data[0].data.status]).toEqual([
      1,
      '2',
      'overdue',
    ]);
    const data = { phone, 'Past Due Amount': '0', category: 'Water', status: 'complete', channelBreakout: 'sms' };
    await ws.publish({ ...base, type: 'Payment', source: 'SMS%20Notifcation', data });
    expect((await check()).body.data[0].data.status).toBe('complete');
  });
});

describe('8.3 UC2, repeat caller, and 8.4 UC3, after hours', () => {
  it('keeps each call of the day under the person whom the flow then asks for', async () => {
    const ws = service.workspace();
    for (let call = 0; call < 3; call += 1) {
      await ws.publish({
        ...base,
        id: 'interaction-1',
        type: 'Payment Queue',
        source: 'Voice%20Contact',
        data: {
          phone,
          CallsQueuedNow: '3',
          EWT: '120',
          category: 'Payment',
          channelBreakout: 'voice',
          uiData: { iconType: 'QueueCallNeutral' },
        },
      });
    }
    const [found] = (await ws.get(`${person}/workspace-id/{ws}/aliases/${phone}`)).body.data;
    expect(found.phone).toEqual([phone]);
    expect((await ws.get(`${history}?identity=${encodedIdentity}`)).body.data).toHaveLength(3);
  });

  it('keeps unstaffed and closed callers apart by title', async () => {
    const ws = service.workspace();
    for (const title of ['Unstaffed While in Queue', 'Called After Hours']) {
      const data = { phone, category: 'Closed', channelBreakout: 'voice', uiData: { title, iconType: 'QueueCallMad' } };
      await ws.publish({ ...base, type: 'Closed Queue', source: 'Voice%20Contact', data });
    }
    const query = `filter=type=='Closed%20Queue'&data=uiData.title=='Called%20After%20Hours'`;
    expect((await ws.get(`${history}?identity=${encodedIdentity}&${query}`)).body.data).toHaveLength(1);
  });
});

describe('1.7 and 8.6, web events', () => {
  it('turns an unknown visitor into a customer by previousidentity, once', async () => {
    const ws = service.workspace();
    const visitor = { identity: '6f1c8a1e-0b1f-4f56-8d3a-111111111111', identitytype: 'temporaryId' };
    const web = { notes: 'Website Visit', origin: 'Website', channelType: 'NewVisit', channelBreakout: 'Web' };
    await ws.publish({ ...base, ...visitor, type: 'webvisit', source: 'home.com:website', data: web });
    await ws.publish({ ...base, ...visitor, type: 'webvisitMortgage', source: 'home.com:web:mortgage', data: web });
    const login = {
      type: 'webvisitLogin',
      source: 'home.com:login',
      identity: 'ruegreen@bank.test',
      identitytype: 'email',
      data: web,
    };
    await ws.publish({ ...base, ...login, previousidentity: visitor.identity });
    await ws.publish({ ...base, ...login, previousidentity: 'none' });
    expect((await ws.get(`${history}?identity=ruegreen%40bank.test`)).body.meta.resultCount).toBe(4);
    expect((await ws.get(`${person}/workspace-id/{ws}`)).body.data).toHaveLength(1);
  });
});
