// What the tracker costs a page, beside a blank page and one raw beacon in the same run: `node bench/page/tracker.mjs [runs]`
// after a build. CPU is what the browser's main thread spent (thread ticks), so a busy machine distorts it little.
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { launchChromium } from '../../test/browsers/chromium.ts';
import { startReceiver } from '../../test/tracker/receiver.ts';

const runs = Number(process.argv[2] ?? 15);
const root = new URL('../../', import.meta.url).pathname;
const receiver = await startReceiver();
const browser = await launchChromium();
// Isolated pages have a clock of 5 µs instead of 100 µs.
receiver.headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const html = (head) =>
  `<!doctype html><html lang="en"><head><title>Page</title>${head}</head><body><h1>Page</h1></body></html>`;
const { siteUrl } = receiver;
const tag = `<script async src="${siteUrl}/waymark.js" data-key="pk_test"></script>`;
const beacon = `<script>addEventListener('load', () => navigator.sendBeacon('/collect', JSON.stringify([{ id: '' + Math.random() }])))</script>`;
receiver.pages.set('/blank', html(''));
receiver.pages.set('/beacon', html(beacon));
receiver.pages.set('/waymark', html(tag));

const scriptMs = { '/blank': [], '/beacon': [], '/waymark': [] };
for (let run = 0; run < runs; run++)
  for (const [path, values] of Object.entries(scriptMs)) values.push(await startUp(path));
for (const [path, values] of Object.entries(scriptMs))
  console.log(
    `start-up ${path.padEnd(9)} script CPU ms: median ${median(values).toFixed(2)}, minimum ${Math.min(...values).toFixed(2)}`,
  );
console.log(
  `start-up, ratio to a raw beacon: ${(median(scriptMs['/waymark']) / median(scriptMs['/beacon'])).toFixed(1)}`,
);
console.log(`long tasks at 6× CPU slow-down: ${await longTasks()}`);
const callsUs = await trackCalls();
console.log(
  `track(), ${callsUs.length} calls, each in a task of its own: median ${median(callsUs).toFixed(0)} µs, p99 ${quantile(callsUs, 0.99).toFixed(0)} µs`,
);
for (const name of ['waymark', 'waymark-more', 'waymark-debug'])
  console.log(`dist/${name}.js: ${brotli(readFileSync(`${root}dist/${name}.js`, 'utf8'))} bytes of brotli`);
console.log(`createTracker in a site's own bundle: ${await bundled()} bytes of brotli`);
await browser.close();
await receiver.close();

/** Milliseconds of script until the page is idle, in a browser that has never been there. */
async function startUp(path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(siteUrl + path);
  await page.waitForTimeout(1_500);
  const { metrics } = await cdp.send('Performance.getMetrics');
  await context.close();
  return 1_000 * metrics.find(({ name }) => name === 'ScriptDuration').value;
}

async function longTasks() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  await page.goto(`${siteUrl}/waymark`);
  await page.waitForTimeout(3_000);
  const count = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().map((entry) => Math.round(entry.duration))),
        ).observe({
          type: 'longtask',
          buffered: true,
        });
        setTimeout(() => resolve([]), 500);
      }),
  );
  await context.close();
  return count.length ? `${count.length} (${count.join(', ')} ms)` : 'none';
}

async function trackCalls() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${siteUrl}/waymark`);
  await page.waitForFunction(() => globalThis.waymark?.getState);
  await page.waitForTimeout(1_500);
  const times = await page.evaluate(async () => {
    const taken = [];
    for (let n = 0; n < 1_000; n++) {
      await new Promise((resolve) => setTimeout(resolve));
      const start = performance.now();
      globalThis.waymark.track('click', { n, label: 'Mortgage rates' });
      taken.push(1_000 * (performance.now() - start));
    }
    return taken;
  });
  await context.close();
  return times;
}

async function bundled() {
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === 'site' ? id : null),
    load: (id) =>
      id === 'site'
        ? `import { createTracker } from '${root}dist/esm/tracker.js';
           export const { track, identify, visit } = createTracker({ key: 'pk', endpoint: 'https://e.example/collect' });`
        : null,
  };
  const bundle = await rollup({
    input: 'site',
    plugins: [entry, nodeResolve(), terser({ ecma: 2020, module: true, compress: { passes: 3 } })],
  });
  const { output } = await bundle.generate({ format: 'es' });
  return brotli(output[0].code);
}

function brotli(text) {
  return brotliCompressSync(text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')).length;
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, part) {
  return [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))];
}
