// A backup is made while events are forwarded and webhooks go out, more goes out, and the server begins again from the
// backup: Cisco gets nothing twice, a receiver of webhooks can tell every repeat, and who was erased stays away.
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type RunningServer, startServer } from '../../../src/server/index.ts';
import { aProxy } from '../../delivery/jds/proxy.ts';
import { aFolder, anEvent, outcomes, read, until, workspace } from '../../helpers.ts';
import { openReceiver } from '../../journey/receiver.ts';
import { aConfigFile, run } from '../../server/commands/run.ts';
import { allEvents, makeAction, operators, post, token } from './running.ts';

const theirs = '64f00000000000000000c15c';

it('begins again from a backup without a delivery that nobody can tell from another', async () => {
  const folder = aFolder();
  const service = await startServer({
    listen: { port: 0 },
    database: join(folder, 'theirs.db'),
    log: 'silent',
    workspaces: [{ id: theirs, name: 'Theirs', serverKeys: [{ name: 'all', token, scopes: ['cjp:config_write'] }] }],
  });
  onTestFinished(() => service.close());
  const proxy = await aProxy({ service: service.url, serviceToken: token, now: Date.now });
  const receiver = await openReceiver();
  onTestFinished(() => receiver.close());
  const destination = { name: 'cisco', workspace, region: proxy.url, workspaceId: theirs, credentials: { token } };
  const { file, config } = aConfigFile(
    operators({
      webhooks: { allow: ['127.0.0.1'], timeoutMs: 300, retryDelaysMs: Array(50).fill(100), pauseFrom: 1_000 },
      forward: [{ ...destination, perMinute: 60_000, rules: { send: 'all' } }],
    }),
    folder,
  );
  let server: RunningServer = await startServer(config);
  onTestFinished(() => server.close());
  await makeAction(server.url, receiver.url);
  const send = async (ids: string[], visitor = 'visitor-1') =>
    outcomes(
      server.url,
      ids.map((id) => anEvent({ id, identity: visitor, temporarysecret: 'secret' })),
    );
  const called = () => new Set(receiver.received.map(({ body }) => JSON.parse(body).id));
  const gone = async (ids: string[]) => {
    await until(`${ids} were forwarded`, () => ids.every((id) => proxy.taken().includes(id)));
    await until(`${ids} were told`, () => ids.every((id) => called().has(id)));
  };

  // Nothing gets through when the backup is made: all of it lies in the outbox, or is on its way.
  await send(['done']);
  await gone(['done']);
  proxy.options.fault = () => ({ status: 503 });
  receiver.answer = (response) => void response.writeHead(503).end();
  const waiting = Array.from({ length: 12 }, (_, index) => `waiting-${index}`);
  await send(waiting);
  await send(['of-erased'], 'visitor-erased');
  await until('it was tried', () => receiver.received.length > 2);
  const backup = join(folder, 'backup');
  expect(await run(['backup', '--config', file, '--to', backup])).toMatchObject({ status: 0, wrong: [] });

  // What the store will forget: what waited has gone, more has come and gone, and somebody was erased.
  proxy.options.fault = () => undefined;
  receiver.answer = (response) => void response.writeHead(204).end();
  const lost = ['lost-1', 'lost-2'];
  await send(lost);
  await gone([...waiting, ...lost, 'of-erased']);
  const person = `/admin/v1/api/person/workspace-id/${workspace}`;
  const { data } = (await read(server.url, `${person}/aliases/visitor-erased`, token)).body as {
    data: { id: string }[];
  };
  expect((await post(server.url, `${person}/person-id/${data[0]?.id}/erase`, {})).status).toBe(200);
  const desk = await openStream(server.url, undefined);
  await send(['seen']);
  const lastSeen = await desk.next('seen');
  await gone(['seen']);

  expect(await run(['restore', '--config', file, '--from', backup])).toMatchObject({ status: 1 });
  await server.close();
  const callsBefore = receiver.received.length;
  expect(await run(['restore', '--config', file, '--from', backup])).toMatchObject({ status: 0, wrong: [] });
  server = await startServer(config);

  expect([...(await allEvents(server.url))].sort()).toEqual(['done', ...waiting].sort());
  expect(await send(['again'], 'visitor-erased')).toEqual(['refused erased']);
  // A page that had no answer sends again; its desk goes on from where it was.
  const resumed = await openStream(server.url, lastSeen);
  expect(await send(['lost-2', 'new'])).toEqual(['ok', 'ok']);
  await resumed.next('new');
  await gone(['new']);
  const forward = async () => ((await read(server.url, '/forward', token)).body as { waiting: number }[])[0];
  // What was on its way when the backup was made waits for the end of its lease.
  await until('the rest is done', async () => ((await forward())?.waiting ?? 9) <= 4);
  expect(await forward()).toMatchObject({ buried: 0, possiblyTwice: 0, possiblyLost: 0 });
  expect(new Set(proxy.taken())).toEqual(new Set(['done', ...waiting, 'of-erased', ...lost, 'seen', 'new']));
  const twice = proxy.taken().filter((id, at, all) => all.indexOf(id) !== at);
  // The backup has never seen it, and what has no answer comes again.
  expect(twice).toEqual(['lost-2']);

  // Repeats come under the id they had, and no id names two events.
  await until('what waited was told again', () => receiver.received.length >= callsBefore + waiting.length + 2);
  const eventsById = new Map<string, Set<string>>();
  for (const { headers, body } of receiver.received) {
    const id = String(headers['webhook-id']);
    eventsById.set(id, (eventsById.get(id) ?? new Set()).add(JSON.parse(body).id));
  }
  expect([...eventsById.values()].filter(({ size }) => size > 1)).toEqual([]);
  const again = receiver.received.slice(callsBefore).map(({ body }) => JSON.parse(body).id);
  expect(again.sort()).toEqual([...waiting, 'lost-2', 'new'].sort());
  for (const id of waiting) {
    const names = receiver.received.filter(({ body }) => JSON.parse(body).id === id);
    expect(new Set(names.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  }
});

interface Stream {
  /** Waits for an event and returns its position in the stream. */
  next(id: string): Promise<string>;
}

async function openStream(url: string, lastEventId: string | undefined): Promise<Stream> {
  const aborting = new AbortController();
  onTestFinished(() => aborting.abort());
  const path = `/v1/api/events/stream/workspace-id/${workspace}/identity/visitor-1`;
  const response = await fetch(url + path, {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    signal: aborting.signal,
  });
  expect(response.status).toBe(200);
  let text = '';
  void (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
  })().catch(() => undefined);
  const find = (id: string) => text.split('\n\n').find((message) => message.includes(`"id":"${id}"`));
  return {
    next: async (id) => /^id: ?(\d+)$/m.exec(await until(`${id} came`, () => find(id)))?.[1] ?? '',
  };
}
