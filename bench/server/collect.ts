// Durable 202 over HTTP, beside the same HTTP server that parses and throws away, in turns in the same run.
// `node bench/server/collect.ts [seconds a measurement, 8] [rounds, 3]` after a build. Prints medians.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './load.ts';

const seconds = Number(process.argv[2] ?? 8);
const rounds = Number(process.argv[3] ?? 3);
const path = '/collect?key=pk_of_the_bench';
const script = (name: string): string => join(import.meta.dirname, name);
let run = 0;

interface Subject {
  name: string;
  port: number;
  stop(): Promise<void>;
}

async function firstLine(child: ChildProcess): Promise<Record<string, number>> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return JSON.parse(text);
}

async function start(name: 'relay' | 'baseline'): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
  const child = spawn(process.execPath, [script(`${name}.ts`), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { port = 0 } = await firstLine(child);
  return {
    name,
    port,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function measure(port: number, plan: Pick<LoadPlan, 'events' | 'rate' | 'connections'>): Promise<LoadResult> {
  run += 1;
  const whole: LoadPlan = { port, path, seconds, run, ...plan };
  const child = spawn(process.execPath, [script('load.ts'), JSON.stringify(whole)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return JSON.parse(text);
}

function median(values: number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function row(name: string, results: LoadResult[], of?: LoadResult[]): void {
  const rate = median(results.map(({ requestsPerSecond }) => requestsPerSecond));
  const spread = results.map(({ requestsPerSecond }) => Math.round(requestsPerSecond)).sort((a, b) => a - b);
  const share = of
    ? ` | ${((100 * rate) / median(of.map(({ requestsPerSecond }) => requestsPerSecond))).toFixed(0)} %`
    : ' |';
  const cells = [
    name,
    `${Math.round(rate)} [${spread.at(0)}–${spread.at(-1)}]`,
    Math.round(median(results.map(({ eventsPerSecond }) => eventsPerSecond))),
    median(results.map(({ p50 }) => p50)).toFixed(1),
    median(results.map(({ p99 }) => p99)).toFixed(1),
    results.reduce((sum, { failed }) => sum + failed, 0),
  ];
  console.log(`| ${cells.join(' | ')}${share} |`);
}

console.log('| | requests/s [range] | events/s | p50 ms | p99 ms | failed | of baseline |');
console.log('|---|---|---|---|---|---|---|');
for (const events of [1, 20]) {
  const connections = events === 1 ? 64 : 32;
  const found = { baseline: [] as LoadResult[], relay: [] as LoadResult[] };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['baseline', 'relay'] as const) {
      const subject = await start(name);
      found[name].push(await measure(subject.port, { events, rate: 0, connections }));
      await subject.stop();
    }
  }
  row(
    `baseline, ${events} an request`.replace('an request', events === 1 ? 'event a request' : 'events a request'),
    found.baseline,
  );
  row(`relay, ${events === 1 ? '1 event' : `${events} events`} a request`, found.relay, found.baseline);
  const half = Math.floor(median(found.relay.map(({ requestsPerSecond }) => requestsPerSecond)) / 2);
  const open: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const subject = await start('relay');
    open.push(await measure(subject.port, { events, rate: half, connections: 256 }));
    await subject.stop();
  }
  row(`relay, open loop at half of that`, open);
}
