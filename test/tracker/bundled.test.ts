// What a site's bundler makes of `import … from 'waymark'`: nothing where nothing is used, and no effect of the import alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OutputChunk, rollup } from 'rollup';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'waymark-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const entry = join(import.meta.dirname, '../../dist/esm/tracker.js');

async function bundle(code: string): Promise<OutputChunk[]> {
  const input = join(folder, 'app.js');
  writeFileSync(input, code);
  const built = await rollup({
    input,
    plugins: [{ name: 'waymark', resolveId: (id) => (id === 'waymark' ? entry : null) }],
  });
  const { output } = await built.generate({ format: 'es' });
  return output.filter((part) => part.type === 'chunk');
}

test('an import that is not used leaves nothing in the bundle', async () => {
  const [app, ...others] = await bundle(`import { createTracker } from 'waymark'; console.log('app')`);
  expect(app?.code.trim()).toBe("console.log('app');");
  expect(others).toEqual([]);
});

test('what few pages use is in files of its own, loaded when it is asked for', async () => {
  const [app, ...parts] = await bundle(
    `import { createTracker } from 'waymark'; createTracker({ key: 'pk_test', endpoint: '/collect' })`,
  );
  expect(app?.dynamicImports.length).toBe(parts.length);
  expect(parts.length).toBeGreaterThanOrEqual(2);
  expect(app?.imports).toEqual([]);
});

test('the import alone touches nothing, also on a server', async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  const listeners = process.listenerCount('exit');
  await import(`${entry}?alone`);
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
  expect(process.listenerCount('exit')).toBe(listeners);
});
