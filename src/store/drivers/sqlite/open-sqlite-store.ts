// The embedded store: one SQLite file, one thread that writes and some that read. This is the main thread's side of it:
// options, refusals before anything is queued, and the Store interface in front of the workers.
import { dirname } from 'node:path';
import { problems } from '../../../protocol/index.ts';
import { type AliasLimits, defaultLimits } from '../../limits.ts';
import type { PersonRecord, Store } from '../../store.ts';
import { putOff } from './append.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createDiskGauge } from './disk-gauge.ts';
import { hydrate } from './hydrate.ts';
import { hydrateFacts } from './hydrate-facts.ts';
import { exportPerson } from './person-export.ts';
import { startReaders } from './reader-client.ts';
import type { RetainStep } from './retention.ts';
import type { LogState } from './upkeep-worker.ts';
import { startWorkerClient } from './worker-client.ts';
import { startWriter } from './writer-client.ts';

export interface SqliteStoreOptions {
  /** Path of the file; made where it is missing, its folder is not. */
  file: string;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** Makes person ids predictable, for tests. */
  idSeed?: string;
  /** What may wait for the writer before `append` answers `retry`. Default 64 MiB. */
  maxQueueBytes?: number;
  /** Below this `append` answers `retry`. Default 256 MiB. */
  minFreeDiskBytes?: number;
  /** Free bytes of the disk that holds the file. Default: asks the file system. */
  freeDiskBytes?: () => number;
  /** The file is full at this size, as if the disk were. Default: no limit but the disk's. */
  maxFileBytes?: number;
  /** Page cache of the writer; readers have a quarter each. Default 64 MiB. */
  cacheBytes?: number;
  /** Default 2. */
  readers?: number;
  limits?: Partial<AliasLimits>;
  /** One commit takes at most so many events of usual size. Default 2,000. */
  maxCommitEvents?: number;
  /** Default 4 MiB. */
  maxCommitBytes?: number;
  /** A log longer than this is brought into the file. Default 128 MiB. */
  maxLogBytes?: number;
  /** A query that takes longer is cut. Default 5,000. */
  maxQueryMs?: number;
  /** Called when a commit failed for another reason than a full disk. Default: prints the message and ends the process. */
  onFatal?: (message: string) => void;
}

/** Deletions go in steps of so many events, between which appends have their turn. */
const stepEvents = 1_000;
/** Keys of deliveries that are done are remembered for so long. */
const doneDays = 30;
/** Notes are kept for so long: the longest cool-down of an action. */
const noteDays = 366;

