// The Store: every event once, who is who, and what is to be delivered. Whatever it has acknowledged is on disk.
// This file is the promise; drivers/ keep it, and one shared test suite holds every driver to it.
// Time, ids and randomness come from outside, so that tests never wait.
import type { CloudEvent, EventResult, Identitytype, KnownIdentitytype, ProblemCode } from '../protocol/index.ts';
import type { DocumentStore } from './documents.ts';
import type { FactStore } from './facts.ts';
import type { LaneStore } from './lanes.ts';
import type { NoteStore } from './notes.ts';
import type { OutboxStore } from './outbox.ts';
import type { PersonChanges } from './person-changes.ts';

export interface Store extends DocumentStore, PersonChanges, FactStore, NoteStore, LaneStore, OutboxStore {
  /**
   * Appends a batch in one transaction and resolves when it is on disk, with one result per event in order.
   * Never rejects for a single event: a bad one is `refused` with a code, its neighbours are kept.
   * A full queue, low disk space or a closing store answer `retry` for every event.
   */
  append(batch: AppendBatch): Promise<AppendResult[]>;

  /** Events with a sequence above `after`, oldest first, as consumers read them. Sequences only grow, and never leave a gap that fills later. */
  follow(options: { after: number; limit: number; workspace?: string }): Promise<StoredEvent[]>;
  /** Calls back after each commit that stored or linked something. Returns its undo. */
  onCommit(listener: (commit: Commit) => void): () => void;
  /** The position up to which a named consumer has worked; 0 before the first. */
  position(consumer: string): Promise<number>;
  setPosition(consumer: string, sequence: number): Promise<void>;

  /** Events of one person, or of a whole workspace, newest first by corrected time unless said otherwise. */
  history(query: HistoryQuery): Promise<StoredEvent[]>;
  /** The same as text, for whoever passes it on. */
  historyText(query: HistoryQuery): Promise<HistoryText>;

  /** The person who owns an alias, by the settled look-up order (literal, phone digits, lower-case e-mail). */
  personOf(workspace: string, identity: string): Promise<PersonRecord | undefined>;
  /** The person behind a temporaryId, whoever else may go by the same text. */
  personOfVisitor(workspace: string, temporaryId: string): Promise<PersonRecord | undefined>;
  /** By public id; ids of merged-away persons answer as the survivor. */
  person(workspace: string, personId: string): Promise<PersonRecord | undefined>;
  persons(workspace: string, page: PersonsPage): Promise<PersonRecord[]>;
  /** Creates a person, or with several names that belong to nobody yet, one with all of them. Throws a Problem where an alias is taken. */
  createPerson(workspace: string, details: PersonDetails, by: LinkCause): Promise<PersonRecord>;
  setName(
    workspace: string,
    personId: string,
    name: { firstName?: string | null; lastName?: string | null },
  ): Promise<PersonRecord>;

  /** Joins two aliases by an edge; creates those that are missing. Returns what became of it. */
  link(workspace: string, edge: NewLink): Promise<LinkOutcome>;
  /**
   * Joins the visitor behind a temporaryId to an identity by the rules of a proven login (design, "Who is joined with
   * whom"): `refused` with `identity-conflict` where both are known as different people. Throws a Problem `not-found`
   * for a temporaryId that is not there.
   */
  joinVisitor(workspace: string, visitor: VisitorIdentity, cause: LinkCause): Promise<LinkOutcome>;
  /**
   * Joins two visitors of whom both browsers have shown that they are the same: `refused` with `identity-conflict` where
   * both are known, unless as one person already. Throws a Problem `not-found` for a temporaryId that is not there.
   */
  joinVisitors(workspace: string, from: string, to: string, cause: LinkCause): Promise<LinkOutcome>;
  /** Whether this is the secret that came with the first event of the temporaryId. False where there was none. */
  holdsTemporaryId(workspace: string, temporaryId: string, secret: string): Promise<boolean>;
  /** Raises a provisional link to `agent` (or `api`): from now on it joins. */
  confirm(workspace: string, linkId: number, cause: LinkCause): Promise<LinkOutcome>;
  /** Removes an edge: an exact un-merge. False where it was not there. */
  unlink(workspace: string, linkId: number, cause: LinkCause): Promise<boolean>;
  /** Joins persons into the primary, whose id survives. Throws a Problem `not-found` for an unknown person. */
  merge(workspace: string, primaryId: string, personIds: string[], cause: LinkCause): Promise<PersonRecord>;
  /** Takes an alias off its person: it stands alone from then on. */
  removeAlias(workspace: string, personId: string, value: string, cause: LinkCause): Promise<PersonRecord | undefined>;
  /** Why these aliases are one person: its links (removed and provisional ones too), oldest first. */
  explain(workspace: string, personId: string): Promise<Link[]>;
  /** Whoever was joined with somebody since, by events, agents or the API, in order of time. Milliseconds, inclusive. */
  joinedSince(at: number, limit: number): Promise<Joined[]>;

