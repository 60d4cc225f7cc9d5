// Profiles and actions over HTTP: how fast a view of ten attributes over a thousand events is, what ten templates with ten
// actions cost the intake, and how soon a webhook arrives. Each beside its bare baseline in the same run.
// `node bench/server/profiles.ts [seconds a measurement, 6] [rounds, 3] [views, intake or webhooks]`
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/server/index.ts';
import type { LoadPlan, LoadResult } from './load.ts';

const workspace = '64f000000000000000000001';
const token = 'token-of-the-bench';
const siteKey = 'pk_of_the_bench';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [seconds, rounds] = [Number(process.argv[2] ?? 6), Number(process.argv[3] ?? 3)];
let run = 0;

if (process.argv[2] === '--serve') await serve(process.argv[3] ?? '');
else {
  const all = { views, intake, webhooks };
  const wanted = process.argv[4];
  for (const [name, measure] of Object.entries(all)) if (wanted === undefined || wanted === name) await measure();
}

async function serve(database: string): Promise<void> {
  const server = await startServer({
    listen: { port: 0 },
    database,
    log: 'silent',
    limits: {
      key: { perSecond: 1e6, burst: 1e6 },
      visitor: { perSecond: 1e6, burst: 1e6 },
      address: { perSecond: 1e6, burst: 1e6 },
    },
    webhooks: { allow: ['127.0.0.1'], maxFiresPerDay: 9_000_000 },
    workspaces: [
      {
        id: workspace,
        name: 'Bench',
        siteKeys: [{ key: siteKey, origins: ['http://bank.test'] }],
        serverKeys: [{ name: 'bench', token, scopes: ['cjp:config'] }],
      },
    ],
  });
  process.once('disconnect', () => void server.close().then(() => process.exit()));
  process.send?.({ url: server.url });
}

interface Subject {
  url: string;
  stop(): Promise<void>;
}

