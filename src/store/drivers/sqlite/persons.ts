// Persons as records: the aliases of a component, its names, and what was claimed of it; and the links that explain it.
import { identitytypes } from '../../../protocol/index.ts';
import type { Joined, Link, LinkTrust, PersonRecord, PersonsPage } from '../../store.ts';
import type { Db } from './open-file.ts';

export interface Persons {
  record(label: number): PersonRecord | undefined;
  /** Links that touch any alias of the person now, oldest first. */
  links(label: number): Link[];
  page(workspace: number, page: PersonsPage): PersonRecord[];
  joinedSince(at: number, limit: number): Joined[];
}

/** Cross joins keep SQLite from beginning with another table than the one whose index gives the order. */
export const joinedSql: string = `SELECT w.name AS workspace, p.person_id AS personId, l.at
  FROM link l CROSS JOIN alias a ON a.id = l.from_alias CROSS JOIN alias p ON p.id = a.person
    CROSS JOIN workspace w ON w.id = l.workspace
  WHERE l.at >= ? AND l.trust <> 'provisional' AND l.removed_at IS NULL ORDER BY l.at, l.id LIMIT ?`;

export function createPersons(db: Db): Persons {
  const aliasesOf = db.prepare(
    `SELECT id, value, identitytype AS type, first_seen AS firstSeenAt, person_id AS personId, rank, created_by AS createdBy,
       updated_at AS updatedAt, updated_by AS updatedBy, first_name AS firstName, last_name AS lastName, names_set AS namesSet
     FROM alias WHERE person = ? AND value IS NOT NULL ORDER BY first_seen, id`,
  );
  const linksOf = db.prepare(
    `SELECT l.id, l.trust, l.cause, l.at, l.claimed_at AS claimedAt, l.claim_cause AS claimCause, l.removed_at AS removedAt,
       l.removed_cause AS removedCause, f.value AS fromValue, f.identitytype AS fromType, l.to_value AS toValue, l.to_type AS toType
     FROM link l JOIN alias f ON f.id = l.from_alias
     WHERE l.id IN (
       SELECT l1.id FROM alias a JOIN link l1 ON l1.from_alias = a.id WHERE a.person = @label
       UNION SELECT l2.id FROM alias a JOIN link l2 ON l2.to_alias = a.id WHERE a.person = @label)
     ORDER BY l.id`,
  );
  const joined = db.prepare(joinedSql);
  const shown = (direction: 'ASC' | 'DESC') =>
    db
      .prepare(
        `SELECT id FROM alias WHERE workspace = ? AND person = id AND value IS NOT NULL ORDER BY id ${direction} LIMIT ? OFFSET ?`,
      )
      .pluck();
  const [oldestFirst, newestFirst] = [shown('ASC'), shown('DESC')];

  const links = (label: number): Link[] => (linksOf.all({ label }) as LinkColumns[]).map(toLink);
  const record = (label: number): PersonRecord | undefined => {
    const members = aliasesOf.all(label) as AliasColumns[];
    const head = members.find(({ id }) => id === label);
    if (!head) return undefined;
    const latest = members.reduce((a, b) => (b.updatedAt > a.updatedAt ? b : a), head);
    return {
      id: head.personId,
      firstName: nameOf(members, head, 'firstName', 1),
      lastName: nameOf(members, head, 'lastName', 2),
      aliases: members.map(({ value, type, firstSeenAt }) => ({ value, identitytype: typeOf(type), firstSeenAt })),
      createdAt: head.firstSeenAt,
      createdBy: head.createdBy,
      updatedAt: latest.updatedAt,
      updatedBy: latest.updatedBy,
      provisional: claimsOf(members, links(label)),
    };
  };

  return {
    record,
    links,
    joinedSince: (at, limit) => joined.all(at, limit) as Joined[],
    page: (workspace, { limit, offset, order }) =>
      ((order === 'newest-first' ? newestFirst : oldestFirst).all(workspace, limit, offset) as number[]).flatMap(
        (label) => record(label) ?? [],
      ),
  };
}

/** What somebody said of this person, not what others said of being this person. */
function claimsOf(members: AliasColumns[], links: Link[]): Link[] {
  const values = new Set(members.map(({ value }) => value));
  return links.filter(({ trust, removed, from }) => trust === 'provisional' && !removed && values.has(from.value));
}

/** The survivor's name, where it was ever set; else that of the oldest other part that has one. */
function nameOf(
  members: AliasColumns[],
  head: AliasColumns,
  field: 'firstName' | 'lastName',
  bit: number,
): string | null {
  const named = [head, ...[...members].sort((a, b) => a.rank - b.rank)].find(({ namesSet }) => namesSet & bit);
  return named?.[field] ?? null;
}

function toLink(row: LinkColumns): Link {
  return {
    id: row.id,
    from: { value: row.fromValue, identitytype: typeOf(row.fromType) },
    to: { value: row.toValue, identitytype: typeOf(row.toType) },
    cause: row.cause,
    trust: row.trust,
    at: row.at,
    ...(row.claimedAt !== null && { claimed: { at: row.claimedAt, cause: row.claimCause ?? '' } }),
    ...(row.removedAt !== null && { removed: { at: row.removedAt, cause: row.removedCause ?? '' } }),
  };
}

function typeOf(index: number): PersonRecord['aliases'][number]['identitytype'] {
  return identitytypes[index] ?? 'customerId';
}

interface AliasColumns {
  id: number;
  value: string;
  type: number;
  firstSeenAt: number;
  personId: string;
  rank: number;
  createdBy: string;
  updatedAt: number;
  updatedBy: string;
  firstName: string | null;
  lastName: string | null;
  namesSet: number;
}

interface LinkColumns {
  id: number;
  trust: LinkTrust;
  cause: string;
  at: number;
  claimedAt: number | null;
  claimCause: string | null;
  removedAt: number | null;
  removedCause: string | null;
  fromValue: string;
  fromType: number;
  toValue: string;
  toType: number;
}
