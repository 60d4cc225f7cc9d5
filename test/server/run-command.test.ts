import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from './commands/run.ts';

test('the command line says which version it is', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const asked of ['--version', '-v', 'version']) {
    expect(await run([asked])).toEqual({ status: 0, out: [version], wrong: [] });
  }
});

test('a command that is none is told with those that are', async () => {
  const { status, wrong } = await run(['backups']);
  expect([status, wrong.join('\n')]).toEqual([
    2,
    expect.stringMatching(/^there is no command backups\n[\s\S]*backup /),
  ]);
});
