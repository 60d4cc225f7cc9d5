// Everything that changes the file, on one connection. Each call runs inside a transaction that the worker around it
// (writer-worker.ts) opens and commits; `rollBack` puts the memory of the parts back to what the file says.
import { createAliases } from './aliases.ts';
import { type Appender, createAppender } from './append.ts';
import type { WriterSettings } from './calls.ts';
import { createPlacer } from './claims.ts';
import { createLinkCalls, type LinkCalls } from './link-calls.ts';
import { createLinks } from './links.ts';
import { createCounterWriter, readMeta } from './meta.ts';
import { createNames } from './names.ts';
import type { Db } from './open-file.ts';
import { createPersonIds } from './person-ids.ts';

export interface WriterCalls extends LinkCalls {
  setPosition(consumer: string, sequence: number): void;
}

export interface Writer {
  append: Appender['append'];
  calls: WriterCalls;
  sequence(): number;
  linksVersion(): number;
  /** Writes counters that changed; the last thing before a commit. */
  beforeCommit(): void;
  /** A point to which memory can go back together with the file. */
  mark(): Mark;
  rollBack(mark: Mark): void;
}

export interface Mark {
  sequence: number;
  linksVersion: number;
}

export function createWriter(db: Db, settings: WriterSettings): Writer {
  const meta = readMeta(db);
  const counters = createCounterWriter(db);
  const names = createNames(db, 'name');
  const workspaces = createNames(db, 'workspace');
  const aliases = createAliases(db, { salt: meta.salt, newId: createPersonIds(settings.idSeed) });
  const links = createLinks(db, settings.limits, meta.linksVersion);
  const { append, ...appender } = createAppender(db, {
    names,
    workspaces,
    placer: createPlacer(aliases, links),
    hashSeed: meta.hashSeed,
    sequence: meta.sequence,
  });
  const upsertPosition = db.prepare(
    'INSERT INTO position (consumer, sequence) VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET sequence = excluded.sequence',
  );
  let writtenVersion = meta.linksVersion;

  return {
    append,
    calls: {
      ...createLinkCalls(db, { workspaces, aliases, links }),
      setPosition: (consumer, sequence) => void upsertPosition.run(consumer, sequence),
    },
    sequence: appender.sequence,
    linksVersion: links.version,
    beforeCommit() {
      if (links.version() === writtenVersion) return;
      counters.set('links_version', links.version());
      writtenVersion = links.version();
    },
    mark: () => ({ sequence: appender.sequence(), linksVersion: links.version() }),
    rollBack(mark) {
      appender.setSequence(mark.sequence);
      links.setVersion(mark.linksVersion);
      writtenVersion = -1;
      for (const part of [names, workspaces, aliases]) part.forget();
    },
  };
}
