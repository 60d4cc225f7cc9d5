// How fast the Journey Data Service answers over HTTP, and how soon a stored event is seen on an open stream. The server
// runs in a process of its own, with a full load of persons; the client shares the machine with it.
// `node bench/server/journey.ts [events] [open streams]`
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startServer } from '../../src/server/index.ts';
import { openSqliteStore, type Store } from '../../src/store/index.ts';

const workspace = '64f000000000000000000001';
const token = 'token-of-the-bench';
const heavy = 'heavy@bench.test';
const heavyEvents = 50_000;
const eventsPerPerson = 50;
const day = Date.UTC(2026, 0, 1);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

if (process.argv[2] === '--serve') await serve(process.argv[3] ?? '');
else await measure(Number(process.argv[2] ?? 250_000), Number(process.argv[3] ?? 1_000));

async function serve(database: string): Promise<void> {
  const serverKeys = [{ name: 'bench', token, scopes: ['cjp:config_write' as const] }];
  const server = await startServer({
    listen: { port: 0 },
    database,
    log: 'silent',
    // The default, 10,000, would leave no connection beside that many streams.
    limits: { maxConnections: 20_000 },
    workspaces: [{ id: workspace, name: 'Bench', serverKeys }],
  });
  process.on('message', () => {
    globalThis.gc?.();
    process.send?.({ rss: process.memoryUsage().rss });
  });
  process.once('disconnect', () => void server.close().then(() => process.exit()));
  process.send?.({ url: server.url });
}

