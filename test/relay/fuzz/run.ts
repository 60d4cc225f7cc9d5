// Sends hostile requests to a server in a process of its own, and tells what came back. In the tests with 5,000; by hand
// with `npm run fuzz` 50,000, or `npm run fuzz -- COUNT SEED`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aConfig, anEvent, collect, until } from '../../helpers.ts';
import { createRandom, hostileRequest } from './hostile.ts';

export interface FuzzReport {
  requests: number;
  seed: number;
  /** By status; `none` where the connection was closed without an answer. */
  statuses: Record<string, number>;
  /** Statuses above 499, with the number of the request, which with the seed makes it again. */
  failures: string[];
  /** Bytes that the main thread holds after a full garbage collection, after a fifth of the requests and after all. */
  heapBefore: number;
  heapAfter: number;
  /** Whether the server took an event afterwards. */
  alive: boolean;
  /** What it wrote to its error output. */
  complaints: string;
}

/** Bytes: between equal runs the heap at rest differs by a tenth of a MiB, so 1 KiB left by each request is seen. */
export const mayGrowBy = 2 * 1024 * 1024;

/**
 * Runs in the server's main thread: collects all garbage when asked, and answers with what is left. Buffers outside the
 * heap go some turns after the objects that held them.
 */
const heapOnRequest = `
  process.channel?.unref();
  if (process.channel) process.on('message', async () => {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    gc();
    const { heapUsed, external } = process.memoryUsage();
    process.send(heapUsed + external);
  });`;

const plenty = { perSecond: 1e7, burst: 1e7 };

export async function fuzz(requests: number, seed: number, inParallel = 16): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-fuzz-'));
  const server = await start(folder);
  try {
    const random = createRandom(seed);
    const statuses: Record<string, number> = {};
    const failures: string[] = [];
    let number = 0;
    let heapBefore = 0;
    while (number < requests) {
      const until = heapBefore === 0 ? Math.ceil(requests / 5) : requests;
      const work = async (): Promise<void> => {
        while (number < until) {
          const own = number++;
          const status = await exchange(server.url, hostileRequest(random, own));
          statuses[status] = (statuses[status] ?? 0) + 1;
          if (status.startsWith('5')) failures.push(`${status} in request ${own}`);
        }
      };
      await Promise.all(Array.from({ length: inParallel }, work));
      if (heapBefore === 0) heapBefore = await server.heapAtRest();
    }
    const heapAfter = await server.heapAtRest();
    const last = await collect(server.url, [anEvent({ identity: 'after', temporarysecret: 'after' })]);
    const alive = last.status === 202 && (await last.json()).results[0].result === 'ok';
    return { requests, seed, statuses, failures, heapBefore, heapAfter, alive, complaints: server.complaints() };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Server {
  url: string;
  complaints(): string;
  heapAtRest(): Promise<number>;
  stop(): Promise<void>;
}

async function start(folder: string): Promise<Server> {
  const config = aConfig(folder, { log: 'error', limits: { key: plenty, address: plenty, visitor: plenty } });
  const file = join(folder, 'waymark.json');
  writeFileSync(file, JSON.stringify(config));
  const script = join(import.meta.dirname, '..', '..', '..', 'src', 'server', 'cli.ts');
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--disable-warning=ExperimentalWarning',
      '--import',
      `data:text/javascript,${encodeURIComponent(heapOnRequest)}`,
      script,
      'serve',
      '--config',
      file,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let out = '';
  let complaints = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  const url = await until('the server listens', () => /waymark is listening on (\S+)/.exec(out)?.[1], 30_000);
  return {
    url,
    complaints: () =>
      complaints +
      out
        .split('\n')
        .filter((line) => line.includes('"level":50'))
        .join('\n'),
    async heapAtRest() {
      child.send('collect');
      const [bytes] = await once(child, 'message');
      return bytes;
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Writes the bytes and returns the status of the answer. */
function exchange(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none');
    };
    // Half requests and open streams never end by themselves.
    socket.setTimeout(400, end);
    socket.on('data', (chunk) => {
      answer = (answer + chunk.toString('latin1')).slice(0, 200);
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

if (import.meta.filename === process.argv[1]) {
  const [count = '50000', seed = String(Math.floor(Math.random() * 2 ** 31))] = process.argv.slice(2);
  const report = await fuzz(Number(count), Number(seed));
  console.log(JSON.stringify(report, null, 2));
  const flat = report.heapAfter < report.heapBefore + mayGrowBy;
  process.exitCode = report.failures.length === 0 && report.alive && flat ? 0 : 1;
}
