// A few lines around fetch, for the recipes.

export interface Client {
  /** Answers the parsed body; throws where the status is not one of 2xx or of `also`. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<{ status: number; body: Answer }>;
  /** The same `idempotencyKey` again is the same event. */
  publish(event: NewEvent, idempotencyKey?: string): Promise<void>;
}

export interface CallOptions {
  also?: number[];
  headers?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a recipe reads what the contract says is there.
export type Answer = any;

export interface NewEvent {
  type: string;
  source: string;
  identity: string;
  identitytype: 'phone' | 'email' | 'customerId' | 'temporaryId';
  previousidentity?: string;
  data: Record<string, unknown>;
}

export interface Settings {
  base: string;
  workspace: string;
  token: string;
}

/** `{ws}` in a path is the workspace. */
export function createClient({ base, workspace, token }: Settings): Client {
  const client: Client = {
    async call(method, path, body, { also = [], headers = {} } = {}) {
      const response = await fetch(base + path.replace('{ws}', workspace), {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer: Answer = await response.json();
      if (response.ok || also.includes(response.status)) return { status: response.status, body: answer };
      throw new Error(`${method} ${path}: ${answer.status} ${answer.errors?.join('; ')}`);
    },
    async publish(event, idempotencyKey) {
      const id = crypto.randomUUID();
      const wire = { id, specversion: '1.0', datacontenttype: 'application/json', ...event };
      const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      await client.call('POST', '/publish/v1/api/event?workspaceId={ws}', wire, { headers });
    },
  };
  return client;
}

/** Makes the template; one of its name that is there stays as it is. */
export async function keepTemplate(client: Client, template: { name: string }): Promise<void> {
  const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
  const byName = `${templates}/template-name/${encodeURIComponent(template.name)}`;
  const { status } = await client.call('GET', byName, undefined, { also: [404] });
  if (status === 404) await client.call('POST', templates, template);
}

/** Makes the action of a template, or replaces the one of its name. */
export async function keepAction(client: Client, template: { name: string }, action: { name: string }): Promise<void> {
  const actions = `/admin/v1/api/journey-actions/workspace-id/{ws}/template-id/${encodeURIComponent(template.name)}`;
  const byName = `${actions}/action-name/${encodeURIComponent(action.name)}`;
  const { status, body } = await client.call('GET', byName, undefined, { also: [404] });
  if (status === 404) await client.call('POST', actions, action);
  else await client.call('PUT', `${actions}/action-id/${body.data.id}`, action);
}

/** Runs a recipe with what the environment says, and prints what it returns, if anything. */
export async function main(recipe: (client: Client, hook: string) => Promise<unknown>): Promise<void> {
  const { BASE = 'http://127.0.0.1:8790', WS = '', TOKEN = '', HOOK = 'http://127.0.0.1:9999/' } = process.env;
  console.log((await recipe(createClient({ base: BASE, workspace: WS, token: TOKEN }), HOOK)) ?? 'done');
}