/** Opens or creates the file. Rejects with a message for people where it cannot be used; the file is then unchanged. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const {
    file,
    now = Date.now,
    maxQueueBytes = 64 * 2 ** 20,
    minFreeDiskBytes = 256 * 2 ** 20,
    freeDiskBytes = createDiskGauge(dirname(file)),
    cacheBytes = 64 * 2 ** 20,
    onFatal = endProcess,
  } = options;
  const cacheKib = Math.round(cacheBytes / 1024);
  const writer = await startWriter({
    file,
    cacheKib,
    maxFileBytes: options.maxFileBytes ?? Infinity,
    limits: { ...defaultLimits, ...options.limits },
    idSeed: options.idSeed,
    maxCommitEvents: options.maxCommitEvents ?? 2_000,
    maxCommitBytes: options.maxCommitBytes ?? 4 * 2 ** 20,
    onFatal,
    onWal: (bytes) => checkpoints(bytes),
  });
  const upkeep = startWorkerClient('upkeep-worker', { file });
  const checkpoints = createCheckpoints({
    maxBytes: options.maxLogBytes ?? 128 * 2 ** 20,
    run: async () => (await upkeep.call('checkpoint', [])) as LogState,
    finish: () => writer.checkpoint('passive'),
  });
  const readers = startReaders(options.readers ?? 2, {
    file,
    cacheKib: Math.round(cacheKib / 4),
    maxQueryMs: options.maxQueryMs ?? 5_000,
  });
  let closing: Promise<void> | undefined;
  /** Events of erased persons go in steps; then the log goes, which still held them. */
  const finishErasures = async (): Promise<void> => {
    while (await writer.call('eraseStep', stepEvents));
    writer.checkpoint('truncate');
  };
  // A stop may have come in between.
  await finishErasures();

  const obstacle = (bytes: number): 'busy' | 'disk-low' | undefined => {
    if (closing || writer.state().queueBytes + bytes > maxQueueBytes) return 'busy';
    return freeDiskBytes() < minFreeDiskBytes ? 'disk-low' : undefined;
  };
  const personById = async (workspace: string, personId: string): Promise<PersonRecord> => {
    const person = await readers.call('person', workspace, personId);
    if (!person) throw new Error(`person ${personId} was removed meanwhile`);
    return person;
  };

  return {
    async append(batch) {
      const code = obstacle(batch.body.byteLength);
      return code ? putOff(batch.body, code) : writer.append(batch);
    },
    follow: async (query) => hydrate(await readers.call('follow', query)),
    onCommit: writer.onCommit,
    position: (consumer) => readers.call('position', consumer),
    setPosition: (consumer, sequence) => writer.call('setPosition', consumer, sequence),
    history: async (query) => hydrate(await readers.call('history', query)),
    async historyText(query) {
      const { apart: events, ...known } = await readers.call('historyText', query);
      return { ...known, events };
    },
    personOf: (workspace, identity) => readers.call('personOf', workspace, identity),
    personOfVisitor: (workspace, temporaryId) => readers.call('personOfVisitor', workspace, temporaryId),
    person: (workspace, personId) => readers.call('person', workspace, personId),
    persons: (workspace, page) => readers.call('persons', workspace, page),
    createPerson: async (workspace, details, by) =>
      personById(workspace, await writer.call('createPerson', workspace, details, by, now())),
    setName: async (workspace, personId, name) =>
      personById(workspace, await writer.call('setName', workspace, personId, name, now())),
    link: (workspace, edge) => writer.call('link', workspace, edge, now()),
    joinVisitor: (workspace, visitor, cause) => writer.call('joinVisitor', workspace, visitor, cause, now()),
    joinVisitors: (workspace, from, to, cause) => writer.call('joinVisitors', workspace, from, to, cause, now()),
    holdsTemporaryId: (...who) => readers.call('holdsTemporaryId', ...who),
    confirm: (workspace, linkId, cause) => writer.call('confirm', workspace, linkId, cause, now()),
    unlink: (workspace, linkId, cause) => writer.call('unlink', workspace, linkId, cause, now()),
    merge: async (workspace, primaryId, personIds, cause) =>
      personById(workspace, await writer.call('merge', workspace, primaryId, personIds, cause, now())),
    async removeAlias(workspace, personId, value, cause) {
      const id = await writer.call('removeAlias', workspace, personId, value, cause, now());
      return id ? personById(workspace, id) : undefined;
    },
    async changePerson(workspace, personId, change, by) {
      return personById(workspace, await writer.call('changePerson', workspace, personId, change, by, now()));
    },
    async mergeIdentities(workspace, details, options, by) {
      const merged = await writer.call('mergeIdentities', workspace, details, options, by, now());
      return { person: await personById(workspace, merged.personId), created: merged.created };
    },
    documents: (workspace, kind) => readers.call('documents', workspace, kind),
    putDocument: (workspace, kind, document) => writer.call('putDocument', workspace, kind, document),
    deleteDocument: (workspace, kind, id) => writer.call('deleteDocument', workspace, kind, id),
    recordAccess: (entries) => writer.call('recordAccess', entries),
    accesses: (workspace, query) => readers.call('accesses', workspace, query),
    explain: (workspace, personId) => readers.call('explain', workspace, personId),
    facts: async (queries) => hydrateFacts(queries, await readers.call('facts', queries)),
    notes: (workspace, query) => readers.call('notes', workspace, query),
    countNotes: (workspace, query) => readers.call('countNotes', workspace, query),
    lanes: (prefix) => readers.call('lanes', prefix),
    deliveries: (workspace, query) => readers.call('deliveries', workspace, query),
    enqueue: (deliveries, advance, notes) => writer.call('enqueue', deliveries, advance, notes),
    joinedSince: (at, limit) => readers.call('joinedSince', at, limit),
    claim: (lane, lease) => writer.call('claim', lane, lease, now()),
    done: (ids) => writer.call('done', ids, now()),
    retryAt: (id, at, error) => writer.call('retryAt', id, at, error),
    bury: (id, error) => writer.call('bury', id, error, now()),
    backlog: (lane) => readers.call('backlog', lane),
    buried: (lane, limit) => readers.call('buried', lane, limit),
    replay: (lane, filter = {}) => writer.call('replay', lane, filter, now()),
    export: (workspace, personId) => exportPerson(readers, workspace, personId),
    async erase(workspace, personId) {
      const receipt = await writer.call('erase', workspace, personId, now());
      await finishErasures();
      return receipt;
    },
    async retain(workspace, rules) {
      await writer.call('forgetDone', workspace, now() - doneDays * 86_400_000);
      await writer.call('forgetNotes', workspace, now() - noteDays * 86_400_000);
      let deleted = 0;
      let behind: RetainStep['behind'] | null = null;
      do {
        const step: RetainStep = await writer.call('retainStep', workspace, rules, now(), behind, stepEvents);
        deleted += step.deleted;
        behind = step.behind;
      } while (behind);
      return deleted;
    },
    backup: async (to) => void (await upkeep.call('backup', [to])),
    async health() {
      const { sequence, linksVersion, queueBytes, walBytes } = writer.state();
      const free = freeDiskBytes();
      const code = obstacle(0);
      return {
        ok: code === undefined,
        sequence,
        linksVersion,
        queueBytes,
        walBytes,
        freeDiskBytes: free,
        ...(code && { reason: problems[code].title }),
      };
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };

  async function closeAll(): Promise<void> {
    // The writer last: it empties the log into the file, which others must not hold then.
    const drained = writer.drain();
    await Promise.all([drained, readers.close(), upkeep.close()]);
    await writer.close();
  }
}

function endProcess(message: string): void {
  process.stderr.write(
    `waymark: the store cannot write any more: ${message}. Nothing that was acknowledged is lost; the process ends, so that nothing is acknowledged that might be. Check the disk, then start again.\n`,
  );
  process.exit(1);
}
