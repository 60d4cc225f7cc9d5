// kill -9 while events are being sent: each attempt was on disk before it was made, so nothing is lost or doubled without
// being counted, and the login arrives in any case.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import { aFolder } from '../../helpers.ts';
import { runChild } from '../../store/children.ts';
import { noon, workspace } from '../../store/values.ts';
import { aProxy } from './proxy.ts';

const kills = Number(process.env['KILLS'] ?? 6);
const theirs = '64f00000000000000000c15c';
const token = 'token-of-the-service';

interface Told {
  waiting: number;
  buried: number;
  possiblyLost: number;
  doubts: string[];
  now: number;
}

it(`loses and doubles nothing uncounted over ${kills} kills`, { timeout: 300_000 }, async () => {
  const service = await startServer({
    listen: { port: 0 },
    database: join(aFolder(), 'theirs.db'),
    log: 'silent',
    workspaces: [{ id: theirs, name: 'Theirs', serverKeys: [{ name: 'all', token, scopes: ['cjp:config_write'] }] }],
  });
  onTestFinished(() => service.close());
  // Answers take a while, so that many a kill comes between the taking and the answer.
  const delayMs = () => Math.random() * 40;
  const proxy = await aProxy({ service: service.url, serviceToken: token, now: Date.now, delayMs });
  const destination = {
    name: 'cisco',
    workspace,
    region: proxy.url,
    workspaceId: theirs,
    credentials: { token },
    timeoutMs: 100_000,
  };
  const file = join(aFolder(), 'ours.db');
  const made = new Set<string>();
  let clock = noon;

  const run = (count: number, tag: string) =>
    runChild(join(import.meta.dirname, 'forwarder.ts'), [
      JSON.stringify(destination),
      file,
      String(count),
      tag,
      String(clock),
    ]);
  const read = (lines: string[]): Told | undefined => {
    for (const line of lines) if (line.startsWith('made ')) made.add(line.slice(5));
    const last = lines.findLast((line) => line.startsWith('status '));
    return last === undefined ? undefined : (JSON.parse(last.slice(7)) as Told);
  };

  for (let round = 0; round < kills; round++) {
    const child = run(15, String(round));
    await child.line('open');
    await wait(200 + Math.random() * 1_200);
    child.kill();
    await child.exited;
    // Whatever it had counted when it died is behind: the next one's clock starts later.
    clock = (read(child.lines)?.now ?? clock) + 10_000;
  }
  const last = run(0, 'last');
  await last.line('open');
  let told: Told | undefined;
  while (told === undefined || told.waiting > 0) {
    await wait(200);
    told = read(last.lines);
  }
  last.kill();
  await last.exited;

  const counts = new Map<string, number>();
  for (const id of proxy.taken()) counts.set(id, (counts.get(id) ?? 0) + 1);
  const missing = [...made].filter((id) => !counts.has(id));
  const doubled = [...counts].filter(([, count]) => count > 1).map(([id]) => id);
  expect(made.size).toBeGreaterThan(kills * 2);
  expect(missing.filter((id) => !told.doubts.includes(`possiblyLost ${id}`))).toEqual([]);
  expect(doubled.filter((id) => !told.doubts.includes(`possiblyTwice ${id}`))).toEqual([]);
  expect(missing.filter((id) => id.startsWith('login-'))).toEqual([]);
  expect(told.buried).toBe(told.possiblyLost);
});
