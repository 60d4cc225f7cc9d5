// Acknowledged means on disk: watched from outside with strace, between two acknowledgements the log is written and then
// synced, and only when that sync has returned comes the second acknowledgement.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { runChild } from '../../store/children.ts';
import { aFolder } from '../../store/helpers.ts';

const strace = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'strace'))
  .find(existsSync);
const commits = 100;

// .ci/set-up.mjs brings strace, which exists on Linux only.
it(`syncs the log before each of ${commits} acknowledgements`, async () => {
  if (process.platform !== 'linux') return;
  expect(strace, 'strace is missing: install the package strace').toBeDefined();
  const folder = aFolder();
  const trace = join(folder, 'trace');
  const files = [join(folder, 'store.sqlite'), join(folder, 'acknowledgements'), String(commits)];
  const under = [strace ?? '', '-f', '-y', '-e', 'trace=fdatasync,fsync,pwrite64,write', '-o', trace];
  const { code, stderr } = await runChild(join(import.meta.dirname, 'sync-writer.ts'), files, under).exited;
  expect([code, stderr]).toEqual([0, '']);

  const steps = readFileSync(trace, 'utf8').split('\n').flatMap(stepOf(new Map()));
  const first = steps.indexOf('acknowledged');
  const rounds = steps
    .slice(first + 1)
    .join(' ')
    .split('acknowledged')
    .slice(0, commits - 1);
  expect(steps.filter((step) => step === 'acknowledged')).toHaveLength(commits);
  for (const round of rounds) expect(round.trim()).toMatch(/^(written )+synced( .*)?$/);
});

type Step = 'written' | 'synced' | 'acknowledged';

/** One line of strace as what it means to us. A call that another thread interrupted counts where it returns. */
function stepOf(unfinished: Map<string, string>): (line: string) => Step[] {
  return (line) => {
    const [thread = '', rest = ''] = line.split(/\s+(.*)/s);
    if (rest.endsWith('<unfinished ...>')) {
      // Written or synced only when the call has returned.
      unfinished.set(thread, rest);
      return [];
    }
    const call = rest.startsWith('<...') ? (unfinished.get(thread) ?? '') : rest;
    if (call.startsWith('write(') && call.includes('/acknowledgements>')) return ['acknowledged'];
    if (!call.includes('store.sqlite-wal>')) return [];
    if (call.startsWith('pwrite64(')) return ['written'];
    const done = /^f(data)?sync\(/.test(call) && /= 0$/.test(rest);
    return done ? ['synced'] : [];
  };
}
