// How fast the Journey Data Service answers over HTTP, and how soon a stored event is seen on an open stream. The server
// runs in a process of its own, with a full load of persons; the client shares the machine with it.
// `node bench/server/journey.ts [events, 250,000] [open streams, 1,000] [file to keep or use again]`
// The issue's shape is 10,000,000 and 10,000: 200,000 persons and 8 GB of disk.
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startServer } from '../../src/server/index.ts';
import { anEvent, fill, heavy, heavyEvents, personsIn, requireFilled, workspace } from './persons.ts';

const token = 'token-of-the-bench';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

if (process.argv[2] === '--serve') await serve(process.argv[3] ?? '');
else await measure(Number(process.argv[2] ?? 250_000), Number(process.argv[3] ?? 1_000), process.argv[4]);

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

async function measure(events: number, streams: number, kept?: string): Promise<void> {
  const folder = kept === undefined ? mkdtempSync(join(process.env['BENCH_DIR'] ?? '.', '.bench-')) : undefined;
  const database = kept ?? join(folder ?? '.', 'waymark.db');
  const persons = personsIn(events);
  try {
    if (existsSync(database)) await requireFilled(database, persons);
    else await fill(database, persons);
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
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
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
        await post(url, anEvent({ id, identity, at: Date.now(), index: i }));
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

function post(url: string, event: string): Promise<void> {
  return call(url, `/publish/v1/api/event?workspaceId=${workspace}`, 'POST', event);
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
