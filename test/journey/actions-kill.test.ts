// The server is killed again and again while events come, and what a receiver gets is counted by webhook-id: no action is
// lost, and none fires twice for the same event or within its cool-down. Meanwhile persons merge, and others are erased.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerConfig } from '../../src/server/index.ts';
import { aFolder, until, workspace } from '../helpers.ts';
import { anAttribute } from './profiles/helpers.ts';
import { openReceiver } from './receiver.ts';
import { anEvent } from './service.ts';

const token = 'token-of-the-kill-test';
const persons = 10;
/** Of them so many become one in pairs. */
const merging = 8;
const person = (number: number): string => `person-${number}@bank.test`;
const kills = 5;
const child = join(import.meta.dirname, 'children/serve.ts');

interface Running {
  url: string;
  process: ChildProcess;
}

async function start(config: ServerConfig): Promise<Running> {
  const forked = fork(child, [JSON.stringify(config)]);
  onTestFinished(() => void forked.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    forked.once('message', (message) => resolve((message as { url: string }).url));
    forked.once('exit', () => reject(new Error('the server did not start')));
  });
  return { url, process: forked };
}

async function kill({ process: forked }: Running): Promise<void> {
  const gone = new Promise((resolve) => forked.once('exit', resolve));
  forked.kill('SIGKILL');
  await gone;
}

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

/** The status, or undefined where the server went meanwhile. */
async function post(url: string, path: string, body: unknown): Promise<number | undefined> {
  try {
    return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  } catch {
    return undefined;
  }
}

const personPath = `/admin/v1/api/person/workspace-id/${workspace}`;

async function personIdOf(url: string, identity: string): Promise<string | undefined> {
  const response = await fetch(`${url}${personPath}/aliases/${encodeURIComponent(identity)}`, { headers });
  const { data } = (await response.json()) as { data: { id: string }[] };
  return data[0]?.id;
}

/** Somebody whose events have fired actions is erased at once; when. */
async function comeAndGo(url: string, identity: string): Promise<number> {
  for (const id of ['a', 'b', 'c'])
    await post(
      url,
      `/publish/v1/api/event?workspaceId=${workspace}`,
      anEvent({ id: identity + id, type: 'buy', identity, data: {} }),
    );
  const path = `${personPath}/person-id/${await personIdOf(url, identity)}/erase`;
  const erased = await post(url, path, {});
  expect(erased).toBe(200);
  return Date.now();
}

