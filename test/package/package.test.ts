// What is published: exports that resolve, types that fit, scripts within their budget.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const run = (bin: string, args: string[]) =>
  execFileSync(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: 'pipe',
  });

describe('the package', () => {
  it('has exports that publint finds no fault with', () => {
    expect(run('publint/src/cli.js', ['--strict'])).toContain('All good');
  });

  it('has types that resolve for every entry', () => {
    const report = run('@arethetypeswrong/cli/dist/index.js', [
      '--pack',
      '.',
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      './waymark.js',
      './widget.js',
    ]);
    expect(report).toContain('🟢');
    expect(report).not.toContain('❌');
  });

  it('names only files that exist', () => {
    const files = JSON.stringify(manifest.exports).match(/\.\/dist\/[\w./-]+/g) ?? [];
    expect(files.length).toBeGreaterThan(8);
    for (const file of [...files, manifest.bin.waymark]) expect(statSync(join(root, file)).isFile(), file).toBe(true);
  });

  it('keeps each script within its budget, in bytes of brotli', () => {
    expect(manifest.sizeLimits.length).toBeGreaterThan(0);
    for (const { file, brotli } of manifest.sizeLimits as { file: string; brotli: number }[]) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
      const size = brotliCompressSync(readFileSync(join(root, file)), { params }).length;
      expect(size, `${file}: ${size} of ${brotli} bytes`).toBeLessThanOrEqual(brotli);
    }
  });

  it('has maps that lead from its page scripts back to the sources', () => {
    const files = {
      'waymark.js': 'tracker/tracker.ts',
      'esm/tracker.js': 'tracker/tracker.ts',
      'widget.js': 'widget/script.ts',
    };
    for (const [file, source] of Object.entries(files)) {
      const map = JSON.parse(readFileSync(join(root, 'dist', `${file}.map`), 'utf8'));
      const at = map.sources.findIndex((name: string) => name.endsWith(source));
      expect(map.sourcesContent[at], file).toBe(readFileSync(join(root, 'src', source), 'utf8'));
    }
  });

  it('has no run-time dependency in its page scripts', () => {
    for (const file of ['dist/esm/tracker.js', 'dist/esm/transport.js', 'dist/waymark.js', 'dist/widget.js']) {
      expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/^import |\bfrom ['"]|require\(/m);
    }
  });

  it('locks its dependencies without download addresses', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});