  /** Everything known about a person, one JSON text a line: person, links, events oldest first, notes. */
  export(workspace: string, personId: string): AsyncIterable<string>;
  /**
   * Removes a person with all events and links. Its temporaryIds are suppressed for ever, its other aliases for
   * events from before now. Returns a receipt without personal data.
   */
  erase(workspace: string, personId: string): Promise<EraseReceipt>;
  /** Applies retention rules; returns how many events went. A visitor whom nobody knows goes with the last of theirs. */
  retain(workspace: string, rules: RetentionRule[]): Promise<number>;
  /** Writes a consistent copy of the running store to a file. */
  backup(file: string): Promise<void>;

  health(): Promise<StoreHealth>;
  /** Drains what was accepted, then closes. */
  close(): Promise<void>;
}

export interface AppendBatch {
  /** 24 hexadecimal digits. */
  workspace: string;
  /** `public`: a site key, possession and proof are demanded. `trusted`: a server key or the JDS API, its word is taken. */
  sender: 'public' | 'trusted';
  /**
   * `collect`: one event per (workspace, sender, source, id). `publish`: identical source, id, time and data is a
   * repeat, and an event without time never is, unless its `idempotencyKey` repeats.
   */
  repeats: 'collect' | 'publish';
  /** The relay's clock, milliseconds. */
  receivedAt: number;
  /** The page's clock when it sent; absent for trusted senders. */
  sent?: number | 'deferred';
  /** UTF-8 of a JSON array of events that `parseEvent` accepts. Transferred: its buffer is unusable afterwards. */
  body: Uint8Array<ArrayBuffer>;
  /** What the relay found about single events, by index: refused ones are not stored. */
  findings?: Record<number, Finding>;
  /** `enforce` and `report` demand proof of identities, `off` believes every page; only for `public`. Default `enforce`. */
  verify?: 'enforce' | 'report' | 'off';
  idempotencyKey?: string;
}

/** What the relay established about one event before it reached the store. */
export interface Finding {
  /** Refused by the relay: answered with this and not stored. */
  refused?: { code: ProblemCode; detail: string; pointer?: string };
  /** The event's identity token was genuine, and this is what it vouches for. */
  proof?: Proof;
  /** The event carried a token that was not good, and this is why; told to the sender beside `identity-unproven`. */
  unproven?: string;
  /** It was not good because its key is not known here: that may be mended. */
  unknownKey?: true;
}

/** The verified content of an identity token. */
export interface Proof {
  identity: string;
  identitytype: Identitytype;
  /** Further identities of the same customer, as the site's back end says. */
  identities: { identity: string; identitytype: Identitytype }[];
  /** The temporaryId that the token is bound to; undefined where the workspace does not require one. */
  temporaryId?: string;
  /** Of a token that is bound to none: it proves something to the first temporaryId that shows it, and to no other. */
  single?: { tokenId: string /** Milliseconds; the token is good for nothing afterwards. */; until: number };
}

/** Same as what goes to the sender, with the sequence of the events that are new. */
export interface AppendResult extends EventResult {
  sequence?: number;
}

export interface Commit {
  /** The highest sequence on disk. */
  sequence: number;
  /** Grows whenever a link was made, confirmed or removed: cached persons are stale then. */
  linksVersion: number;
}

/** How sure it is that an event belongs to the person: see design "After identify". */
export type Trust = 'verified' | 'recognised' | 'anonymous';

export interface StoredEvent {
  sequence: number;
  workspace: string;
  /** As received, without transport attributes; `time` is filled with the receive time where it was absent. */
  event: CloudEvent;
  /** Milliseconds; order and windows use this. */
  correctedTime: number;
  receivedAt: number;
  trust: Trust;
  /** Public id of the person who owns the event's alias now. */
  personId: string;
}