async function start(): Promise<Subject> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'waymark-bench-'));
  const child: ChildProcess = fork(import.meta.filename, ['--serve', join(folder, 'waymark.db')]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(url + path, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 0) < 300) resolve(text);
        else reject(new Error(`${method} ${path}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function anAttribute(event: string, index: number, members: object = {}) {
  const modes = ['Count', 'Value', 'Distinct', 'Sum', 'Max', 'Min', 'Average', 'Count', 'Distinct', 'Sum'];
  const aggregationMode = modes[index % modes.length];
  const numbers = ['Sum', 'Max', 'Min', 'Average'].includes(String(aggregationMode));
  return {
    displayName: `Attribute ${index}`,
    version: '0.1',
    event,
    metaData: numbers ? 'amount' : index % 2 === 0 ? 'page' : 'origin',
    metaDataType: numbers ? 'integer' : 'string',
    limit: 1000,
    lookBackDurationType: 'days',
    lookBackPeriod: 7,
    aggregationMode,
    verbose: false,
    rules: null,
    ...members,
  };
}

async function views(): Promise<void> {
  const subject = await start();
  const rule = { logic: 'SINGLE', condition: 'webvisit,amount,integer,Value GTE 0' };
  const attributes = Array.from({ length: 10 }, (_none, index) => anAttribute('webvisit', index));
  for (const [name, list] of [
    ['plain', attributes],
    ['ruled', attributes.map((one) => ({ ...one, rules: rule }))],
    ['verbose', attributes.map((one, index) => ({ ...one, verbose: index < 2 }))],
  ] as const) {
    await call(subject.url, 'POST', `/admin/v1/api/profile-view-template/workspace-id/${workspace}`, {
      name,
      attributes: list,
    });
  }
  for (let index = 0; index < 1000; index += 1) {
    await call(subject.url, 'POST', `/publish/v1/api/event?workspaceId=${workspace}`, {
      id: `e${index}`,
      specversion: '1.0',
      type: 'webvisit',
      source: 'home.com:website',
      time: new Date(Date.now() - index * 60_000).toISOString(),
      identity: 'ann@bench.test',
      identitytype: 'email',
      datacontenttype: 'application/json',
      data: {
        taskId: `web-${index % 20}`,
        origin: `Origin ${index % 7}`,
        page: `/page-${index % 40}`,
        amount: index % 100,
        notes: 'Looked at the rates for thirty years, fixed',
        uiData: { title: 'Mortgage rates', iconType: 'mortgage', filterTags: ['loans'] },
      },
    });
  }
  const base = `/v1/api/progressive-profile-view/workspace-id/${workspace}/identity/ann@bench.test/template-name`;
  console.log('view of ten attributes over 1,000 events | p50 ms | p99 ms | p99 / bare request');
  const names = ['plain', 'ruled', 'verbose'];
  // In the first seconds code is still being compiled, beside it and again as more cases are seen.
  for (let index = 0; index < 3000; index += 1) {
    await call(subject.url, 'GET', '/healthz');
    await call(subject.url, 'GET', `${base}/${names[index % names.length]}`);
  }
  const bare = await time(() => call(subject.url, 'GET', '/healthz'));
  console.log(`bare request | ${bare.p50} | ${bare.p99} |`);
  for (const name of names) {
    const taken = await time(() => call(subject.url, 'GET', `${base}/${name}`));
    console.log(`${name} | ${taken.p50} | ${taken.p99} | ${(taken.p99 / bare.p99).toFixed(1)}`);
  }
  await subject.stop();
}

async function time(work: () => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  for (let index = 0; index < 300; index += 1) await work();
  const taken: number[] = [];
  for (let index = 0; index < 2000; index += 1) {
    const began = performance.now();
    await work();
    taken.push(performance.now() - began);
  }
  return percentiles(taken);
}

function percentiles(values: number[]): { p50: number; p99: number } {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99) };
}

/** `concerned`: how many of the ten look at the events that come; the others look at other types. */
async function makeActions(url: string, concerned: number, webhookURL: string): Promise<void> {
  for (let index = 0; index < 10; index += 1) {
    const event = index < concerned ? 'webvisitMortgage' : `another type ${index}`;
    const attribute = anAttribute(event, 0, { metaData: 'origin', limit: 100, lookBackPeriod: 1 });
    const template = { name: `T${index}`, attributes: [attribute] };
    await call(url, 'POST', `/admin/v1/api/profile-view-template/workspace-id/${workspace}`, template);
    await call(url, 'POST', `/admin/v1/api/journey-actions/workspace-id/${workspace}/template-id/T${index}`, {
      name: `A${index}`,
      rules: { logic: 'SINGLE', condition: `${event},origin,string,Count GTE 3` },
      cooldownPeriodInMinutes: 60,
      actionTriggers: [{ type: 'Webhook', webhookURL, attributes: { httpverb: 'post', requestbody: '{{result}}' } }],
    });
  }
}

async function drive(url: string, plan: Pick<LoadPlan, 'events' | 'rate' | 'connections'>): Promise<LoadResult> {
  run += 1;
  const whole: LoadPlan = { port: Number(new URL(url).port), path: `/collect?key=${siteKey}`, seconds, run, ...plan };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(whole)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return JSON.parse(text);
}

/**
 * Each action fires once for each of the visitors and is then in its cool-down. So the first run is mostly a storm of
 * webhooks, ten for each visitor; the second is what goes on from then on.
 */
async function intake(): Promise<void> {
  const receiver = await openReceiver(() => undefined);
  const rates: Record<string, number[]> = {};
  const behind: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const concerned of [undefined, 1, 10]) {
      const subject = await start();
      if (concerned !== undefined) await makeActions(subject.url, concerned, receiver.url);
      let judged = 0;
      for (const phase of ['first fires', 'from then on']) {
        const name = `${phase}, ${concerned === undefined ? 'without' : `ten of each, ${concerned} concerned`}`;
        const { requests, eventsPerSecond, failed } = await drive(subject.url, {
          events: 20,
          rate: 0,
          connections: 16,
        });
        if (failed > 0) throw new Error(`${failed} requests failed`);
        judged += requests * 20 * (concerned ?? 0);
        rates[name] = [...(rates[name] ?? []), eventsPerSecond];
        behind[name] = [...(behind[name] ?? []), await untilJudged(subject.url, judged)];
      }
      await subject.stop();
    }
  }
  receiver.close();
  console.log('intake | events/s, median [range] | of without | s until all is judged and sent');
  for (const [name, values] of Object.entries(rates)) {
    const [phase] = name.split(',');
    const share = Math.round((100 * median(values)) / median(rates[`${phase}, without`]));
    const range = values.map(Math.round).join(', ');
    console.log(`${name} | ${Math.round(median(values))} [${range}] | ${share} % | ${median(behind[name]).toFixed(1)}`);
  }
}

function median(values: number[] = []): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Waits until so many pairs of event and action were judged and no webhook waits; answers with the seconds. */
async function untilJudged(url: string, pairs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const lines = (await call(url, 'GET', '/metrics')).split('\n');
    const sum = (name: string): number =>
      lines
        .filter((line) => line.startsWith(name))
        .reduce((all, line) => all + Number(line.slice(line.lastIndexOf(' '))), 0);
    if (sum('waymark_actions_total') >= pairs && sum('waymark_webhooks_waiting') === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return (performance.now() - began) / 1000;
}

async function webhooks(): Promise<void> {
  const taken: number[] = [];
  const receiver = await openReceiver((body) => taken.push(Date.now() - Date.parse(JSON.parse(body).time)));
  const subject = await start();
  const attribute = anAttribute('webvisitMortgage', 0, { metaData: 'origin', limit: 100, lookBackPeriod: 1 });
  const template = { name: 'T', attributes: [attribute] };
  await call(subject.url, 'POST', `/admin/v1/api/profile-view-template/workspace-id/${workspace}`, template);
  await call(subject.url, 'POST', `/admin/v1/api/journey-actions/workspace-id/${workspace}/template-id/T`, {
    name: 'each',
    rules: { logic: 'SINGLE', condition: 'webvisitMortgage,origin,string,Count GTE 1' },
    actionTriggers: [{ type: 'Webhook', webhookURL: receiver.url, attributes: { requestbody: '{"time":"{{time}}"}' } }],
  });
  const { requests, p50, p99 } = await drive(subject.url, { events: 1, rate: 1000, connections: 32 });
  const end = Date.now() + 60_000;
  while (taken.length < requests && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  const arrived = percentiles([...taken]);
  console.log('event → webhook at 1,000 events/s | p50 ms | p99 ms | p99 / 202');
  console.log(`the 202 | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`);
  console.log(
    `${taken.length} of ${requests} arrived | ${arrived.p50} | ${arrived.p99} | ${(arrived.p99 / p99).toFixed(1)}`,
  );
  await subject.stop();
  receiver.close();
}

async function openReceiver(take: (body: string) => void): Promise<{ url: string; close(): void }> {
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk) => {
      text += chunk;
    });
    incoming.on('end', () => {
      take(text);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
