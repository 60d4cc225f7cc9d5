// Notes on the writer's and on the readers' side.
import type { JsonObject } from '../../../protocol/index.ts';
import type { FactsQuery } from '../../facts.ts';
import type { NewNote, Note, NotesQuery } from '../../notes.ts';
import type { Scope } from './history.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';

export interface NoteCalls {
  addNotes(notes: readonly NewNote[]): void;
  /** Forgets notes from before; returns nothing. */
  forgetNotes(workspace: string, before: number): void;
}

export function createNoteCalls(db: Db, workspaces: Names): NoteCalls {
  // Of an event that was erased meanwhile there is nothing to note, also while it is still going (erasure.ts).
  const insert = db.prepare(`INSERT INTO note (workspace, kind, subject, key, sequence, alias, at, body)
    SELECT ?, ?, ?, ?, e.sequence, e.alias, ?, ? FROM event e JOIN alias a ON a.id = e.alias
    WHERE e.sequence = ? AND a.value IS NOT NULL ON CONFLICT DO NOTHING`);
  const forget = db.prepare('DELETE FROM note WHERE workspace = ? AND at < ?');
  return {
    addNotes(notes) {
      for (const { workspace, kind, subject, key, at, body, sequence } of notes) {
        insert.run(workspaces.intern(workspace), kind, subject, key, at, JSON.stringify(body), sequence);
      }
    },
    forgetNotes: (workspace, before) => void forget.run(workspaces.intern(workspace), before),
  };
}

export interface NoteReads {
  notes(workspace: string, query: NotesQuery): Note[];
  countNotes(workspace: string, query: { kind: string; subject?: string; since: number; most: number }): number;
  /** As facts ask for them. */
  notesUnder(workspace: string, wanted: NonNullable<FactsQuery['notes']>, aliases: number[]): Note[];
  /** Of any kind about a person, oldest first, behind the one with this id. */
  noted(workspace: string, personId: string, behind: number, limit: number): NotedRow[];
}

export interface NotedRow extends Omit<Note, 'workspace'> {
  id: number;
}

type NoteRow = Omit<Note, 'body' | 'workspace'> & { body: string };

export function createNoteReads(
  db: Db,
  workspaceId: (workspace: string) => number,
  scopeOf: (of: { workspace: string; identity?: string; personId?: string }) => Scope | undefined,
): NoteReads {
  const columns = 'n.kind, n.subject, n.key, n.sequence, n.body';
  const find = (from: string) =>
    db.prepare(`SELECT ${columns}, n.at FROM ${from} ORDER BY n.at DESC, n.id DESC LIMIT @limit OFFSET @offset`);
  // The indexes are named: left to choose, SQLite goes through all notes of the workspace for those of a person.
  const ofAll = (index: string) => `note n INDEXED BY ${index} WHERE n.workspace = @workspace AND n.kind = @kind`;
  const ofAliases = `json_each(@aliases) a CROSS JOIN note n INDEXED BY note_alias
    ON n.alias = a.value AND n.kind = @kind AND n.workspace = @workspace`;
  const inSubjects = 'n.subject IN (SELECT value FROM json_each(@subjects))';
  const statements = {
    all: find(ofAll('note_at')),
    subject: find(`${ofAll('note_subject')} AND n.subject = @subject`),
    subjects: find(`${ofAll('note_subject')} AND ${inSubjects}`),
    person: find(ofAliases),
    personSubjects: find(`${ofAliases} AND ${inSubjects}`),
  };
  // The other columns are those of the row with the maximum (sqlite.org/lang_select.html, "bare columns").
  const latest = db.prepare(
    `SELECT ${columns}, max(n.at) AS at FROM ${ofAliases} AND ${inSubjects} GROUP BY n.subject`,
  );
  const count = (by: string, index = 'note_subject') =>
    db
      .prepare(
        `SELECT count(*) FROM (SELECT 1 FROM note INDEXED BY ${index} WHERE workspace = @workspace AND kind = @kind ${by} AND at >= @since LIMIT @most)`,
      )
      .pluck();
  const [countAll, countSubject] = [count('', 'note_at'), count('AND subject = @subject')];
  const ofPerson = db.prepare(`SELECT id, kind, subject, key, sequence, at, body FROM note
    INDEXED BY note_alias WHERE alias IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id LIMIT ?`);
  const parsed = <Row extends { body: string }>({ body, ...row }: Row) => ({
    ...row,
    body: JSON.parse(body) as JsonObject,
  });
  return {
    notes(workspace, { kind, limit, offset = 0, ...by }) {
      const { subject, subjects = subject === undefined ? undefined : [subject] } = by;
      const isOfPerson = by.identity !== undefined || by.personId !== undefined;
      const aliases = isOfPerson ? (scopeOf({ ...by, workspace })?.aliases ?? []) : undefined;
      const ofAny = subjects === undefined ? 'all' : subjects.length === 1 ? 'subject' : 'subjects';
      const ofPerson = subjects === undefined ? 'person' : 'personSubjects';
      const rows = statements[aliases ? ofPerson : ofAny].all({
        workspace: workspaceId(workspace),
        kind,
        limit,
        offset,
        ...(subjects && { subject: subjects[0] ?? null, subjects: JSON.stringify(subjects) }),
        ...(aliases && { aliases: JSON.stringify(aliases) }),
      }) as NoteRow[];
      return rows.map((row) => ({ ...parsed(row), workspace }));
    },
    notesUnder(workspace, { kind, ...asked }, aliases) {
      const of = { workspace: workspaceId(workspace), kind, aliases: JSON.stringify(aliases) };
      const rows =
        'latestOf' in asked
          ? latest.all({ ...of, subjects: JSON.stringify(asked.latestOf) })
          : statements.person.all({ ...of, limit: asked.limit, offset: 0 });
      return (rows as NoteRow[]).map((row) => ({ ...parsed(row), workspace }));
    },
    countNotes(workspace, { subject, ...by }) {
      const scope = { workspace: workspaceId(workspace), ...by };
      return Number(subject === undefined ? countAll.get(scope) : countSubject.get({ ...scope, subject }));
    },
    noted(workspace, personId, behind, limit) {
      const aliases = JSON.stringify(scopeOf({ workspace, personId })?.aliases ?? []);
      return (ofPerson.all(aliases, behind, limit) as (Omit<NotedRow, 'body'> & { body: string })[]).map(parsed);
    },
  };
}
