// Everything that changes the file, on one connection. Each call runs inside a transaction that the worker around it
// (writer-worker.ts) opens and commits; `rollBack` puts the memory of the parts back to what the file says.
import type { NewNote } from '../../notes.ts';
import type { NewDelivery } from '../../outbox.ts';
import { createAliases } from './aliases.ts';
import { type Appender, createAppender } from './append.ts';
import type { WriterSettings } from './calls.ts';
import { createPlacer } from './claims.ts';
import { createDeliveryCalls, type DeliveryCalls } from './deliveries.ts';
import { createDocumentCalls, type DocumentCalls } from './documents.ts';
import { createErasures, type ErasureCalls } from './erasure.ts';
import type { ErasureList } from './erasure-list.ts';
import { createLinkCalls, type LinkCalls } from './link-calls.ts';
import { createLinks } from './links.ts';
import { createCounterWriter, readMeta } from './meta.ts';
import { createNames } from './names.ts';
import { createNoteCalls, type NoteCalls } from './notes.ts';
import type { Db } from './open-file.ts';
import { createPersonChangeCalls, type PersonChangeCalls } from './person-changes.ts';
import { createPersonIds } from './person-ids.ts';
import { createRetentionCalls, type RetentionCalls } from './retention.ts';
import { createStoredEvents } from './stored-events.ts';
import { createTokenUses } from './token-uses.ts';
import { createVisitorCalls, type VisitorCalls } from './visitor-calls.ts';

export interface WriterCalls
  extends LinkCalls,
    VisitorCalls,
    PersonChangeCalls,
    DocumentCalls,
    Omit<DeliveryCalls, 'enqueue'>,
    ErasureCalls,
    RetentionCalls,
    Pick<NoteCalls, 'forgetNotes'> {
  setPosition(consumer: string, sequence: number): void;
  /** Answers when everything before it is committed. */
  nothing(): void;
  enqueue(
    deliveries: NewDelivery[],
    advance?: { consumer: string; sequence: number },
    notes?: readonly NewNote[],
  ): void;
}

export interface Writer {
  /** What a store does first: the erasures that it has forgotten are made good. */
  settleErasures(at: number): void;
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

export function createWriter(db: Db, settings: WriterSettings, list: ErasureList): Writer {
  const meta = readMeta(db);
  const counters = createCounterWriter(db);
  const names = createNames(db, 'name');
  const workspaces = createNames(db, 'workspace');
  const aliases = createAliases(db, { salt: meta.salt, newId: createPersonIds(seedOf(db, settings)) });
  const links = createLinks(db, settings.limits, meta.linksVersion);
  const { append, ...appender } = createAppender(db, {
    names,
    workspaces,
    placer: createPlacer({ aliases, links, uses: createTokenUses(db), isStored: createStoredEvents(db) }),
    hashSeed: meta.hashSeed,
    sequence: meta.sequence,
  });
  const upsertPosition = db.prepare(
    'INSERT INTO position (consumer, sequence) VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET sequence = excluded.sequence',
  );
  const deliveries = createDeliveryCalls(db, workspaces, aliases);
  const notes = createNoteCalls(db, workspaces);
  const setPosition = (consumer: string, sequence: number): void => void upsertPosition.run(consumer, sequence);
  const onDelete = (): void => counters.set('sequence', appender.sequence());
  const linkParts = { workspaces, aliases, links };
  const linkCalls = createLinkCalls(db, linkParts);
  const { settle: settleErasures, ...erasures } = createErasures(db, { workspaces, aliases, links, list, onDelete });
  let writtenVersion = meta.linksVersion;

  return {
    settleErasures,
    append,
    calls: {
      ...linkCalls,
      ...createPersonChangeCalls(db, linkParts, linkCalls),
      ...createVisitorCalls(linkParts),
      ...createDocumentCalls(db, workspaces),
      ...erasures,
      ...createRetentionCalls(db, { workspaces, aliases, onDelete }),
      ...deliveries,
      forgetNotes: notes.forgetNotes,
      setPosition,
      nothing: () => undefined,
      enqueue(added, advance, noted) {
        deliveries.enqueue(added);
        if (noted) notes.addNotes(noted);
        if (advance) setPosition(advance.consumer, advance.sequence);
      },
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

/** Ids of one seed go on where the file ends, so that a file opened again does not repeat them. */
function seedOf(db: Db, { idSeed }: WriterSettings): string | undefined {
  return idSeed && `${idSeed}:${db.prepare('SELECT max(max(id), max(rank)) FROM alias').pluck().get()}`;
}
