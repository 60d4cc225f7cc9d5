// A running service for contract tests. Each test takes a workspace of its own, with a key for each role, and every
// answer is held to the OpenAPI document that the service itself publishes.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Scope, TokenIssuer } from '../../src/access/index.ts';
import { type ServerConfig, startServer, type WorkspaceConfig } from '../../src/server/index.ts';

const roles = {
  admin: ['cjp:config_write'],
  agent: ['cjp:user'],
  reader: ['cjp:config_read'],
  fullAdmin: ['cjds:admin_org_write'],
  orgReader: ['cjds:admin_org_read'],
  config: ['cjp:config'],
  nothing: [],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roles;

/** What an answer holds is checked against the document, and looked into freely by the tests. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else the text. */
  body: Parsed;
}

export interface CallOptions {
  /** Default `admin`; null sends none. */
  token?: string | null;
  role?: Role;
  /** Sent as JSON unless it is a text. */
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

export interface TestWorkspace {
  id: string;
  tokens: Record<Role, string>;
  /** `path` may hold `{ws}`. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string, options?: CallOptions): Promise<Answer>;
  publish(event: Record<string, unknown>, options?: CallOptions): Promise<Answer>;
}

export interface TestService {
  url: string;
  workspace(): TestWorkspace;
  document: Parsed;
}

export interface ServiceOptions {
  tokenIssuers?: (workspaceId: string) => TokenIssuer[];
  log?: 'silent' | 'info';
  webhooks?: ServerConfig['webhooks'];
}

/** One server for the tests of a file. */
export function useService(options: ServiceOptions = {}): TestService {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-journey-'));
  const workspaces = Array.from({ length: 80 }, (_, index) => aWorkspace(index, options));
  const service = { workspace: () => take(), url: '', document: undefined as Parsed };
  let close = async (): Promise<void> => undefined;
  let hold: Validator = () => undefined;
  let taken = 0;

  beforeAll(async () => {
    const server = await startServer({
      listen: { port: 0 },
      database: join(folder, 'waymark.db'),
      log: 'silent',
      ...(options.webhooks && { webhooks: options.webhooks }),
      workspaces: workspaces.map(({ config }) => config),
    });
    close = () => server.close();
    service.url = server.url;
    service.document = await (await fetch(`${server.url}/openapi.json`)).json();
    hold = createValidator(service.document);
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  function take(): TestWorkspace {
    const next = workspaces[taken++];
    if (!next) throw new Error('the tests of this file need more workspaces');
    const { id } = next.config;
    const call: TestWorkspace['call'] = async (method, path, { token, role = 'admin', ...rest } = {}) => {
      const target = path.replaceAll('{ws}', id);
      const answer = await send(service.url, method, target, {
        ...rest,
        token: token === undefined ? next.tokens[role] : token,
      });
      hold(method, target, answer);
      return answer;
    };
    return {
      id,
      tokens: next.tokens,
      call,
      get: (path, more) => call('GET', path, more),
      publish: (event, more) =>
        call('POST', '/publish/v1/api/event?workspaceId={ws}', { body: anEvent(event), ...more }),
    };
  }
  return service;
}

function aWorkspace(index: number, { tokenIssuers }: ServiceOptions) {
  const id = `64f0000000000000000a${String(index).padStart(4, '0')}`;
  const tokens = Object.fromEntries(Object.keys(roles).map((role) => [role, `token-of-${role}-${index}`]));
  const config: WorkspaceConfig = {
    id,
    name: `Workspace ${index}`,
    organizationId: '11111111-2222-3333-4444-555555555555',
    serverKeys: Object.entries(roles).map(([role, scopes]) => ({
      name: role,
      token: tokens[role] ?? '',
      scopes: [...scopes],
    })),
    ...(tokenIssuers ? { tokenIssuers: tokenIssuers(id) } : {}),
  };
  return { config, tokens: tokens as Record<Role, string> };
}

let made = 0;

/** A valid event of a trusted sender, as the contract's samples have it. */
export function anEvent(members: Record<string, unknown> = {}): Record<string, unknown> {
  made += 1;
  return {
    id: `event-${made}`,
    specversion: '1.0',
    type: 'task:new',
    source: 'wxcc',
    identity: 'jane@bank.test',
    identitytype: 'email',
    datacontenttype: 'application/json',
    data: { taskId: 'task-1', origin: 'jane@bank.test', channelType: 'email' },
    ...members,
  };
}

/** Sends exactly this path: `fetch` would mend what some tests break on purpose. */
async function send(url: string, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { token, body, type, headers = {} } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(text === undefined && type === undefined ? {} : { 'content-type': type ?? 'application/json' }),
          ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const received = Buffer.concat(chunks).toString('utf8');
          const json = /^application\/json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: new Headers(
              Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]),
            ),
            body: json ? JSON.parse(received) : received,
          });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

type Validator = (method: string, target: string, answer: Answer) => void;

/** Fails the test where an answer is not as the document says. */
function createValidator(document: Parsed): Validator {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    // The longest first: a template with fewer parameters goes before one with more.
    pattern: new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (method, target, answer) => {
    const path = target.split('?')[0] ?? '';
    const template = templates.find(({ pattern }) => pattern.test(path))?.template;
    const operation = template === undefined ? undefined : document.paths[template][method.toLowerCase()];
    const responses = operation?.responses ?? { default: true };
    const status = answer.status in responses ? String(answer.status) : 'default';
    if (status === 'default') expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    const media = status === 'default' ? 'application/json' : Object.keys(responses[status].content)[0];
    expect(answer.headers.get('content-type'), `${method} ${path}`).toContain(media);
    const at = operation
      ? `openapi#/paths/${pointerPart(template ?? '')}/${method.toLowerCase()}/responses/${status}/content/${pointerPart(media ?? '')}/schema`
      : 'openapi#/components/schemas/Error';
    const validate = compiled.get(at) ?? ajv.compile({ $ref: at });
    compiled.set(at, validate);
    const valid = validate(answer.body);
    expect(valid ? [] : validate.errors, `${method} ${path} → ${answer.status}`).toEqual([]);
  };
}

function pointerPart(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** An open stream and what has come on it. */
export interface TestStream {
  status: number;
  type: string;
  /** Parsed data of each message. */
  events: Parsed[];
  ids: string[];
  comments: string[];
  ended: () => boolean;
  close(): void;
}

export async function openStream(
  url: string,
  path: string,
  { token, headers = {}, body }: { token?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<TestStream> {
  const abort = new AbortController();
  const response = await fetch(url + path, {
    signal: abort.signal,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const stream: TestStream = {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    events: [],
    ids: [],
    comments: [],
    ended: () => ended,
    close: () => abort.abort(),
  };
  let ended = false;
  void readFrames(response, stream).then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  return stream;
}

async function readFrames(response: Response, stream: TestStream): Promise<void> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      if (frame.startsWith(':')) stream.comments.push(frame);
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data) stream.events.push(JSON.parse(data));
      const id = /^id: (.*)$/m.exec(frame)?.[1];
      if (id) stream.ids.push(id);
    }
  }
}
