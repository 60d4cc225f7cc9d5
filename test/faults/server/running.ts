// A server in a process of its own, and what tests of faults ask of it.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { CloudEvent } from '../../../src/protocol/index.ts';
import type { ServerConfig, WorkspaceConfig } from '../../../src/server/index.ts';
import { aConfig, read, workspace } from '../../helpers.ts';
import { anAttribute } from '../../journey/profiles/helpers.ts';

/** Of a server key that may do everything. */
export const token = 'token-of-the-operator';

/** A configuration with that key, to be laid over one of the tests. */
export function operators(more: Partial<ServerConfig>): Partial<ServerConfig> {
  const [base] = aConfig('').workspaces;
  const key: NonNullable<WorkspaceConfig['serverKeys']>[number] = {
    name: 'operator',
    token,
    scopes: ['cjp:config_write', 'cjp:config_read', 'cjp:user'],
  };
  return { ...more, ...(base && { workspaces: [{ ...base, serverKeys: [key] }] }) };
}

export interface Running {
  url: string;
  /** How it ended, where it did. */
  exits: string[];
  kill(): Promise<void>;
}

const child = join(import.meta.dirname, '../../journey/children/serve.ts');

export async function start(config: ServerConfig): Promise<Running> {
  const forked = fork(child, [JSON.stringify(config)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void forked.kill('SIGKILL'));
  let told = '';
  forked.stderr?.on('data', (data) => {
    told += data;
  });
  const exits: string[] = [];
  forked.once('exit', (code, signal) => exits.push(`${code ?? signal}: ${told}`));
  const url = await new Promise<string>((resolve, reject) => {
    forked.once('message', (message) => resolve((message as { url: string }).url));
    forked.once('exit', () => reject(new Error(`the server did not start: ${told}`)));
  });
  return {
    url,
    exits,
    async kill() {
      const gone = new Promise((resolve) => forked.once('exit', resolve));
      forked.kill('SIGKILL');
      await gone;
    },
  };
}

export function post(url: string, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** An action that calls for each page visit, with the id of the event. */
export async function makeAction(url: string, webhookURL: string): Promise<void> {
  await post(url, `/admin/v1/api/profile-view-template/workspace-id/${workspace}`, {
    name: 'T',
    attributes: [anAttribute()],
  });
  const made = await post(url, `/admin/v1/api/journey-actions/workspace-id/${workspace}/template-id/T`, {
    name: 'each',
    rules: { logic: 'SINGLE', condition: 'webvisit,origin,string,Count GTE 1' },
    cooldownPeriodInMinutes: 0,
    actionTriggers: [{ type: 'Webhook', webhookURL, attributes: { httpverb: 'post', requestbody: '{"id":"{{id}}"}' } }],
  });
  expect(made.status).toBe(201);
}

/** The ids of all events of the workspace. */
export async function allEvents(url: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let page = 0; ; page++) {
    const path = `/v1/api/events/workspace-id/${workspace}?pageSize=1000&page=${page}`;
    const { data = [] } = (await read(url, path, token)).body as { data?: CloudEvent[] };
    for (const { id } of data) ids.add(id);
    if (data.length < 1000) return ids;
  }
}