describe('actions of a server that is killed', () => {
  it('are neither lost nor fired twice', { timeout: 120_000 }, async () => {
    const receiver = await openReceiver();
    onTestFinished(() => receiver.close());
    const config: ServerConfig = {
      listen: { port: 0 },
      database: join(aFolder(), 'waymark.db'),
      log: 'silent',
      workspaces: [
        { id: workspace, name: 'Home Bank', serverKeys: [{ name: 'k', token, scopes: ['cjp:config_write'] }] },
      ],
      webhooks: { allow: ['127.0.0.1'], timeoutMs: 300, retryDelaysMs: Array(50).fill(100) },
    };
    let server = await start(config);
    const template = { name: 'T', attributes: [anAttribute({ event: 'buy' })] };
    await post(server.url, `/admin/v1/api/profile-view-template/workspace-id/${workspace}`, template);
    const rules = { logic: 'SINGLE', condition: 'buy,origin,string,Count GTE 1' };
    const hook = (path: string) => ({
      type: 'Webhook',
      webhookURL: receiver.url + path,
      attributes: { httpverb: 'post', requestbody: '{"id":"{{id}}","who":"{{identity}}"}' },
    });
    for (const [name, cooldownPeriodInMinutes] of [
      ['each', 0],
      ['quiet', 60],
    ] as const) {
      const action = { name, rules, cooldownPeriodInMinutes, actionTriggers: [hook(`/${name}`)] };
      const made = await post(
        server.url,
        `/admin/v1/api/journey-actions/workspace-id/${workspace}/template-id/T`,
        action,
      );
      expect(made).toBe(201);
    }

    const acknowledged = new Set<string>();
    let sent = 0;
    let sending = true;
    const erasedAt = new Map<string, number>();
    const sender = async (): Promise<void> => {
      while (sending) {
        const id = `e${sent++}`;
        const number = sent % persons;
        // Every now and then one of a pair turns out to be the other: 0 and 1, 2 and 3, …
        const isLink = sent % 17 === 0 && number % 2 === 1 && number < merging;
        const event = anEvent({
          id,
          type: 'buy',
          identity: person(number),
          data: {},
          ...(isLink && { previousidentity: person(number - 1) }),
        });
        const status = await post(server.url, `/publish/v1/api/event?workspaceId=${workspace}`, event);
        if (status === 202) acknowledged.add(id);
        else await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const senders = Promise.all([sender(), sender(), sender()]);
    for (let round = 1; round <= kills; round += 1) {
      const goal = acknowledged.size + 40 + round * 7;
      await until('more was acknowledged', () => acknowledged.size > goal, 30_000);
      erasedAt.set(`gone-${round}@bank.test`, await comeAndGo(server.url, `gone-${round}@bank.test`));
      await kill(server);
      server = await start(config);
    }
    sending = false;
    await senders;

    const calls = (path: string) => receiver.received.filter((call) => call.path === path);
    const eventsOf = (path: string) => new Set(calls(path).map(({ body }) => JSON.parse(body).id));
    await until(
      'each acknowledged event was told',
      () => [...acknowledged].every((id) => eventsOf('/each').has(id)),
      60_000,
    );
    const waiting = async (): Promise<number> => {
      const path = `${server.url}/v1/api/webhooks/workspace-id/${workspace}/deliveries?state=waiting`;
      return ((await (await fetch(path, { headers })).json()) as { data: unknown[] }).data.length;
    };
    await until('nothing waits', async () => (await waiting()) === 0, 60_000);

    // The same event never comes under two ids, and a person in the cool-down under one only.
    const idsBy = (path: string, member: 'id' | 'who') => {
      const ids = new Map<string, Set<string>>();
      for (const { body, headers: told } of calls(path)) {
        const key = JSON.parse(body)[member];
        ids.set(key, (ids.get(key) ?? new Set()).add(String(told['webhook-id'])));
      }
      return [...ids.values()].map(({ size }) => size);
    };
    expect(new Set(idsBy('/each', 'id'))).toEqual(new Set([1]));
    const idOf = (number: number) => personIdOf(server.url, person(number));
    const pairs = await Promise.all(
      [0, 2, 4, 6].map(async (number) => (await idOf(number)) === (await idOf(number + 1))),
    );
    expect(pairs.filter(Boolean).length).toBeGreaterThanOrEqual(2);
    // Two who have fired before they merge have fired once each; after it neither does.
    const quietBy = (who: readonly string[]) =>
      calls('/quiet').filter(({ body }) => who.includes(JSON.parse(body).who));
    const idsOf = (who: readonly string[]) =>
      new Set(quietBy(who).map(({ headers: told }) => String(told['webhook-id']))).size;
    for (let number = 0; number < persons; number += 1) {
      expect(idsOf([person(number)])).toBeLessThanOrEqual(1);
      const pair =
        number < merging ? [person(number - (number % 2)), person(number - (number % 2) + 1)] : [person(number)];
      expect(idsOf(pair)).toBeGreaterThanOrEqual(1);
    }
    expect(Math.max(...idsBy('/quiet', 'who'))).toBe(1);
    // What was on its way when somebody was erased may still arrive, and nothing after that.
    for (const { body, at } of receiver.received)
      expect(at).toBeLessThan((erasedAt.get(JSON.parse(body).who) ?? Number.POSITIVE_INFINITY) + 1_000);
    await kill(server);
  });
});
