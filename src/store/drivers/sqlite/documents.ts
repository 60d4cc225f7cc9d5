// Documents of workspaces and the audit, on the writer's and on the readers' side.
import type { JsonObject } from '../../../protocol/index.ts';
import type { AccessEntry, AccessQuery, StoredDocument } from '../../documents.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';

export interface DocumentCalls {
  putDocument(workspace: string, kind: string, document: StoredDocument): void;
  deleteDocument(workspace: string, kind: string, id: string): boolean;
  recordAccess(entries: readonly AccessEntry[]): void;
}

export function createDocumentCalls(db: Db, workspaces: Names): DocumentCalls {
  const put = db.prepare(`INSERT INTO document (workspace, kind, id, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (workspace, kind, id) DO UPDATE SET body = excluded.body`);
  const drop = db.prepare('DELETE FROM document WHERE workspace = ? AND kind = ? AND id = ?');
  const insert = db.prepare('INSERT INTO access (workspace, at, caller, call, tracking_id) VALUES (?, ?, ?, ?, ?)');
  const insertPerson = db.prepare('INSERT INTO access_person (workspace, person_id, access) VALUES (?, ?, ?)');
  return {
    putDocument: (workspace, kind, { id, body }) =>
      void put.run(workspaces.intern(workspace), kind, id, JSON.stringify(body)),
    deleteDocument: (workspace, kind, id) => drop.run(workspaces.intern(workspace), kind, id).changes > 0,
    recordAccess(entries) {
      for (const { workspace, at, caller, call, persons, trackingId, refused } of entries) {
        const owner = workspaces.intern(workspace);
        const { lastInsertRowid } = insert.run(
          owner,
          at,
          caller,
          refused === undefined ? call : `${call} ${refused}`,
          trackingId,
        );
        for (const person of new Set(persons)) insertPerson.run(owner, person, lastInsertRowid);
      }
    },
  };
}

export interface DocumentReads {
  documents(workspace: string, kind: string): StoredDocument[];
  accesses(workspace: string, query: AccessQuery): AccessEntry[];
}

export function createDocumentReads(db: Db, workspaceId: (workspace: string) => number): DocumentReads {
  const ofKind = db.prepare('SELECT id, body FROM document WHERE workspace = ? AND kind = ? ORDER BY place');
  const columns = 'a.id, a.at, a.caller, a.call, a.tracking_id AS trackingId';
  const ofAll = db.prepare(
    `SELECT ${columns} FROM access a WHERE a.workspace = @workspace ORDER BY a.id DESC LIMIT @limit OFFSET @offset`,
  );
  const ofOne = db.prepare(
    `SELECT ${columns} FROM access_person p JOIN access a ON a.id = p.access
     WHERE p.workspace = @workspace AND p.person_id = @personId ORDER BY p.access DESC LIMIT @limit OFFSET @offset`,
  );
  const personsOf = db.prepare('SELECT person_id FROM access_person WHERE access = ? ORDER BY person_id').pluck();
  return {
    documents: (workspace, kind) =>
      (ofKind.all(workspaceId(workspace), kind) as { id: string; body: string }[]).map(({ id, body }) => ({
        id,
        body: JSON.parse(body) as JsonObject,
      })),
    accesses(workspace, { personId, ...page }) {
      const scope = { workspace: workspaceId(workspace), ...page };
      const rows = personId === undefined ? ofAll.all(scope) : ofOne.all({ ...scope, personId });
      return (rows as (Omit<AccessEntry, 'workspace' | 'persons'> & { id: number })[]).map(({ id, ...entry }) => {
        // Names of calls have no spaces: behind one stands the status of a refusal.
        const [call = '', refused] = entry.call.split(' ');
        const persons = personsOf.all(id) as string[];
        return { ...entry, call, workspace, persons, ...(refused !== undefined && { refused: Number(refused) }) };
      });
    },
  };
}
