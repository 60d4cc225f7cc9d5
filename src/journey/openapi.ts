// The OpenAPI 3.1 document, made from the calls that are served: what is not declared does not exist, and what is served
// cannot be missing here.
import type { FastifyInstance } from 'fastify';
import { answerSchema, type Call } from './call.ts';
import { components, ref, type Schema, text } from './schemas.ts';

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: Schema;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: Schema[];
  requestBody?: Schema;
  responses: Record<string, Schema>;
}

export function describeCalls(calls: readonly Call[]): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const call of calls) {
    const path = call.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [call.method.toLowerCase()]: describe(call) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waymark Journey Data Service',
      version: '1',
      description:
        'Events of customers’ journeys and the persons they belong to. Paths, envelopes and errors are those of Cisco’s Customer Journey Data Service; what goes beyond it is said in each call.',
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        bearerToken: { type: 'apiKey', in: 'query', name: 'bearerToken', description: 'Streams only.' },
      },
    },
  };
}

function describe(call: Call): Operation {
  const { status = 200, type = 'application/json' } = call.answer;
  const body = call.body && {
    required: !call.body.optional,
    content: Object.fromEntries([call.body.type].flat().map((one) => [one, { schema: call.body?.schema }])),
  };
  return {
    operationId: call.name,
    summary: call.summary,
    description: whoMay(call),
    tags: [call.group],
    security: securityOf(call),
    parameters: parametersOf(call),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [status]: { description: 'Success', content: { [type]: { schema: answerSchema(call.answer) } } },
      default: { description: 'Error', content: { 'application/json': { schema: ref('Error') } } },
    },
  };
}

function whoMay({ scopes, shortLived }: Call): string {
  if (scopes === 'signature') return 'Authenticated by the signature of the body.';
  const tokens =
    shortLived === 'stream' ? ' Stream tickets and read tokens too.' : shortLived ? ' Read tokens too.' : '';
  return `Scopes: one of ${scopes.join(', ')}.${tokens}`;
}

function securityOf({ scopes, shortLived }: Call): Operation['security'] {
  if (scopes === 'signature') return [];
  return shortLived === 'stream' ? [{ bearer: [] }, { bearerToken: [] }] : [{ bearer: [] }];
}

function parametersOf({ path, query = {}, headers = {}, workspaceIn }: Call): Schema[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }));
  const workspace = workspaceIn === 'query' ? [{ name: 'workspaceId', in: 'query', required: true, schema: text }] : [];
  const describeAll = (place: string, entries: Record<string, string>) =>
    Object.entries(entries).map(([name, description]) => ({ name, in: place, description, schema: text }));
  return [...inPath, ...workspace, ...describeAll('query', query), ...describeAll('header', headers)];
}

/** `GET /openapi.json`, and `GET /openapi`: the same for people. Public: they hold nothing but the shape of the API. */
export function serveOpenApi(app: FastifyInstance, calls: readonly Call[]): void {
  app.get('/openapi.json', async () => describeCalls(calls));
  app.get('/openapi', async (_request, reply) =>
    reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .type('text/html; charset=utf-8')
      .send(renderPage(describeCalls(calls))),
  );
}

function renderPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const groups = [...new Set(operations.flatMap(({ tags }) => tags))];
  const sections = groups.map((group) => {
    const members = operations.filter(({ tags }) => tags.includes(group));
    return `<section><h2>${escapeHtml(group)}</h2>${members.map(renderOperation).join('')}</section>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(info.title)}</title><style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
code{font:14px ui-monospace,monospace;overflow-wrap:anywhere}article{border-top:1px solid #8888;padding:.5rem 0}h3{margin:.5rem 0}</style>
<h1>${escapeHtml(info.title)}</h1><p>${escapeHtml(info.description)} The document: <a href="/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}</html>`;
}

function renderOperation(operation: Operation & { path: string; method: string }): string {
  const { method, path, summary, description, parameters, responses } = operation;
  const items = parameters.map(
    ({ name, in: place, description: what = '' }) =>
      `<li><code>${escapeHtml(String(name))}</code> (${escapeHtml(String(place))}) ${escapeHtml(String(what))}</li>`,
  );
  const [status = ''] = Object.keys(responses);
  return `<article><h3><code>${method} ${escapeHtml(path)}</code></h3><p>${escapeHtml(summary)}</p>
<p>${escapeHtml(description)} Answers ${status}.</p><ul>${items.join('')}</ul></article>`;
}

function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
