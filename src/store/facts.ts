// What profiles are made from: of a person's events inside a window only the members that are asked for. A view over a
// thousand events then moves some kilobytes between threads, not the events.
import type { CloudEvent, JsonObject } from '../protocol/index.ts';
import type { Note } from './notes.ts';

export interface FactStore {
  /** Answers each query from the same state of the store, in the order of the queries. */
  facts(queries: readonly FactsQuery[]): Promise<PersonFacts[]>;
}

export interface FactsQuery {
  workspace: string;
  /** Any alias of the person; or the id. */
  identity?: string;
  personId?: string;
  /** Only events up to this sequence: the person's past as it was when that event came. */
  upTo?: number;
  wanted: WantedFacts[];
  /** Also notes of a kind about the person: the latest so many, or of each of these subjects the latest. */
  notes?: { kind: string; limit: number } | { kind: string; latestOf: string[] };
}

/** Events of one type, or of several (type-pattern.ts); each is named once in a query. */
export interface WantedFacts {
  /** Of several types not the whole events are wanted, and the facts have this name as their type. */
  type: string;
  /** Only events whose corrected time is later, milliseconds. */
  after: number;
  /** Members of `data`; `event`: the whole event. */
  members: string[] | 'event';
  /** The newest so many at least; absent: all in the window. */
  limit?: number;
}

export interface PersonFacts {
  /** The person as of now; absent where nobody is known by that name. */
  personId?: string;
  /** Newest first. */
  facts: Fact[];
  /** Newest first; those that were asked for. */
  notes?: Note[];
}

export interface Fact {
  sequence: number;
  /** Milliseconds. */
  correctedTime: number;
  event: FactEvent;
}

/** An event, or of it the type and the members that were asked for. */
export type FactEvent = Pick<CloudEvent, 'type'> & { data: JsonObject } & Partial<CloudEvent>;
