// Everything that must hold, in one command: lint, types of the tests, then all tests. Arguments go to vitest
// (`npm test -- test/store`). Ends with one line, `N passed, N failed`, summed over the runners.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const only = process.argv.slice(2);
const sum = { passed: 0, failed: 0 };

if (only.length === 0) {
  check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
  check('types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'test']);
}
vitest();
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);

function check(name, args) {
  const ok = spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
  console.log(`${ok ? '✓' : '✗'} ${name}`);
  sum[ok ? 'passed' : 'failed'] += 1;
}

function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-test-'));
  const report = join(folder, 'report.json');
  const args = [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...args, ...only], {
    stdio: 'inherit',
  });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'));
    sum.passed += numPassedTests;
    // A skipped test proves nothing, and a suite that failed to load counts none of its tests.
    sum.failed += numFailedTests + (only.length === 0 ? numPendingTests + numTodoTests : 0);
    if (status !== 0 && numFailedTests === 0) sum.failed += 1;
  } catch {
    sum.failed += 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
