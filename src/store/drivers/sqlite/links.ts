// Edges between aliases in the writer: made, raised, removed. Keeps the components (person-graph.ts) in step and counts
// the version by which readers of persons know that theirs is stale.
import { identitytypes, type ProblemCode } from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import { type AliasLimits, fitTogether } from '../../limits.ts';
import type { LinkCause, LinkOutcome } from '../../store.ts';
import type { Alias } from './aliases.ts';
import type { Db } from './open-file.ts';
import { createPersonGraph, type PersonGraph } from './person-graph.ts';

export interface EdgeDetails extends LinkCause {
  at: number;
  /** The alias whose person id the whole shows, where a merge named it. */
  primary?: number;
}

export interface Links {
  graph: PersonGraph;
  /** Joins two aliases, unless a limit or the block-list forbids it. An edge that is there already stays as it is. */
  join(workspace: number, from: Alias, to: Alias, edge: EdgeDetails): LinkOutcome & { label: number };
  /** Keeps what somebody said without proof. Undefined where too much was said of this alias already. */
  claim(workspace: number, from: Alias, to: Claimed, edge: Omit<EdgeDetails, 'primary'>): number | undefined;
  /** The provisional claim to a value; undefined also where somebody once removed a link between the two. */
  openClaim(workspace: number, from: Alias, value: string): number | undefined;
  /** Notes that the link was proven in a session. */
  prove(linkId: number, session: string, at: number): void;
  /** Raises a claim to a joining edge. `to` owns the claimed value. */
  raise(linkId: number, from: Alias, to: Alias, edge: EdgeDetails): LinkOutcome;
  remove(linkIds: readonly number[], removed: { at: number; cause: string }): void;
  row(workspace: number, linkId: number): LinkRow | undefined;
  version(): number;
  setVersion(version: number): void;
}

/** What is claimed: a value that may have no alias yet. */
export interface Claimed {
  alias?: number;
  value: string;
  type: number;
}

export interface LinkRow {
  id: number;
  fromAlias: number;
  toAlias: number | null;
  toValue: string;
  toType: number;
  trust: string;
  removedAt: number | null;
}

/** So many claims of one alias are kept: more is somebody trying names. */
const maxClaims = 20;

