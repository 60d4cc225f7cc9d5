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
  });
});
