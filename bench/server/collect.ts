// Durable 202 over HTTP, beside two servers that keep nothing, in turns in the same run: `discard`, the relay's own HTTP
// server, which parses, checks and answers, but throws the events away; and `bare`, a dozen lines of node:http.
// Then the relay under an open loop at half of the load that it promises, and at half of what was just reached.
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

/** What the relay promises on two cores with the client beside it, in requests a second. */
const shapes = [
  { events: 1, connections: 256, promised: 8_000 },
  { events: 20, connections: 64, promised: 2_000 },
];
const names = ['bare', 'discard', 'relay'] as const;

interface Subject {
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

async function start(name: (typeof names)[number], events: number): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
  const args = [script(`${name}.ts`), folder, String(events)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { port = 0 } = await firstLine(child);
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function measure(
  name: (typeof names)[number],
  plan: Pick<LoadPlan, 'events' | 'rate' | 'connections'>,
): Promise<LoadResult> {
  const subject = await start(name, plan.events);
  run += 1;
  const whole: LoadPlan = { port: subject.port, path, seconds, run, ...plan };
  const child = spawn(process.execPath, [script('load.ts'), JSON.stringify(whole)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  await subject.stop();
  return JSON.parse(text);
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function rateOf(results: LoadResult[]): number {
  return median(results.map(({ requestsPerSecond }) => requestsPerSecond));
}

function row(name: string, results: LoadResult[], beside: LoadResult[][] = []): void {
  const spread = results.map(({ requestsPerSecond }) => Math.round(requestsPerSecond)).sort((a, b) => a - b);
  const cells = [
    name,
    `${Math.round(rateOf(results))} [${spread.at(0)}–${spread.at(-1)}]`,
    Math.round(median(results.map(({ eventsPerSecond }) => eventsPerSecond))),
    median(results.map(({ p50 }) => p50)).toFixed(1),
    median(results.map(({ p99 }) => p99)).toFixed(1),
    results.reduce((sum, { failed }) => sum + failed, 0),
    ...beside.map((of) => `${((100 * rateOf(results)) / rateOf(of)).toFixed(0)} %`),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

console.log('| | requests/s [range] | events/s | p50 ms | p99 ms | failed | of discard | of bare |');
console.log('|---|---|---|---|---|---|---|---|');
for (const { events, connections, promised } of shapes) {
  const size = events === 1 ? '1 event a request' : `${events} events a request`;
  const found = { bare: [] as LoadResult[], discard: [] as LoadResult[], relay: [] as LoadResult[] };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) found[name].push(await measure(name, { events, rate: 0, connections }));
  }
  for (const name of names) row(`${name}, ${size}`, found[name], name === 'relay' ? [found.discard, found.bare] : []);
  const halves = { promised: promised / 2, reached: Math.floor(rateOf(found.relay) / 2) };
  for (const [of, rate] of Object.entries(halves)) {
    const open: LoadResult[] = [];
    for (let round = 0; round < rounds; round++) open.push(await measure('relay', { events, rate, connections: 256 }));
    row(`relay, open loop at half of what is ${of}`, open);
  }
}
