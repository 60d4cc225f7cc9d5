// The disk fills up again and again while pages send, events are forwarded and webhooks go out, and has room again in
// between: what was acknowledged is there, what was to go has gone, and nothing was given up or counted as doubtful.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BatchAnswer } from '../../../src/protocol/index.ts';
import { checkDisk } from '../../../src/server/doctor/disk.ts';
import { type ServerConfig, startServer } from '../../../src/server/index.ts';
import { aProxy } from '../../delivery/jds/proxy.ts';
import { aConfig, aFolder, anEvent, aToken, collect, read, until, workspace } from '../../helpers.ts';
import { openReceiver } from '../../journey/receiver.ts';
import { allEvents, makeAction, operators, post, start, token } from './running.ts';
import { aSmallDisk, mayFillDisks } from './small-disk.ts';

const fillings = Number(process.env['FILLINGS'] ?? 4);
const theirs = '64f00000000000000000c15c';
/** The store keeps 256 MiB of it free. */
const diskMegabytes = 280;

function configOn(folder: string, more: Partial<ServerConfig> = {}): ServerConfig {
  return aConfig(folder, operators({ log: 'error', database: join(folder, `waymark-${Date.now()}.db`), ...more }));
}

describe.skipIf(!mayFillDisks)('a server whose disk fills up', () => {
  it(`loses nothing over ${fillings} times`, { timeout: 300_000 }, async () => {
    const disk = aSmallDisk(diskMegabytes);
    let failing = true;
    const isFault = (): boolean => failing && Math.random() < 0.2;
    const service = await startServer({
      listen: { port: 0 },
      database: join(aFolder(), 'theirs.db'),
      log: 'silent',
      workspaces: [{ id: theirs, name: 'Theirs', serverKeys: [{ name: 'all', token, scopes: ['cjp:config_write'] }] }],
    });
    onTestFinished(() => service.close());
    const proxy = await aProxy({
      service: service.url,
      serviceToken: token,
      now: Date.now,
      fault: ({ event }) => (event && isFault() ? { status: 503 } : undefined),
      delayMs: () => Math.random() * 20,
    });
    const receiver = await openReceiver();
    onTestFinished(() => receiver.close());
    const delivered: string[] = [];
    receiver.answer = (response, { headers }) => {
      const status = isFault() ? 500 : 204;
      if (status === 204) delivered.push(String(headers['webhook-id']));
      response.writeHead(status).end();
    };
    const server = await start(
      configOn(disk.folder, {
        webhooks: { allow: ['127.0.0.1'], retryDelaysMs: Array(50).fill(200), pauseFrom: 1_000 },
        forward: [
          {
            name: 'cisco',
            workspace,
            region: proxy.url,
            workspaceId: theirs,
            credentials: { token },
            perMinute: 60_000,
            concurrency: 16,
            rules: { send: 'all' },
          },
        ],
      }),
    );
    await makeAction(server.url, receiver.url);

    const acknowledged = new Set<string>();
    const visits = new Set<string>();
    const answers = new Set<string>();
    let sending = true;
    const page = async (number: number): Promise<void> => {
      for (let round = 0; sending; round++) {
        const visitor = `visitor-${number}-${round}`;
        const identity = `customer-${number}-${round}@example.com`;
        const visit = anEvent({ identity: visitor, temporarysecret: 'secret' });
        const login = anEvent({
          type: 'identify',
          identity,
          identitytype: 'email',
          previousidentity: visitor,
          temporarysecret: 'secret',
          identitytoken: await aToken(visitor, { identity }),
        });
        visits.add(visit.id);
        for (let waiting = [visit, login]; waiting.length > 0 && sending; ) {
          const response = await collect(server.url, waiting);
          const { results = [] } = (await response.json()) as Partial<BatchAnswer>;
          for (const { id, result, code = '' } of results) {
            answers.add(`${response.status} ${result} ${code}`.trim());
            if (result !== 'retry') acknowledged.add(String(id));
          }
          waiting = waiting.filter(({ id }) => !acknowledged.has(id));
          if (waiting.length > 0) await wait(20);
        }
      }
    };
    const pages = Promise.all([page(1), page(2), page(3)]);
    const told = new Set<string>();
    for (let round = 0; round < fillings; round++) {
      const goal = acknowledged.size + 50;
      await until('more was acknowledged', () => acknowledged.size > goal, 30_000);
      disk.fill(round % 2 ? Math.floor(Math.random() * 200_000) : 0);
      for (let look = 0; look < 4; look++) {
        await wait(Math.random() * 300);
        const ready = await fetch(`${server.url}/readyz`);
        if (ready.status !== 200) told.add(((await ready.json()) as { reason: string }).reason);
        const published = await post(server.url, `/publish/v1/api/event?workspaceId=${workspace}`, anEvent());
        if (published.status !== 202) told.add(((await published.json()) as { message: string }).message);
        const desk = await read(server.url, `/v1/api/events/workspace-id/${workspace}?pageSize=10`, token);
        expect(desk.status).toBe(200);
        // Whatever the checkpoint gave back.
        disk.fill();
      }
      disk.free();
    }
    sending = false;
    failing = false;
    await pages;

    expect(server.exits).toEqual([]);
    expect([...told]).toEqual(['The server has too little disk space to accept events; send again later.']);
    expect([...answers].sort()).toEqual(['202 ok', '202 retry disk-low']);
    const stored = await allEvents(server.url);
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    const missing = () => {
      const taken = new Set(proxy.taken());
      const called = new Set(receiver.received.map(({ body }) => JSON.parse(body).id));
      return [...stored].filter((id) => !taken.has(id) || (visits.has(id) && !called.has(id)));
    };
    await until('all has gone', () => missing().length === 0, 60_000);
    const forward = async () => ((await read(server.url, '/forward', token)).body as { waiting: number }[])[0];
    await until('nothing waits', async () => (await forward())?.waiting === 0, 30_000);
    expect(await forward()).toMatchObject({ buried: 0, possiblyTwice: 0, possiblyLost: 0 });
    expect(proxy.taken()).toHaveLength(new Set(proxy.taken()).size);
    expect(delivered).toHaveLength(new Set(delivered).size);
  });

  it('starts while it is full, says why it takes nothing, and takes events when there is room', async () => {
    const disk = aSmallDisk(diskMegabytes);
    const config = configOn(disk.folder);
    const first = await start(config);
    expect((await collect(first.url, [anEvent({ temporarysecret: 's' })])).status).toBe(202);
    disk.fill();
    await first.kill();
    const second = await start(config);
    const ready = await fetch(`${second.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ ok: false })]);
    expect((await allEvents(second.url)).size).toBe(1);
    const [finding] = await checkDisk(config);
    expect(finding?.level).toBe('fault');
    expect(finding?.text).toContain('takes no events');
    disk.free();
    await until('it is ready', async () => (await fetch(`${second.url}/readyz`)).status === 200);
    expect((await collect(second.url, [anEvent({ temporarysecret: 's' })])).status).toBe(202);
    expect((await allEvents(second.url)).size).toBe(2);
  });

  it('stops while it is full, and goes on at the next start with what it could not write', async () => {
    const disk = aSmallDisk(diskMegabytes);
    const receiver = await openReceiver();
    onTestFinished(() => receiver.close());
    const config = configOn(disk.folder, { log: 'silent', webhooks: { allow: ['127.0.0.1'], timeoutMs: 300 } });
    const first = await startServer(config);
    await makeAction(first.url, receiver.url);
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer = (response) => void held.then(() => response.writeHead(204).end());
    const visit = anEvent({ temporarysecret: 's' });
    expect((await collect(first.url, [visit])).status).toBe(202);
    await until('it was called', () => receiver.received.length > 0);
    disk.fill();
    answer();
    const person = `/admin/v1/api/person/workspace-id/${workspace}`;
    const { data } = (await read(first.url, `${person}/aliases/visitor-1`, token)).body as { data: { id: string }[] };
    const erase = (url: string) => post(url, `${person}/person-id/${data[0]?.id}/erase`, {});
    expect((await erase(first.url)).status).toBe(503);
    await first.close();
    disk.free();
    const second = await startServer(config);
    onTestFinished(() => second.close());
    expect(await allEvents(second.url)).toEqual(new Set([visit.id]));
    // Nobody knows that it arrived: it comes again, under the same id.
    await until('it was called again', () => receiver.received.length > 1, 20_000);
    expect(new Set(receiver.ids()).size).toBe(1);
    expect((await erase(second.url)).status).toBe(200);
    expect(readFileSync(`${config.database}.erased`, 'utf8').split('\n')).toHaveLength(2);
  });
});