async function measure(events: number, streams: number): Promise<void> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? '.', '.bench-'));
  const database = join(folder, 'waymark.db');
  try {
    const persons = await fill(database, events);
    console.log(`${events} events, ${persons} persons, one in ten with 3 aliases; one with ${heavyEvents} events`);
    const server = fork(import.meta.filename, ['--serve', database], { execArgv: ['--expose-gc'] });
    const ask = (message?: string) =>
      new Promise<{ url: string; rss: number }>((resolve) => {
        server.once('message', (answer) => resolve(answer as { url: string; rss: number }));
        if (message) server.send(message);
      });
    const { url } = await ask();
    await histories(url, persons);
    await live(url, { persons, streams, rss: async () => (await ask('memory')).rss });
    server.disconnect();
    await new Promise((resolve) => server.once('exit', resolve));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Fills a store through its own interface, 500 events a batch, as trusted senders would over a year. */
async function fill(file: string, events: number): Promise<number> {
  const store = await openSqliteStore({ file });
  const persons = Math.floor((events - heavyEvents) / eventsPerPerson);
  let batch: unknown[] = [];
  let under: Promise<unknown>[] = [];
  const flush = async (): Promise<void> => {
    under.push(append(store, batch));
    batch = [];
    if (under.length < 20) return;
    await Promise.all(under);
    under = [];
  };
  for (let round = 0; round < eventsPerPerson; round += 1) {
    for (let person = 0; person < persons; person += 1) {
      batch.push(eventOf(person, round));
      if (batch.length === 500) await flush();
    }
  }
  for (let index = 0; index < heavyEvents; index += 1) {
    batch.push(anEvent(`heavy-${index}`, heavy, 'email', day + index * 600_000, index));
    if (batch.length === 500) await flush();
  }
  await flush();
  await Promise.all(under);
  await store.close();
  return persons;
}

function eventOf(person: number, round: number): unknown {
  const at = day + round * 7 * 86_400_000 + person * 1000;
  const id = `event-${person}-${round}`;
  if (person % 10 > 0 || round > 1) return anEvent(id, `person-${person}@bench.test`, 'email', at, round);
  // One in ten is known by e-mail, phone and browser.
  const previousidentity = round === 0 ? `visitor-${person}` : `+1555${String(person).padStart(7, '0')}`;
  return { ...anEvent(id, `person-${person}@bench.test`, 'email', at, round), previousidentity };
}

function anEvent(id: string, identity: string, identitytype: string, at: number, index: number) {
  return {
    specversion: '1.0',
    id,
    type: index % 10 === 0 ? 'Payment' : 'webvisit',
    source: 'bench:website',
    time: new Date(at).toISOString(),
    identity,
    identitytype,
    datacontenttype: 'application/json',
    data: {
      taskId: `web-${index % 1000}`,
      category: index % 100 === 0 ? 'Water' : 'Power',
      notes: 'Looked at the rates of mortgages and went on to another page. '.repeat(4),
      uiData: { title: 'Website visit', subTitle: 'Rates', iconType: 'NewVisit' },
    },
  };
}

function append(store: Store, events: unknown[]): Promise<unknown> {
  const body = new TextEncoder().encode(JSON.stringify(events));
  return store.append({ workspace, sender: 'trusted', repeats: 'publish', receivedAt: Date.now(), body });
}

async function histories(url: string, persons: number): Promise<void> {
  const path = `/v1/api/events/workspace-id/${workspace}`;
  const someone = () => `person-${Math.floor(Math.random() * persons)}%40bench.test`;
  const filter = `filter=${encodeURIComponent(`type=='Payment'`)}`;
  const ask = (query: string) => get(url, `${path}?pageSize=50&${query}`);
  const heavyWith = (data: string) => () => ask(`identity=${heavy}&${filter}&data=${encodeURIComponent(data)}`);
  const runs: [string, number, () => Promise<unknown>][] = [
    ['history of 50 of a random person', 2_000, () => ask(`identity=${someone()}`)],
    ['the same server answering 404 (no look-up)', 2_000, () => get(url, '/nothing')],
    ['heavy person, filter and data', 200, heavyWith(`category=='Water'`)],
    ['heavy person, filter and data that fit nothing', 50, heavyWith(`category=='Nothing'`)],
    ['heavy person, a pattern over data that fits nothing', 20, heavyWith('notes==*never*')],
  ];
  for (const [name, count, run] of runs) {
    for (let i = 0; i < count / 10; i += 1) await run();
    const times: number[] = [];
    for (let i = 0; i < count; i += 1) times.push(await timeOf(run));
    console.log(`${name}: ${spread(times)}`);
  }
}

interface Live {
  persons: number;
  streams: number;
  rss: () => Promise<number>;
}

/** Opens streams on different persons, then posts for some of them and waits until each sees its event. */
async function live(url: string, { persons, streams, rss }: Live): Promise<void> {
  const before = await rss();
  const waiting = new Map<string, () => void>();
  const sockets: Socket[] = [];
  const followed = Array.from({ length: streams }, (_, i) => `person-${i % persons}@bench.test`);
  for (let i = 0; i < streams; i += 100) {
    sockets.push(...(await Promise.all(followed.slice(i, i + 100).map((identity) => follow(url, identity, waiting)))));
  }
  const each = ((await rss()) - before) / streams / 1024;
  const times: number[] = [];
  for (let i = 0; i < 500; i += 1) {
    const identity = followed[Math.floor(Math.random() * streams)] ?? '';
    const id = `live-${i}`;
    const seen = new Promise<void>((resolve) => waiting.set(id, resolve));
    times.push(
      await timeOf(async () => {
        await post(url, anEvent(id, identity, 'email', Date.now(), i));
        await seen;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log(`${streams} open streams: ${each.toFixed(1)} KiB each; posted to seen: ${spread(times)}`);
  for (const socket of sockets) socket.destroy();
}

function follow(url: string, identity: string, waiting: Map<string, () => void>): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const path = `/v1/api/events/stream/workspace-id/${workspace}/identity/${identity}`;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${token}\r\n\r\n`);
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (text.includes(': open')) resolve(socket);
      for (const [, id = ''] of text.matchAll(/"id":"(live-\d+)"/g)) waiting.get(id)?.();
    });
  });
}

function get(url: string, path: string): Promise<void> {
  return call(url, path, 'GET');
}

function post(url: string, event: unknown): Promise<void> {
  return call(url, `/publish/v1/api/event?workspaceId=${workspace}`, 'POST', JSON.stringify(event));
}

function call(url: string, path: string, method: string, body?: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { agent, method, headers }, (response) => {
      response.on('end', resolve).resume();
    });
    sent.on('error', reject).end(body);
  });
}

async function timeOf(job: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await job();
  return performance.now() - started;
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
