// Everything that only reads, on a connection of its own. Each call sees one state of the file.
import type { HistoryQuery, Joined, Link, PersonRecord, PersonsPage } from '../../store.ts';
import { holdsSecret } from './aliases.ts';
import { createDeliveryReads, type DeliveryReads } from './deliveries.ts';
import { createDocumentReads, type DocumentReads } from './documents.ts';
import type { Encoded } from './encoded.ts';
import { createFactReader, type FactReader } from './facts.ts';
import { countOf, createHistory, type Place, type Scope } from './history.ts';
import {
  type EventRow,
  encodeEvents,
  encodeHistory,
  eventColumns,
  type SentEvents,
  type SentHistory,
} from './hydrate.ts';
import { createLaneReads, type LaneReads } from './lanes.ts';
import { createNoteReads, type NoteReads } from './notes.ts';
import type { Db } from './open-file.ts';
import { createPersonLookup } from './person-lookup.ts';
import { createPersons } from './persons.ts';
import { createStandings } from './standings.ts';

export interface ReaderCalls extends DocumentReads, NoteReads, LaneReads, DeliveryReads {
  facts: FactReader;
  follow(options: { after: number; limit: number; workspace?: string }): Encoded<SentEvents>;
  position(consumer: string): number;
  history(query: HistoryQuery): Encoded<SentEvents>;
  historyText(query: HistoryQuery): Encoded<SentHistory>;
  /** Events of a person, oldest first, behind a place. */
  page(workspace: string, personId: string, behind: Place | undefined, limit: number): Encoded<SentEvents>;
  personOf(workspace: string, identity: string): PersonRecord | undefined;
  personOfVisitor(workspace: string, temporaryId: string): PersonRecord | undefined;
  person(workspace: string, personId: string): PersonRecord | undefined;
  persons(workspace: string, page: PersonsPage): PersonRecord[];
  explain(workspace: string, personId: string): Link[];
  holdsTemporaryId(workspace: string, temporaryId: string, secret: string): boolean;
  joinedSince(at: number, limit: number): Joined[];
}

export function createReader(db: Db): ReaderCalls {
  const lookup = createPersonLookup(db);
  const persons = createPersons(db);
  const history = createHistory(db);
  const standingsOf = createStandings(db);
  const workspaceId = db.prepare('SELECT id FROM workspace WHERE name = ?').pluck();
  const position = db.prepare('SELECT sequence FROM position WHERE consumer = ?').pluck();
  const secretOf = db.prepare('SELECT secret_hash FROM alias WHERE workspace = ? AND kind = 0 AND value = ?').pluck();
  const personIdOf = db
    .prepare('SELECT p.person_id FROM alias a JOIN alias p ON p.id = a.person WHERE a.id = ?')
    .pluck();
  const aliasesOf = db.prepare('SELECT id FROM alias WHERE person = ? AND value IS NOT NULL').pluck();
  const rows = `SELECT ${eventColumns} FROM event e
    WHERE e.sequence > @after AND EXISTS (SELECT 1 FROM alias a WHERE a.id = e.alias AND a.value IS NOT NULL)`;
  const followAll = db.prepare(`${rows} ORDER BY e.sequence LIMIT @limit`);
  const followOne = db.prepare(`${rows} AND e.workspace = @workspace ORDER BY e.sequence LIMIT @limit`);

  const send = (events: EventRow[]) => encodeEvents(events, standingsOf(events));
  const number = (workspace: string): number => (workspaceId.get(workspace) as number | undefined) ?? -1;
  const record = (label: number | undefined) => (label === undefined ? undefined : persons.record(label));

  const scopeOf = ({ workspace, identity, personId }: HistoryQuery): Scope | undefined => {
    const scope = { workspace: number(workspace) };
    if (identity === undefined && personId === undefined) return scope;
    const label =
      personId === undefined
        ? lookup.byIdentity(scope.workspace, identity ?? '')
        : lookup.byPersonId(scope.workspace, personId);
    return label === undefined ? undefined : { ...scope, aliases: aliasesOf.all(label) as number[] };
  };

  const read = (query: HistoryQuery): EventRow[] => {
    const scope = scopeOf(query);
    return scope ? history.read(scope, query) : [];
  };
  const noteReads = createNoteReads(db, number, scopeOf);

  return {
    ...createDocumentReads(db, number),
    ...noteReads,
    ...createLaneReads(db, number),
    facts: createFactReader(db, {
      scopeOf,
      personIdOf: (alias) => personIdOf.get(alias) as string | undefined,
      notesUnder: noteReads.notesUnder,
    }),
    ...createDeliveryReads(db),
    follow({ after, workspace, ...page }) {
      const limit = countOf(page.limit, 0);
      if (workspace === undefined) return send(followAll.all({ after, limit }) as EventRow[]);
      return send(followOne.all({ after, limit, workspace: number(workspace) }) as EventRow[]);
    },
    position: (consumer) => Number(position.get(consumer) ?? 0),
    history: (query) => send(read(query)),
    historyText(query) {
      const events = read(query);
      return encodeHistory(events, standingsOf(events).standings);
    },
    page(workspace, personId, behind, limit) {
      const scope = scopeOf({ workspace, personId });
      return send(scope ? history.page(scope, behind, limit) : []);
    },
    personOf: (workspace, identity) => record(lookup.byIdentity(number(workspace), identity)),
    personOfVisitor: (workspace, temporaryId) => record(lookup.byTemporaryId(number(workspace), temporaryId)),
    person: (workspace, personId) => record(lookup.byPersonId(number(workspace), personId)),
    persons: (workspace, { limit, offset, ...order }) =>
      persons.page(number(workspace), { limit: countOf(limit, 0), offset: countOf(offset, 0), ...order }),
    explain(workspace, personId) {
      const label = lookup.byPersonId(number(workspace), personId);
      return label === undefined ? [] : persons.links(label);
    },
    holdsTemporaryId(workspace, temporaryId, secret) {
      const secretHash = (secretOf.get(number(workspace), temporaryId) as Buffer | null | undefined) ?? null;
      return holdsSecret({ secretHash }, secret);
    },
    joinedSince: (at, limit) => persons.joinedSince(at, limit),
  };
}
