// A disk that fails under a commit: the process says so and ends, and what it had acknowledged is there. The failure is a limit
// on the size of files, which the system answers with an error that is not "disk full".
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/index.ts';
import { runChild } from '../../store/children.ts';
import { aFolder, workspace } from '../../store/helpers.ts';

it('ends the process with a message when a commit fails, and keeps what was acknowledged', async () => {
  if (process.platform === 'win32') return;
  const file = join(aFolder(), 'store.sqlite');
  const under = ['bash', '-c', 'ulimit -f 700; exec "$@"', 'limited'];
  const child = runChild(join(import.meta.dirname, 'crash-writer.ts'), [file, '0'], under);
  const { code, stderr } = await child.exited;
  expect(code).toBe(1);
  expect(stderr).toMatch(/the store cannot write any more: disk I\/O error/);
  const acknowledged = child.lines.filter((line) => line.startsWith('ack ')).map((line) => line.slice(4));
  expect(acknowledged.length).toBeGreaterThan(0);
  const store = await openSqliteStore({ file, minFreeDiskBytes: 0 });
  const found = new Set((await store.history({ workspace, limit: 100_000 })).map(({ event }) => event.id));
  await store.close();
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
});
