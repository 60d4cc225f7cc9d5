import { describe, expect, it } from 'vitest';
import { answerAfterAll } from '../helpers.ts';
import { anEvent, useService } from './service.ts';

const service = useService();
const history = '/v1/api/events/workspace-id/{ws}';
const persons = '/admin/v1/api/person/workspace-id/{ws}';
const publish = '/publish/v1/api/event?workspaceId={ws}';

describe('bad input', () => {
  it('is answered in the error body with a trackingId of its own', async () => {
    const ws = service.workspace();
    const answers = await Promise.all([1, 2].map(() => ws.get(`${history}?pageSize=none`)));
    const [first, second] = answers.map(({ body }) => body);
    expect(first).toEqual({
      trackingId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: '400 BAD_REQUEST',
      message: expect.any(String),
      errors: [expect.stringContaining('pageSize')],
      timestamp: expect.any(String),
    });
    expect(first.trackingId).not.toBe(second.trackingId);
    expect(answers[0]?.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    ['an unknown address', 'GET', '/v1/api/nothing', 404],
    ['an unknown method', 'PUT', history, 404],
    ['an unknown workspace', 'GET', '/v1/api/events/workspace-id/64f000000000000000000099', 404],
    ['a workspace that is no id', 'GET', "/v1/api/events/workspace-id/'%20OR%201=1", 404],
    ['a broken percent escape in the path', 'GET', `${persons}/aliases/%E0%A4%A`, 400],
    ['a lone percent sign in the path', 'GET', `${persons}/aliases/100%`, 400],
    ['no alias at all', 'GET', `${persons}/aliases/,,,`, 404],
    ['very many aliases', 'GET', `${persons}/aliases/${Array.from({ length: 101 }, (_, i) => `a${i}`).join(',')}`, 400],
    ['a very long alias', 'GET', `${persons}/aliases/${'a'.repeat(3000)}`, 400],
    ['a NUL in an alias', 'GET', `${persons}/aliases/a%00b`, 404],
    ['page number a million', 'GET', `${persons}?page=1000000`, 200],
    ['page number two million', 'GET', `${persons}?page=2000000`, 400],
    ['the same parameter twice', 'GET', `${history}?identity=a&identity=b`, 400],
    ['an identity of megabytes in the query', 'GET', `${history}?identity=${'a'.repeat(10_000)}`, 404],
  ])('%s: %s %s', async (_what, method, path, status) => {
    const answer = await service.workspace().call(method, path);
    expect(answer.status).toBe(status);
  });

  it('takes a broken percent escape in a query as it stands', async () => {
    expect((await service.workspace().get(`${history}?identity=100%`)).status).toBe(404);
  });

  it.each([
    ['more comparisons than anybody writes', Array.from({ length: 51 }, () => 'a==b').join(';')],
    ['an expression of 9,000 characters', `type==${'a'.repeat(9000)}`],
    ['nesting of and in or in and', `${'(type==a;(type==b,'.repeat(9)}type==c${'))'.repeat(9)}`],
    ['a thousand open parentheses', '('.repeat(1000)],
  ])('%s: 400, quickly', async (_what, filter) => {
    const { status, body } = await service.workspace().get(`${history}?filter=${encodeURIComponent(filter)}`);
    expect(status).toBe(400);
    expect(body.errors[0].length).toBeLessThan(500);
  });

  it('answers RSQL of 10,000 terms with the error body, whether it stands in the address or in a body', async () => {
    const ws = service.workspace();
    const filter = Array.from({ length: 10_000 }, () => 'type==a').join(',');
    expect((await ws.get(`${history}?filter=${filter}`)).status).toBe(431);
    const path = '/v1/api/events/stream/workspace-id/{ws}/identity';
    const { status, body } = await ws.call('POST', path, { body: { identity: 'x', filter } });
    expect([status, body.errors[0]]).toEqual([400, expect.stringContaining('8192')]);
  });

  it('reads an expression in two thousand parentheses', async () => {
    const filter = `${'('.repeat(2000)}type==a${')'.repeat(2000)}`;
    expect((await service.workspace().get(`${history}?filter=${filter}`)).status).toBe(404);
  });

  it('answers a pattern that would make a regular expression slow, and refuses one of fifty stars', async () => {
    const ws = service.workspace();
    await ws.publish({ data: { text: 'a'.repeat(50_000) } });
    const ask = async (stars: number) => {
      const data = encodeURIComponent(`text==${'*a'.repeat(stars)}*b`);
      return (await ws.get(`${history}?data=${data}`)).status;
    };
    expect([await ask(8), await ask(50)]).toEqual([404, 400]);
  });

  it.each([
    ['an empty body', '', 400],
    ['half a body', '{"id": "1"', 400],
    ['a deep body', `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`, 400],
    ['a very deep body', '['.repeat(200_000), 400],
    ['a member named __proto__', JSON.stringify(anEvent()).replace('"data":{', '"data":{"__proto__":{"a":1},'), 400],
    [
      'a member named __proto__ by an escape',
      JSON.stringify(anEvent()).replace('"data":{', '"data":{"\\u005f_proto__":1,'),
      400,
    ],
    ['a body of two megabytes', JSON.stringify(anEvent({ data: { x: 'x'.repeat(2_000_000) } })), 413],
    [
      'very many members',
      JSON.stringify(anEvent({ data: Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`m${i}`, 1])) })),
      400,
    ],
    ['half a surrogate pair in an identity', JSON.stringify(anEvent({ identity: 'x\ud800' })), 400],
    ['a NUL in an identity', JSON.stringify(anEvent({ identity: 'x\0y' })), 400],
    [
      'a number too large for JSON',
      JSON.stringify(anEvent()).replace('"data":{', `"data":{"n":${'9'.repeat(400)},`),
      202,
    ],
  ])('%s', async (_what, body, status) => {
    expect((await service.workspace().call('POST', publish, { body })).status).toBe(status);
  });

  it('tells who sends too much so, also where the answer is read only after the whole body is sent', async () => {
    const { id, tokens } = service.workspace();
    const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' };
    const answer = await answerAfterAll(service.url + publish.replace('{ws}', id), headers, 4_000_000);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*"trackingId"/);
  });

  it.each(['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded'])(
    'refuses a body of type %s with 415',
    async (type) => {
      expect((await service.workspace().call('POST', publish, { body: JSON.stringify(anEvent()), type })).status).toBe(
        415,
      );
    },
  );

  it('takes GET and DELETE with a JSON content type and an empty body', async () => {
    const ws = service.workspace();
    expect((await ws.get(persons, { type: 'application/json' })).status).toBe(200);
    const path = `${persons}/person-id/000000000000000000000000`;
    expect((await ws.call('DELETE', path, { type: 'application/json', body: '' })).status).toBe(404);
  });

  it('refuses JSON where a CSV file is wanted, and the other way', async () => {
    const ws = service.workspace();
    const path = '/admin/v1/api/person/import/workspace-id/{ws}';
    expect((await ws.call('POST', path, { body: { a: 1 } })).status).toBe(400);
    expect((await ws.call('POST', persons, { body: 'a,b', type: 'text/csv' })).status).toBe(400);
  });
});
