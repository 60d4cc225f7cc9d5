// The embedded store: one SQLite file, one thread that writes and some that read. This is the main thread's side of it:
// options, refusals before anything is queued, and the Store interface in front of the workers.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { problems } from '../../../protocol/index.ts';
import { type AliasLimits, defaultLimits } from '../../limits.ts';
import type { PersonRecord, Store } from '../../store.ts';
import { putOff } from './append.ts';
import { hydrate } from './hydrate.ts';
import { startReaders } from './reader-client.ts';
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
  /** Page cache of the writer; readers have a quarter each. Default 64 MiB. */
  cacheBytes?: number;
  /** Default 2. */
  readers?: number;
  limits?: Partial<AliasLimits>;
  /** One commit takes at most so many events of usual size. Default 2,000. */
  maxCommitEvents?: number;
  /** Default 4 MiB. */
  maxCommitBytes?: number;
  /** A query that takes longer is cut. Default 5,000. */
  maxQueryMs?: number;
  /** Called when a commit failed for another reason than a full disk. Default: prints the message and ends the process. */
  onFatal?: (message: string) => void;
}

/** Opens or creates the file. Rejects with a message for people where it cannot be used; the file is then unchanged. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const {
    file,
    now = Date.now,
    maxQueueBytes = 64 * 2 ** 20,
    minFreeDiskBytes = 256 * 2 ** 20,
    freeDiskBytes = () => freeBytesBeside(file),
    cacheBytes = 64 * 2 ** 20,
    onFatal = endProcess,
  } = options;
  const cacheKib = Math.round(cacheBytes / 1024);
  const writer = await startWriter({
    file,
    cacheKib,
    limits: { ...defaultLimits, ...options.limits },
    idSeed: options.idSeed,
    maxCommitEvents: options.maxCommitEvents ?? 2_000,
    maxCommitBytes: options.maxCommitBytes ?? 4 * 2 ** 20,
    onFatal,
    onWal: () => undefined,
  });
  const readers = startReaders(options.readers ?? 2, {
    file,
    cacheKib: Math.round(cacheKib / 4),
    maxQueryMs: options.maxQueryMs ?? 5_000,
  });
  let closing: Promise<void> | undefined;

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
    personOf: (workspace, identity) => readers.call('personOf', workspace, identity),
    person: (workspace, personId) => readers.call('person', workspace, personId),
    persons: (workspace, page) => readers.call('persons', workspace, page),
    createPerson: async (workspace, details, by) =>
      personById(workspace, await writer.call('createPerson', workspace, details, by, now())),
    setName: async (workspace, personId, name) =>
      personById(workspace, await writer.call('setName', workspace, personId, name, now())),
    link: (workspace, edge) => writer.call('link', workspace, edge, now()),
    confirm: (workspace, linkId, cause) => writer.call('confirm', workspace, linkId, cause, now()),
    unlink: (workspace, linkId, cause) => writer.call('unlink', workspace, linkId, cause, now()),
    merge: async (workspace, primaryId, personIds, cause) =>
      personById(workspace, await writer.call('merge', workspace, primaryId, personIds, cause, now())),
    async removeAlias(workspace, personId, value, cause) {
      const id = await writer.call('removeAlias', workspace, personId, value, cause, now());
      return id ? personById(workspace, id) : undefined;
    },
    explain: (workspace, personId) => readers.call('explain', workspace, personId),
    enqueue: later,
    claim: later,
    done: later,
    retryAt: later,
    bury: later,
    replay: later,
    export: later,
    erase: later,
    retain: later,
    backup: later,
    async health() {
      const { sequence, linksVersion, queueBytes, walFrames } = writer.state();
      const free = freeDiskBytes();
      const code = obstacle(0);
      return {
        ok: code === undefined,
        sequence,
        linksVersion,
        queueBytes,
        walBytes: walFrames * 4_096,
        freeDiskBytes: free,
        ...(code && { reason: problems[code].title }),
      };
    },
    close() {
      closing ??= writer.close().then(() => readers.close());
      return closing;
    },
  };
}

function later(): never {
  throw new Error('not there yet');
}

function freeBytesBeside(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}

function endProcess(message: string): void {
  process.stderr.write(
    `waymark: the store cannot write any more: ${message}. Nothing that was acknowledged is lost; the process ends, so that nothing is acknowledged that might be. Check the disk, then start again.\n`,
  );
  process.exit(1);
}
