// What the first script is made of: `node bench/page/sizes.mjs`. Bytes of brotli of the script for a tag and of createTracker in
// a site's own bundle, whole, then with one part after the other left out: the least used first, the delivery last.
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { rollup } from 'rollup';
import config from '../../rollup.config.mjs';

/** What each part is for, and the modules in which it is. */
const parts = [
  ['explanations', 'tracker/parts'],
  ['trimming, beforeSend', 'tracker/data'],
  ['programs and privacy signals', 'tracker/browser'],
  ['identify, optIn, expect, reset, answers', 'tracker/person'],
  ['consent, agreement of tabs', 'tracker/gate'],
  ['where cookies do not work', 'tracker/kept'],
  ['names given by the page', 'tracker/page'],
  ['delivery', 'transport/core'],
];

const entries = {
  'waymark.js': config.find(({ output }) => output.file === 'dist/waymark.js'),
  createTracker: config.find(({ input }) => input.tracker),
};

const left = [];
console.log(`${'without, cumulatively'.padEnd(44)}${Object.keys(entries).join('  ')}`);
await row('nothing');
for (const [name, module] of parts) {
  left.push(module);
  await row(name);
}

async function row(name) {
  const sizes = await Promise.all(Object.values(entries).map(size));
  console.log(name.padEnd(44) + sizes.map((bytes) => String(bytes).padStart(10)).join('  '));
}

async function size({ plugins, output, ...rest }) {
  const bundle = await rollup({ ...rest, plugins: [{ name: 'left-out', load }, ...plugins], onwarn: () => {} });
  const { output: files } = await bundle.generate({ ...output, sourcemap: false });
  return brotliCompressSync(files.find(({ isEntry }) => isEntry).code).length;
}

/** A module that is left out exports nothing that works: this is built to be weighed, not to be run. */
function load(id) {
  if (!left.some((module) => id.endsWith(`/src/${module}.ts`))) return null;
  const own = id.endsWith('/core.ts') ? id.replace('core', 'starter') : id;
  const names = readFileSync(own, 'utf8').matchAll(/^export (?:function|const) (\w+)/gm);
  return [...names].map(([, name]) => `export const ${name} = globalThis.none;`).join('\n');
}
