// What a backlog costs: memory, and the time to take the next event out of it. The same for a small one and for a large
// one, each in a process of its own, beside a process that has the same store open and forwards nothing.
// `node bench/server/forward.ts [events]`; default 1,000,000 events.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForward } from '../../src/delivery/index.ts';
import { openSqliteStore, type Store } from '../../src/store/index.ts';

const workspace = 'a1b2c3d4e5f6a1b2c3d4e5f6';
const batchEvents = 1_000;
const drainMs = 20_000;

type Mode = 'nothing' | 'known' | 'all';

const names: Record<Mode, string> = {
  nothing: 'no forwarding',
  known: 'known (all held)',
  all: 'all (all queued)',
};

const [first = '1000000', mode, file = ''] = process.argv.slice(2);
if (mode === undefined) await compare(Number(first));
else console.log(JSON.stringify(await measure(file, Number(first), mode as Mode)));

async function compare(large: number): Promise<void> {
  console.log(
    'backlog   rule                waiting  RSS at start  most while sending  heap  sent/s  claim median / p99',
  );
  for (const events of [1_000, large]) {
    const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
    try {
      await fill(join(folder, 'nothing.db'), events);
      for (const rule of ['nothing', 'known', 'all'] as const) {
        const args = [
          '--disable-warning=ExperimentalWarning',
          '--expose-gc',
          import.meta.filename,
          String(events),
          rule,
          join(folder, 'nothing.db'),
        ];
        const result = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e7 }));
        const cells = [
          result.waiting,
          `${result.restMib} MiB`,
          `${result.sendingMib} MiB`,
          `${result.heapMib} MiB`,
          result.perSecond,
          result.claim,
        ];
        console.log(`${String(events).padEnd(9)} ${names[rule].padEnd(18)} ${cells.join('  ')}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Anonymous visits of a thousand visitors, and all of them in the outbox of the lane that sends everything. */
async function fill(file: string, events: number): Promise<void> {
  const store = await openSqliteStore({ file });
  for (let from = 0; from < events; from += batchEvents) {
    const now = Date.now();
    const batch = Array.from({ length: Math.min(batchEvents, events - from) }, (_, i) => aVisit(from + i, now));
    const body = new TextEncoder().encode(JSON.stringify(batch));
    await store.append({ workspace, sender: 'trusted', repeats: 'collect', receivedAt: now, body });
  }
  for (const send of ['known', 'all'] as const) {
    const forward = await start(store, send, 'http://127.0.0.1:1', 1);
    await forward.pause();
    await forward.stop();
  }
  for (let from = 0; from < events; from += batchEvents) {
    const at = Date.now();
    const rows = Array.from({ length: Math.min(batchEvents, events - from) }, (_, i) => {
      const sequence = from + i + 1;
      const identity = `visitor-${(from + i) % 1_000}`;
      const payload = JSON.stringify({ sequence, at });
      return { lane: 'jds:all', workspace, key: `event:${sequence}`, dueAt: at, payload, identity };
    });
    await store.enqueue(rows);
  }
  await store.close();
}

function aVisit(index: number, now: number): object {
  const visitor = index % 1_000;
  return {
    specversion: '1.0',
    id: `bench-${index}`,
    type: 'webvisitMortgage',
    source: 'home.com:web:mortgage',
    time: new Date(now).toISOString(),
    identity: `visitor-${visitor}`,
    identitytype: 'temporaryId',
    datacontenttype: 'application/json',
    data: { taskId: `web-${visitor}`, origin: 'Mortgage Rates', url: 'https://www.home.com/mortgage/rates' },
  };
}

function start(store: Store, send: 'known' | 'all', region: string, perMinute: number) {
  return startForward({
    store,
    destination: {
      name: send,
      workspace,
      region,
      workspaceId: 'x',
      credentials: { token: 't' },
      perMinute,
      rules: { send },
    },
  });
}

async function measure(path: string, events: number, rule: Mode): Promise<unknown> {
  const store = await openSqliteStore({ file: path });
  const claims: number[] = [];
  const timed: Store = {
    ...store,
    async claim(...args) {
      const started = performance.now();
      const claimed = await store.claim(...args);
      claims.push(performance.now() - started);
      return claimed;
    },
  };
  const server = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(202).end('{}')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forward = rule === 'nothing' ? undefined : await start(timed, rule, url, 60_000);
  const restMib = rssMib();
  await forward?.resume();
  let most = restMib;
  let sent = 0;
  const end = performance.now() + (rule === 'all' ? drainMs : 3_000);
  const started = performance.now();
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    most = Math.max(most, rssMib());
    sent = (await forward?.status())?.sent ?? 0;
    if (rule === 'all' && sent >= events) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const waiting = (await forward?.status())?.waiting ?? 0;
  globalThis.gc?.();
  const heapMib = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  await forward?.pause();
  await forward?.stop();
  await store.close();
  server.close();
  claims.sort((a, b) => a - b);
  const at = (share: number): string => (claims[Math.floor((claims.length - 1) * share)] ?? 0).toFixed(2);
  return {
    waiting,
    restMib,
    sendingMib: most,
    heapMib,
    perSecond: Math.round(sent / seconds),
    claim: `${at(0.5)} / ${at(0.99)} ms`,
  };
}

function rssMib(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}
