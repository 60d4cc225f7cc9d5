// Which of many watched views is looked at first.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Workspace } from '../../../src/access/index.ts';
import type { Subscription } from '../../../src/journey/feed.ts';
import type { CompiledTemplate } from '../../../src/journey/profiles/templates.ts';
import { createViewWatch } from '../../../src/journey/profiles/watch.ts';
import type { Commit, FactsQuery } from '../../../src/store/index.ts';
import { until } from '../../helpers.ts';

describe('views that are watched', () => {
  it('are looked at first where an event came, behind that where a link changed that may not concern them', async () => {
    const subscriptions: Subscription[] = [];
    const asked: string[][] = [];
    let commit: (commit: Commit) => void = () => undefined;
    let gate: Promise<void> | undefined;
    const watch = await createViewWatch({
      store: {
        facts: async (queries: readonly FactsQuery[]) => {
          asked.push(queries.map(({ identity = '' }) => identity));
          await gate;
          return queries.map(() => ({ personId: 'p', facts: [] }));
        },
        onCommit: (listener) => {
          commit = listener;
          return () => undefined;
        },
        health: async () => ({ linksVersion: 1 }) as never,
      },
      feed: {
        subscribe: (subscription) => {
          subscriptions.push(subscription);
          return () => undefined;
        },
        sequence: () => 0,
        close: () => undefined,
      },
      templates: {
        list: async () => [{ template: { id: 't' }, attributes: [] }] as unknown as CompiledTemplate[],
        onChange: () => () => undefined,
      },
      now: () => 0,
      coalesceMs: 1,
      onError: (error) => expect.unreachable(String(error)),
    });
    onTestFinished(() => watch.close());
    let told = 0;
    const watcher = { workspace: { id: 'w' } as Workspace, templateId: 't', onEnd: () => undefined };
    const onView = (): void => {
      told += 1;
    };
    for (let index = 0; index < 350; index += 1) watch.watch({ ...watcher, identity: `i${index}`, onView });
    await until('all were told', () => told === 350);
    asked.length = 0;
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    commit({ sequence: 1, linksVersion: 2 });
    await until('the look at all began', () => asked.length === 1);
    subscriptions[349]?.onEvent({} as never);
    open();
    await until('the look goes on', () => asked.length > 1);
    expect(asked[1]?.[0]).toBe('i349');
    await until('all were looked at', () => new Set(asked.flat()).size === 350);
  });
});
