// The schema, as numbered steps that only go forward. A step that has been released is never edited: add the next one.
// Integers stand for everything that repeats (workspaces, aliases, types, sources); times are milliseconds.

export interface Migration {
  number: number;
  sql: string;
}

/** `PRAGMA application_id` of our files: "WMRK". */
export const applicationId = 0x574d524b;

export const migrations: readonly Migration[] = [
  {
    number: 1,
    sql: `
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE workspace (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE name (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;

-- What events came with. kind 0: temporaryId, 1: known; each kind has its own names, so that nobody can squat on a
-- customer number by calling it a temporaryId. person: id of the alias whose person_id the whole person shows.
-- rank: age for the choice of that alias. value NULL: erased, its events are still going.
CREATE TABLE alias (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  value TEXT,
  canonical TEXT,
  identitytype INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  person INTEGER NOT NULL,
  person_id TEXT NOT NULL,
  rank INTEGER NOT NULL,
  secret_hash BLOB,
  suppressed_before INTEGER,
  first_name TEXT,
  last_name TEXT,
  names_set INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alias_value ON alias (workspace, kind, value);
CREATE UNIQUE INDEX alias_person_id ON alias (workspace, person_id);
CREATE INDEX alias_person ON alias (person);
CREATE INDEX alias_canonical ON alias (workspace, canonical) WHERE canonical IS NOT NULL;
CREATE INDEX alias_erasing ON alias (id) WHERE value IS NULL;

-- Person ids that moved to another alias because theirs was taken off the person.
CREATE TABLE former_id (
  workspace INTEGER NOT NULL, id TEXT NOT NULL, alias INTEGER NOT NULL, PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_id_alias ON former_id (alias);

-- Edges between aliases. to_alias NULL: a provisional claim to a value that nobody owns yet.
CREATE TABLE link (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL,
  from_alias INTEGER NOT NULL,
  to_alias INTEGER,
  to_value TEXT NOT NULL,
  to_type INTEGER NOT NULL,
  trust TEXT NOT NULL,
  cause TEXT NOT NULL,
  at INTEGER NOT NULL,
  primary_alias INTEGER,
  claimed_at INTEGER,
  claim_cause TEXT,
  removed_at INTEGER,
  removed_cause TEXT
) STRICT;
CREATE INDEX link_from ON link (from_alias);
CREATE INDEX link_to ON link (to_alias) WHERE to_alias IS NOT NULL;
CREATE INDEX link_claim ON link (workspace, to_value) WHERE to_alias IS NULL;
CREATE INDEX link_primary ON link (primary_alias) WHERE primary_alias IS NOT NULL AND removed_at IS NULL;

-- Sessions (data.taskId) in which a link was proven.
CREATE TABLE proof (
  link INTEGER NOT NULL, session TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (link, session)
) STRICT, WITHOUT ROWID;

-- grounds: why the event is under its alias. 0 none, 1 token, 2 trusted sender, 3 believed without verification.
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY,
  shard INTEGER NOT NULL,
  workspace INTEGER NOT NULL,
  time INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  alias INTEGER NOT NULL,
  corrected INTEGER NOT NULL,
  received INTEGER NOT NULL,
  type INTEGER NOT NULL,
  source INTEGER NOT NULL,
  grounds INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
-- Time before shard: what arrives together then lies together, a third fewer pages a commit (docs/decisions/0010).
CREATE UNIQUE INDEX event_key ON event (workspace, time, shard, hash);
CREATE INDEX event_alias ON event (alias, corrected);
CREATE INDEX event_corrected ON event (workspace, corrected);

CREATE TABLE position (consumer TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- state 0: waiting, also while leased (then due_at is the end of the lease); 1: done, payload emptied; 2: buried.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lane TEXT NOT NULL,
  workspace INTEGER NOT NULL,
  key TEXT NOT NULL,
  grp TEXT,
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  payload TEXT NOT NULL,
  alias INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  state INTEGER NOT NULL DEFAULT 0,
  settled_at INTEGER
) STRICT;
CREATE UNIQUE INDEX delivery_key ON delivery (lane, workspace, key);
CREATE INDEX delivery_due ON delivery (lane, state, priority DESC, due_at, id);
CREATE INDEX delivery_group ON delivery (lane, workspace, grp, id) WHERE grp IS NOT NULL AND state = 0;
CREATE INDEX delivery_alias ON delivery (alias) WHERE alias IS NOT NULL;

-- Salted hashes of erased values. before NULL: for ever.
CREATE TABLE suppression (
  workspace INTEGER NOT NULL, hash BLOB NOT NULL, before INTEGER, PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;
`,
  },
  {
    number: 2,
    sql: `
-- Small JSON documents by workspace and kind: settings, subscriptions, templates. place: order of creation.
CREATE TABLE document (
  place INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX document_id ON document (workspace, kind, id);

-- Who read or changed whom.
CREATE TABLE access (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  at INTEGER NOT NULL,
  caller TEXT NOT NULL,
  call TEXT NOT NULL,
  tracking_id TEXT NOT NULL
) STRICT;
CREATE INDEX access_workspace ON access (workspace);
CREATE TABLE access_person (
  workspace INTEGER NOT NULL, person_id TEXT NOT NULL, access INTEGER NOT NULL, PRIMARY KEY (workspace, person_id, access)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_person_access ON access_person (access);
`,
  },
  {
    number: 3,
    sql: `
-- What consumers note about persons: that an action fired, what became of a delivery. Under the alias of the event that
-- caused it.
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  key TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  alias INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX note_key ON note (workspace, kind, key);
CREATE INDEX note_subject ON note (workspace, kind, subject, at);
CREATE INDEX note_alias ON note (alias, kind, at);
`,
  },
  {
    number: 4,
    sql: `
-- What waits or is buried, without the many that are done: lanes are looked through every second.
CREATE INDEX delivery_open ON delivery (lane, state, due_at) WHERE state <> 1;
-- Notes of a day, whatever they are about: for limits a day and for forgetting.
CREATE INDEX note_at ON note (workspace, at, kind);
`,
  },
  {
    number: 5,
    sql: `
-- Who was joined since a time is asked whenever somebody is joined.
CREATE INDEX link_at ON link (at) WHERE removed_at IS NULL AND trust <> 'provisional';
`,
  },
];
