import { describe, expect, it } from 'vitest';
import { type Parsed, useService } from './service.ts';

const service = useService();

describe('the OpenAPI document', () => {
  it('describes each call once, with its scopes, parameters and answers', () => {
    const { openapi, paths } = service.document;
    expect(openapi).toBe('3.1.0');
    const operations = Object.values<Parsed>(paths).flatMap((methods) => Object.values<Parsed>(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(28);
    for (const { operationId, summary, description, responses } of operations) {
      expect(
        [operationId, summary, description].every((text) => text.length > 5),
        operationId,
      ).toBe(true);
      expect(Object.keys(responses), operationId).toHaveLength(2);
    }
    const history = paths['/v1/api/events/workspace-id/{ws}'].get;
    expect(history.parameters.map(({ name }: Parsed) => name)).toEqual(
      expect.arrayContaining(['ws', 'identity', 'filter', 'data', 'page', 'pageSize', 'sortBy', 'sort', 'before']),
    );
  });

  it('has every schema that it refers to, and none that nothing refers to', () => {
    const text = JSON.stringify(service.document);
    const named = Object.keys(service.document.components.schemas);
    const meant = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name));
    expect([...meant].toSorted()).toEqual(named.toSorted());
  });

  it('is there as a page for people, without scripts', async () => {
    const response = await fetch(`${service.url}/openapi`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(page).toContain('/v1/api/events/workspace-id/{ws}');
    expect(page).not.toContain('<script');
  });

  it('answers a preflight with everything that clients send', async () => {
    const response = await fetch(`${service.url}/v1/api/events/workspace-id/x`, { method: 'OPTIONS' });
    const allowed = response.headers.get('access-control-allow-headers') ?? '';
    expect(response.status).toBe(204);
    for (const header of ['authorization', 'content-type', 'last-event-id']) expect(allowed).toContain(header);
    const methods = response.headers.get('access-control-allow-methods') ?? '';
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(methods).toContain(method);
  });

  it('describes answers that any page may read: of calls, of streams and of refusals', async () => {
    const ws = service.workspace();
    await ws.publish({});
    const events = `/v1/api/events/workspace-id/${ws.id}`;
    const stream = `/v1/api/events/stream/workspace-id/${ws.id}/identity/x`;
    for (const [path, token, status] of [
      [events, ws.tokens.agent, 200],
      [stream, ws.tokens.agent, 200],
      [`${events}?identity=nobody`, ws.tokens.agent, 404],
      [events, 'no such token', 401],
      [`${events}%`, ws.tokens.agent, 400],
    ] as const) {
      const headers = { origin: 'https://desktop.test', authorization: `Bearer ${token}` };
      const response = await fetch(service.url + path, { headers });
      await response.body?.cancel();
      expect([response.status, response.headers.get('access-control-allow-origin')], path).toEqual([status, '*']);
    }
  });
});