export interface HistoryQuery {
  workspace: string;
  /** Any alias: events of its whole person. Unknown: empty. Absent: the whole workspace. */
  identity?: string;
  personId?: string;
  /** Default 1,000. */
  limit?: number;
  offset?: number;
  /**
   * Only events older than this one, for paging that stays stable while events arrive; empty where it is not there.
   * With its `sequence` it is found at once, without it by a search through the person's events.
   */
  before?: { id: string; sequence?: number };
  order?: 'newest-first' | 'oldest-first';
  /** Another attribute than the time, which then decides among equals. Reads all that is in the scope. */
  sortBy?: 'id' | 'type' | 'source' | 'identity' | 'identitytype';
  /** Only events with a higher sequence, whatever their time: what a reader missed. */
  after?: number;
  /** Compiled to bound parameters by the driver. */
  where?: Condition;
}

/** A filter over event attributes and members of `data`; fields are matched case-insensitively and allow-listed. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | {
      in: 'event' | 'data';
      field: string;
      is: Comparison;
      value: string | string[];
    };

/** `like` takes `*` as a wildcard. */
export type Comparison =
  | 'equal'
  | 'greater'
  | 'greater-or-equal'
  | 'less'
  | 'less-or-equal'
  | 'like'
  | 'like-ignoring-case'
  | 'one-of'
  | 'null';

export interface HistoryText {
  /** A JSON array of the events, with their corrected times; `previousidentity` is null where there was none. */
  events: string;
  count: number;
  /** Of whom they are. */
  personIds: string[];
  /** Of each event. */
  trust: Trust[];
}

export interface PersonsPage {
  limit: number;
  offset: number;
  /** By creation. Default oldest first. */
  order?: 'newest-first' | 'oldest-first';
}

export interface PersonRecord {
  /** 24 hexadecimal digits. */
  id: string;
  firstName: string | null;
  lastName: string | null;
  /** In the order in which they were first seen. */
  aliases: AliasRecord[];
  createdAt: number;
  createdBy: string;
  updatedAt: number;
  updatedBy: string;
  /** What somebody said of this person without proof. */
  provisional: Link[];
}

export interface AliasRecord {
  value: string;
  identitytype: Identitytype;
  firstSeenAt: number;
}

export interface PersonDetails {
  firstName?: string | null;
  lastName?: string | null;
  aliases: { value: string; identitytype: Identitytype }[];
}

/** `provisional` joins nothing until it is confirmed. */
export type LinkTrust = 'provisional' | 'verified' | 'agent' | 'api';

export interface LinkCause {
  /** Who or what: `event:<id>`, `agent:<name>`, `api:<key id>`, `cross-domain:<origin>`, `import`. */
  cause: string;
  trust: LinkTrust;
}

export interface NewLink extends LinkCause {
  from: { value: string; identitytype: Identitytype };
  to: { value: string; identitytype: Identitytype };
}

export interface VisitorIdentity {
  temporaryId: string;
  identity: string;
  identitytype: KnownIdentitytype;
}

export interface Link extends NewLink {
  id: number;
  at: number;
  /** When and by what it was first claimed, where an agent or the API confirmed it later. */
  claimed?: { at: number; cause: string };
  /** When and by whom it was removed. */
  removed?: { at: number; cause: string };
}

export interface LinkOutcome {
  result: 'joined' | 'already-joined' | 'provisional' | 'refused';
  code?: ProblemCode;
  linkId?: number;
  personId?: string;
}

export interface Joined {
  workspace: string;
  /** Public id as of now. */
  personId: string;
  /** When the link was made, or confirmed. */
  at: number;
}

export interface RetentionRule {
  /** Event type, `*` for all that no other rule names. */
  type: string;
  maxAgeDays: number;
}

export interface EraseReceipt {
  at: number;
  events: number;
  links: number;
  /** Salted hashes of the aliases, so that the receipt can be checked without naming them. */
  aliases: string[];
  /** Lanes and counts of deliveries that had already left, or may have: what others still have. */
  delivered: Record<string, number>;
}

export interface StoreHealth {
  ok: boolean;
  sequence: number;
  linksVersion: number;
  queueBytes: number;
  walBytes: number;
  freeDiskBytes: number;
  /** Why `ok` is false, for people. */
  reason?: string;
}