export function createLinks(db: Db, limits: AliasLimits, firstVersion: number): Links {
  const graph = createPersonGraph(db);
  const columns = `id, from_alias AS fromAlias, to_alias AS toAlias, to_value AS toValue, to_type AS toType, trust, removed_at AS removedAt`;
  const byId = db.prepare(`SELECT ${columns} FROM link WHERE id = ? AND workspace = ?`);
  const between = db
    .prepare(
      `SELECT id FROM link WHERE removed_at IS NULL AND trust <> 'provisional'
       AND ((from_alias = @a AND to_alias = @b) OR (from_alias = @b AND to_alias = @a)) ORDER BY id LIMIT 1`,
    )
    .pluck();
  const claims = db.prepare(
    `SELECT id, to_value AS toValue FROM link WHERE from_alias = ? AND removed_at IS NULL AND trust = 'provisional'`,
  );
  const openClaim = db
    .prepare(
      `SELECT id FROM link l WHERE workspace = ? AND from_alias = ? AND to_value = ?
       AND removed_at IS NULL AND trust = 'provisional' AND NOT EXISTS (SELECT 1 FROM link r
         WHERE r.from_alias = l.from_alias AND r.to_value = l.to_value AND r.removed_at IS NOT NULL)`,
    )
    .pluck();
  const insert =
    db.prepare(`INSERT INTO link (workspace, from_alias, to_alias, to_value, to_type, trust, cause, at, primary_alias)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertProof = db.prepare('INSERT INTO proof (link, session, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const promote = db.prepare(`UPDATE link SET to_alias = @to, trust = @trust, claim_cause = cause, claimed_at = at,
    cause = @cause, at = @at WHERE id = @id`);
  const drop = db.prepare('UPDATE link SET removed_at = ?, removed_cause = ? WHERE id = ? AND removed_at IS NULL');
  const touch = db.prepare('UPDATE alias SET updated_at = max(updated_at, ?), updated_by = ? WHERE id = ?');
  const shownId = db.prepare('SELECT person_id FROM alias WHERE id = ?').pluck();
  let version = firstVersion;

  const outcome = (result: LinkOutcome['result'], label: number, linkId: number) => {
    return { result, label, linkId, personId: String(shownId.get(label)) };
  };
  const refusal = (code: ProblemCode, label: number) => ({ result: 'refused' as const, code, label });

  const forbids = (from: Alias, to: Alias, labels: readonly [number, number], at: number): ProblemCode | undefined => {
    for (const { value, identitytype } of [from, to]) if (isBlocked(value, identitytype)) return 'identity-blocked';
    if (labels[0] === labels[1]) return undefined;
    const [a, b] = [graph.members(labels[0]), graph.members(labels[1])];
    return fitTogether(a, b, limits, at) ? undefined : 'identity-limit';
  };

  /** After an edge between two aliases became a joining one. */
  const settled = (from: Alias, to: Alias, together: boolean, edge: EdgeDetails): number => {
    version += 1;
    const label = together && edge.primary === undefined ? graph.labelOf(from.id) : graph.join(from.id, to.id);
    touch.run(edge.at, edge.cause, label);
    return label;
  };

  const links: Links = {
    graph,
    join(workspace, from, to, edge) {
      const labels = [graph.labelOf(from.id), graph.labelOf(to.id)] as const;
      const together = labels[0] === labels[1];
      if (from.id === to.id)
        return { result: 'already-joined', label: labels[0], personId: String(shownId.get(labels[0])) };
      const same = together ? (between.get({ a: from.id, b: to.id }) as number | undefined) : undefined;
      if (same !== undefined && edge.primary === undefined) return outcome('already-joined', labels[0], same);
      const code = forbids(from, to, labels, edge.at);
      if (code) return refusal(code, labels[0]);
      const made = insert.run(
        workspace,
        from.id,
        to.id,
        to.value,
        identitytypes.indexOf(to.identitytype),
        edge.trust,
        edge.cause,
        edge.at,
        edge.primary ?? null,
      );
      const label = settled(from, to, together, edge);
      return outcome(together ? 'already-joined' : 'joined', label, Number(made.lastInsertRowid));
    },
    claim(workspace, from, to, edge) {
      const said = claims.all(from.id) as { id: number; toValue: string }[];
      const same = said.find(({ toValue }) => toValue === to.value);
      if (same) return same.id;
      if (said.length >= maxClaims) return undefined;
      const made = insert.run(
        workspace,
        from.id,
        to.alias ?? null,
        to.value,
        to.type,
        'provisional',
        edge.cause,
        edge.at,
        null,
      );
      version += 1;
      return Number(made.lastInsertRowid);
    },
    openClaim(workspace, from, value) {
      return openClaim.get(workspace, from.id, value) as number | undefined;
    },
    prove: (linkId, session, at) => void insertProof.run(linkId, session, at),
    raise(linkId, from, to, edge) {
      const labels = [graph.labelOf(from.id), graph.labelOf(to.id)] as const;
      const code = forbids(from, to, labels, edge.at);
      if (code) return refusal(code, labels[0]);
      promote.run({ id: linkId, to: to.id, trust: edge.trust, cause: edge.cause, at: edge.at });
      const together = labels[0] === labels[1];
      return outcome(together ? 'already-joined' : 'joined', settled(from, to, together, edge), linkId);
    },
    remove(linkIds, { at, cause }) {
      const ends: number[] = [];
      for (const id of linkIds) {
        const { from, to } = db
          .prepare('SELECT from_alias AS "from", to_alias AS "to" FROM link WHERE id = ?')
          .get(id) as {
          from: number;
          to: number | null;
        };
        drop.run(at, cause, id);
        touch.run(at, cause, graph.labelOf(from));
        ends.push(from, ...(to === null ? [] : [to]));
      }
      version += 1;
      graph.settle(ends);
      for (const id of ends) touch.run(at, cause, graph.labelOf(id));
    },
    row: (workspace, linkId) => byId.get(linkId, workspace) as LinkRow | undefined,
    version: () => version,
    setVersion: (value) => {
      version = value;
    },
  };
  return links;
}
