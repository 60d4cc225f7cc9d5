// What a workspace keeps beside events and persons: small JSON documents (its settings, subscriptions, templates), and
// the record of who read or changed whom.
import type { JsonObject } from '../protocol/index.ts';

export interface DocumentStore {
  /** The documents of a kind, in the order in which they were first put. Workspace `''` is the server itself. */
  documents(workspace: string, kind: string): Promise<StoredDocument[]>;
  /** Puts a document; one with the same id is replaced and keeps its place. Resolves when it is on disk. */
  putDocument(workspace: string, kind: string, document: StoredDocument): Promise<void>;
  /** False where it was not there. */
  deleteDocument(workspace: string, kind: string, id: string): Promise<boolean>;
  /** Adds to the audit; entries are never changed. */
  recordAccess(entries: readonly AccessEntry[]): Promise<void>;
  /** The audit of a workspace or of one person, newest first. */
  accesses(workspace: string, query: AccessQuery): Promise<AccessEntry[]>;
}

export interface StoredDocument {
  id: string;
  body: JsonObject;
}

export interface AccessEntry {
  workspace: string;
  /** Milliseconds. */
  at: number;
  /** Who: the name of a key, the subject of a token. */
  caller: string;
  /** What: the name of the call. */
  call: string;
  /** Whom: person ids as they were then; empty where the call concerned no single person. */
  persons: string[];
  /** The request, as in the log. */
  trackingId: string;
  /** The HTTP status with which it was refused; absent where it was answered. */
  refused?: number;
}

export interface AccessQuery {
  personId?: string;
  limit: number;
  offset: number;
}
