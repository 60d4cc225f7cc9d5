// What 100 events cost a page, beside one raw beacon per event, in the same run on the same machine:
// `node .ci/set-up.mjs run bench/page/transport.mjs [runs]`. Prints medians; ratios mean something on any machine,
// absolute times only on a quiet one. CPU is the main thread's own clock, so that other programs do not count.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright';

const runs = Number(process.argv[2] ?? 9);
const events = 100;
const answerDelayMs = 100;
const idleMs = 2_500;
const script = readFileSync(new URL('../../dist/esm/transport.js', import.meta.url));

const seen = [];
const collector = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  const text = (body[0] === 0x1f ? gunzipSync(body) : body).toString();
  const batch = request.method === 'POST' ? [JSON.parse(text)].flat() : [];
  seen.push({ method: request.method, bytes: body.length, events: batch.length });
  const results = batch.map(({ id }, index) => ({ index, id, result: 'ok' }));
  setTimeout(() => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-credentials', 'true');
    response.writeHead(202).end(JSON.stringify({ results, serverTime: new Date().toISOString() }));
  }, answerDelayMs);
});
const site = createServer((request, response) => {
  if (request.url === '/transport.js') return response.setHeader('content-type', 'text/javascript').end(script);
  response.setHeader('content-type', 'text/html').end(page(request.url ?? '/'));
});
const collectorUrl = `http://127.0.0.1:${await listen(collector)}`;
const siteUrl = `http://localhost:${await listen(site)}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
});
const results = { waymark: [], 'raw sendBeacon': [], 'nothing at all': [] };
for (let run = 0; run < runs; run++) {
  results.waymark.push(await measure('/waymark'));
  results['raw sendBeacon'].push(await measure('/beacon'));
  results['nothing at all'].push(await measure('/nothing'));
}
const steady = { waymark: [], 'raw sendBeacon': [], 'nothing at all': [] };
for (let run = 0; run < Math.ceil(runs / 3); run++) {
  steady.waymark.push(await stayResponsive('/waymark'));
  steady['raw sendBeacon'].push(await stayResponsive('/beacon'));
  steady['nothing at all'].push(await stayResponsive('/nothing'));
}
await browser.close();
collector.close();
site.close();

console.log(`${events} events in one task, ${runs} runs, answers after ${answerDelayMs} ms; medians`);
const rows = Object.entries(results).map(([name, measured]) => ({
  name,
  'wall ms in the caller': median(measured, 'wallMs'),
  'CPU ms until idle': median(measured, 'cpuMs'),
  requests: median(measured, 'requests'),
  'bytes an event': median(measured, 'bytes'),
  'events arrived': median(measured, 'arrived'),
}));
console.table(rows);
console.log(`5,000 events in ten seconds, ten every 20 ms, ${Math.ceil(runs / 3)} runs; medians`);
console.table(
  Object.entries(steady).map(([name, measured]) => ({
    name,
    'tasks over 50 ms': median(measured, 'longTasks'),
    'longest task ms': median(measured, 'longestMs'),
    'CPU µs an event': median(measured, 'cpuUs'),
    'events arrived': median(measured, 'arrived'),
  })),
);

/** A page of a visitor of its own, once it is quiet; `before` is what its main thread has spent so far, milliseconds. */
async function enter(path) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const session = await context.newCDPSession(tab);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await tab.goto(siteUrl + path);
  await tab.waitForFunction(() => globalThis.ready);
  await tab.waitForTimeout(700);
  seen.length = 0;
  return { context, tab, session, before: await taskMs(session) };
}

async function measure(path) {
  const { context, tab, session, before } = await enter(path);
  const wallMs = await tab.evaluate((count) => globalThis.burst(count), events);
  await tab.waitForTimeout(idleMs);
  const cpuMs = (await taskMs(session)) - before;
  // What the fetchLater of the closing page sends does not belong to the burst.
  const posts = seen.filter(({ method }) => method === 'POST');
  const sum = (member) => posts.reduce((total, post) => total + post[member], 0);
  await context.close();
  return { wallMs, cpuMs, requests: seen.length, bytes: sum('bytes') / events, arrived: sum('events') };
}

/** How long the page is kept from anything else while many events are sent for a while. */
async function stayResponsive(path) {
  const { context, tab, session, before } = await enter(path);
  const tasks = await tab.evaluate(async () => {
    const long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
      entryTypes: ['longtask'],
    });
    for (let sent = 0; sent < 5_000; sent += 10) {
      globalThis.burst(10);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return long;
  });
  await tab.waitForTimeout(idleMs);
  const cpuUs = (((await taskMs(session)) - before) / 5_000) * 1_000;
  const posts = seen.filter(({ method }) => method === 'POST');
  const arrived = posts.reduce((total, { events }) => total + events, 0);
  await context.close();
  return { longTasks: tasks.length, longestMs: Math.max(0, ...tasks), cpuUs, arrived };
}

async function taskMs(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

function page(path) {
  const send = {
    '/waymark': 'transport.send(event(n))',
    '/beacon': `navigator.sendBeacon('${collectorUrl}/collect', JSON.stringify(event(n)))`,
    '/nothing': 'event(n)',
  }[path];
  return `<!doctype html><title>A page</title><script type="module">
    import { createTransport } from '/transport.js';
    const transport = ${path === '/waymark' ? `createTransport({ endpoint: '${collectorUrl}/collect', key: 'pk_bench' })` : 'undefined'};
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-';
    const nanoid = () => Array.from(crypto.getRandomValues(new Uint8Array(21)), (byte) => letters[byte & 63]).join('');
    const [identity, secret, session] = [nanoid(), nanoid(), nanoid()];
    const event = (n) => ({
      temporarysecret: secret, specversion: '1.0', id: nanoid(), type: 'webvisitMortgage', source: 'home.com:web:mortgage',
      time: new Date().toISOString(), identity, identitytype: 'temporaryId', datacontenttype: 'application/json',
      data: { taskId: 'web-' + session, origin: 'Mortgage Rates', channelType: 'MortgageRates', channelBreakout: 'Web',
        notes: 'Website Visit', url: 'https://www.home.com/mortgage/' + n, title: 'Mortgage rates', referrer: '' },
    });
    globalThis.burst = (count) => {
      const start = performance.now();
      for (let n = 0; n < count; n++) ${send};
      return performance.now() - start;
    };
    globalThis.ready = true;
  </script>`;
}

function median(measured, member) {
  const sorted = measured.map((one) => one[member]).sort((one, other) => one - other);
  return Number(sorted[Math.floor(sorted.length / 2)].toFixed(1));
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}
