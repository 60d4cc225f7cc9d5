// What a front-end developer does with the package: installs it, checks types, bundles an app, opens it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../browsers/chromium.ts';
import { aFolder } from '../helpers.ts';

const root = join(import.meta.dirname, '../..');

/** An app that has the package, and lit as the package's dependency. */
function anApp(file: string, source: string): string {
  const folder = aFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/waymark'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, file), source);
  return join(folder, file);
}

async function bundled(input: string): Promise<string> {
  const bundle = await rollup({ input, plugins: [nodeResolve({ browser: true })], logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true });
  await bundle.close();
  return output[0].code;
}

describe('an app with the package', () => {
  it('has the element after `import "waymark/widget"` alone, through a bundler that drops what is not used', async () => {
    const code = await bundled(anApp('app.js', "import 'waymark/widget';"));
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.addScriptTag({ type: 'module', content: code });
    const defined = () =>
      ['customer-journey-widget', 'waymark-journey'].filter((name) => customElements.get(name) !== undefined);
    expect(await page.evaluate(defined)).toContain('customer-journey-widget');
  });

  it('keeps nothing of the widget or the server in an app that only tracks', async () => {
    const code = await bundled(anApp('app.js', "import { createTracker } from 'waymark'; createTracker({});"));
    expect(code).not.toMatch(/customElements|fastify|better-sqlite3/);
  });

  it('may import every entry where pages are rendered on a server', () => {
    for (const entry of ['waymark', 'waymark/widget', 'waymark/transport', 'waymark/protocol']) {
      const file = anApp('page.js', `import '${entry}'; console.log('rendered');`);
      expect(execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: 'pipe' }), entry).toBe('rendered\n');
    }
  });

  it.each([
    ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
    ['nodenext', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
  ] as const)(
    'has types for the tracker and for the element, with moduleResolution %s',
    (_name, module, resolution) => {
      const file = anApp(
        'app.ts',
        `import { createTracker, type TrackerOptions } from 'waymark';
       import 'waymark/widget';
       const options: TrackerOptions = { key: 'pk_test', endpoint: 'https://relay.test/collect' };
       createTracker<{ quote: { amount: number } }>(options).track('quote', { amount: 7 });
       const widget = document.querySelector('customer-journey-widget');
       if (widget) widget.bearerToken = 'a token';
       document.createElement('waymark-journey').bearerToken = 'a token';
       // @ts-expect-error: a token is a text
       document.createElement('customer-journey-widget').bearerToken = 7;`,
      );
      const program = ts.createProgram([file], {
        module,
        moduleResolution: resolution,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
        types: [],
        strict: true,
        noEmit: true,
      });
      const told = ts
        .getPreEmitDiagnostics(program)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      expect(told).toEqual([]);
    },
  );
});
