// Views that somebody watches. A view is computed again when an event of its person comes, when an event slides out of a
// window, when its template is edited, and when links change; it is told only when a result is another than before.
import { createHash } from 'node:crypto';
import type { Workspace } from '../../access/index.ts';
import type { Store } from '../../store/index.ts';
import type { Feed } from '../feed.ts';
import { createExpiryHeap } from './expiry-heap.ts';
import type { CompiledTemplate, Templates } from './templates.ts';
import { type Computed, computeView, presentView, type View, viewQuery } from './view.ts';

export interface ViewWatchOptions {
  store: Pick<Store, 'facts' | 'onCommit' | 'health'>;
  feed: Feed;
  templates: Pick<Templates, 'list' | 'onChange'>;
  now: () => number;
  onError: (error: unknown) => void;
  /** What comes within this time is one view. Default 100. */
  coalesceMs?: number;
}

export interface WatchedView {
  workspace: Workspace;
  identity: string;
  templateId: string;
  /** The version that the reader has, if it comes back: that one is not told again. */
  known?: string;
  onView: (view: View, version: string) => void;
  /** The template is gone. */
  onEnd: () => void;
}

export interface ViewWatch {
  /** Tells the view as it is now, then each that differs. Returns its undo. */
  watch(watched: WatchedView): () => void;
  size(): number;
  close(): void;
}

interface Watcher extends WatchedView {
  version: string | undefined;
}

const batchSize = 100;
/** The longest delay that a timer takes. */
const maxDelayMs = 2 ** 31 - 1;
/** Links change with every login: looking at all watched views after each may take a tenth of the time, no more. */
const minSweepMs = 250;

export async function createViewWatch(options: ViewWatchOptions): Promise<ViewWatch> {
  const { store, feed, templates, now, onError, coalesceMs = 100 } = options;
  const watchers = new Set<Watcher>();
  const stale = new Set<Watcher>();
  /** Those that a changed link may concern. They wait while others are known to be stale. */
  const doubtful = new Set<Watcher>();
  const expiry = createExpiryHeap<Watcher>();
  let { linksVersion } = await store.health();
  const sweep = createSweep(() => {
    for (const watcher of watchers) doubtful.add(watcher);
    refresh([]);
  });
  let refreshing: NodeJS.Timeout | Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let closed = false;

  const stopListening = store.onCommit((commit) => {
    if (commit.linksVersion === linksVersion) return;
    linksVersion = commit.linksVersion;
    // Links that come with an event are told by the feed; those that people make or remove are found here.
    if (watchers.size > 0) sweep.ask();
  });

  const stopFollowing = templates.onChange((workspace, id) => {
    refresh([...watchers].filter((one) => one.templateId === id && one.workspace.id === workspace));
  });

  function refresh(added: Iterable<Watcher>, delayMs = coalesceMs): void {
    for (const watcher of added) stale.add(watcher);
    if (closed || refreshing || stale.size + doubtful.size === 0) return;
    refreshing = setTimeout(() => {
      const began = performance.now();
      refreshing = work()
        .catch(onError)
        .finally(() => {
          refreshing = undefined;
          sweep.took(performance.now() - began);
          refresh([]);
        });
    }, delayMs);
  }

  async function work(): Promise<void> {
    const batch = [...new Set([...stale, ...doubtful])].slice(0, batchSize);
    for (const watcher of batch) for (const set of [stale, doubtful]) set.delete(watcher);
    const at = now();
    const ready = await Promise.all(batch.map(async (watcher) => ({ watcher, template: await templateOf(watcher) })));
    const asked = ready.filter((one): one is Asked => one.template !== undefined && watchers.has(one.watcher));
    const queries = asked.map(({ watcher: { workspace, identity }, template }) =>
      viewQuery(template, workspace.id, { identity }, at),
    );
    const found = queries.length === 0 ? [] : await store.facts(queries);
    for (const [index, one] of asked.entries()) {
      const facts = found[index];
      const computed = facts && computeView(one.template, facts, at);
      // Whoever is not known yet is waited for.
      if (computed && watchers.has(one.watcher)) tell(one, computed, at);
    }
    setAlarm();
  }

  async function templateOf(watcher: Watcher): Promise<CompiledTemplate | undefined> {
    const list = await templates.list(watcher.workspace.id);
    const found = list.find(({ template }) => template.id === watcher.templateId);
    if (!found && watchers.has(watcher)) watcher.onEnd();
    return found;
  }

  function tell({ watcher, template }: Asked, computed: Computed, at: number): void {
    expiry.put(watcher, computed.changesAt);
    const version = versionOf(computed);
    if (version === watcher.version) return;
    watcher.version = version;
    watcher.onView(presentView(watcher.workspace, { template, computed, at }), version);
  }

  function setAlarm(): void {
    clearTimeout(alarm);
    const next = expiry.next();
    if (next === undefined || closed) return;
    alarm = setTimeout(
      () => {
        refresh(expiry.due(now()), 0);
        setAlarm();
      },
      Math.min(Math.max(next - now(), 1), maxDelayMs),
    );
    alarm.unref();
  }

  return {
    watch(watched) {
      const watcher: Watcher = { ...watched, version: watched.known };
      watchers.add(watcher);
      const { workspace, identity } = watched;
      const unsubscribe = feed.subscribe({ workspace: workspace.id, identity, onEvent: () => refresh([watcher]) });
      refresh([watcher], 0);
      return () => {
        unsubscribe();
        watchers.delete(watcher);
        stale.delete(watcher);
        doubtful.delete(watcher);
        expiry.put(watcher, undefined);
      };
    },
    size: () => watchers.size,
    close() {
      closed = true;
      stopListening();
      stopFollowing();
      sweep.stop();
      clearTimeout(alarm);
      if (!(refreshing instanceof Promise)) clearTimeout(refreshing);
      watchers.clear();
    },
  };
}

interface Asked {
  watcher: Watcher;
  template: CompiledTemplate;
}

/** The same results of the same person are the same version. */
function versionOf({ personId, aggregates }: Computed): string {
  const results = aggregates.map(({ result }) => result);
  return createHash('sha256')
    .update(JSON.stringify([personId, results]))
    .digest('base64url')
    .slice(0, 16);
}

/** Asks for all to be looked at, soon, but not again before ten times what a look took last has passed. */
function createSweep(run: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = minSweepMs;
  return {
    ask() {
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, pauseMs);
      timer.unref();
    },
    took(ms: number) {
      pauseMs = Math.max(minSweepMs, ms * 10);
    },
    stop: () => clearTimeout(timer),
  };
}
