// Notes about persons that consumers keep: that an action fired, what became of a delivery. A note is filed under the
// alias of the event that caused it, so that it follows merges and un-merges, and goes when the person is erased.
import type { JsonObject } from '../protocol/index.ts';

export interface NoteStore {
  /** Newest first. */
  notes(workspace: string, query: NotesQuery): Promise<Note[]>;
  /** How many notes of a kind and subject there are since a time, counted up to `most`. */
  countNotes(
    workspace: string,
    query: { kind: string; subject?: string; since: number; most: number },
  ): Promise<number>;
}

export interface NewNote {
  workspace: string;
  kind: string;
  /** What the note is about, such as the id of an action. */
  subject: string;
  /** Unique within workspace and kind: the same key again is the same note. */
  key: string;
  /** The event that caused it, by sequence: the note belongs to its person. */
  sequence: number;
  /** Milliseconds. */
  at: number;
  body: JsonObject;
}

export type Note = NewNote;

export interface NotesQuery {
  kind: string;
  subject?: string;
  /** Several subjects at once. */
  subjects?: string[];
  /** Of one person, by any alias or by id. */
  identity?: string;
  personId?: string;
  limit: number;
  offset?: number;
}
