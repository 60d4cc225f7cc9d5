// Links and persons as somebody asks for them through the API or by a click: made, confirmed, removed, merged, named.
// Events link by their own rules (claims.ts); both end in links.ts.
import { type Identitytype, identitytypes, Problem } from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import type { LinkCause, LinkOutcome, NewLink, PersonDetails } from '../../store.ts';
import type { Alias, Aliases } from './aliases.ts';
import type { Links } from './links.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';
import { createPersonLookup } from './person-lookup.ts';

/** Persons are answered as labels; the reader makes records of them. */
export interface LinkCalls {
  link(workspace: string, edge: NewLink, at: number): LinkOutcome;
  confirm(workspace: string, linkId: number, cause: LinkCause, at: number): LinkOutcome;
  unlink(workspace: string, linkId: number, cause: LinkCause, at: number): boolean;
  merge(workspace: string, primaryId: string, personIds: string[], cause: LinkCause, at: number): string;
  createPerson(workspace: string, details: PersonDetails, by: LinkCause, at: number): string;
  setName(workspace: string, personId: string, name: NewName, at: number): string;
  removeAlias(workspace: string, personId: string, value: string, cause: LinkCause, at: number): string | undefined;
}

export interface NewName {
  firstName?: string | null;
  lastName?: string | null;
}

export interface LinkCallParts {
  workspaces: Names;
  aliases: Aliases;
  links: Links;
}

export function createLinkCalls(db: Db, { workspaces, aliases, links }: LinkCallParts): LinkCalls {
  const lookup = createPersonLookup(db);
  const aliasById = db.prepare('SELECT id, value, identitytype AS type FROM alias WHERE id = ?');
  const shownId = db.prepare('SELECT person_id FROM alias WHERE id = ?').pluck();
  const nameFirst = db.prepare(
    'UPDATE alias SET first_name = ?, names_set = names_set | 1, updated_at = ? WHERE id = ?',
  );
  const nameLast = db.prepare('UPDATE alias SET last_name = ?, names_set = names_set | 2, updated_at = ? WHERE id = ?');
  const joiningEdges = db
    .prepare(
      `SELECT id FROM link WHERE (from_alias = @alias OR to_alias = @alias) AND removed_at IS NULL AND trust <> 'provisional'`,
    )
    .pluck();
  const readIdentity = db.prepare(
    'SELECT person_id AS personId, rank, first_name AS firstName, last_name AS lastName, names_set AS namesSet FROM alias WHERE id = ?',
  );
  const writeIdentity = db.prepare(
    'UPDATE alias SET person_id = @personId, rank = @rank, first_name = @firstName, last_name = @lastName, names_set = @namesSet WHERE id = @id',
  );
  const moveFormer = db.prepare('UPDATE former_id SET alias = ? WHERE alias = ?');
  const addFormer = db.prepare('INSERT INTO former_id (workspace, id, alias) VALUES (?, ?, ?)');

  const aliasOf = (id: number): Alias => {
    const row = aliasById.get(id) as { id: number; value: string; type: number };
    const identitytype: Identitytype = identitytypes[row.type] ?? 'customerId';
    return { id: row.id, value: row.value, identitytype, secretHash: null, suppressedBefore: null };
  };
  const ensure = (workspace: number, named: { value: string; identitytype: Identitytype }, cause: string, at: number) =>
    aliases.find(workspace, named.value, named.identitytype) ??
    aliases.create(workspace, named.value, named.identitytype, { at, by: cause });
  const person = (workspace: number, personId: string): number => {
    const label = lookup.byPersonId(workspace, personId);
    if (label === undefined) throw new Problem('not-found', `there is no person ${personId}`);
    return label;
  };
  const named = (label: number): string => String(shownId.get(label));
  const giveName = (label: number, { firstName, lastName }: NewName, at: number): void => {
    if (firstName !== undefined) nameFirst.run(firstName, at, label);
    if (lastName !== undefined) nameLast.run(lastName, at, label);
    links.setVersion(links.version() + 1);
  };
  const joined = (outcome: LinkOutcome): void => {
    if (outcome.code) throw new Problem(outcome.code, 'the aliases cannot be joined');
  };

  return {
    link(name, { from, to, ...cause }, at) {
      const workspace = workspaces.intern(name);
      for (const { value, identitytype } of [from, to]) {
        if (isBlocked(value, identitytype)) return { result: 'refused', code: 'identity-blocked' };
      }
      const first = ensure(workspace, from, cause.cause, at);
      if (cause.trust !== 'provisional') {
        const { label: _, ...outcome } = links.join(workspace, first, ensure(workspace, to, cause.cause, at), {
          ...cause,
          at,
        });
        return outcome;
      }
      const owner = aliases.find(workspace, to.value, to.identitytype);
      const claimed = {
        value: to.value,
        type: identitytypes.indexOf(to.identitytype),
        ...(owner && { alias: owner.id }),
      };
      const linkId = links.claim(workspace, first, claimed, { ...cause, at });
      if (linkId === undefined) return { result: 'refused', code: 'identity-limit' };
      return { result: 'provisional', linkId, personId: named(links.graph.labelOf(first.id)) };
    },
    confirm(name, linkId, cause, at) {
      const workspace = workspaces.intern(name);
      const row = links.row(workspace, linkId);
      if (!row || row.removedAt !== null) throw new Problem('not-found', `there is no link ${linkId}`);
      const from = aliasOf(row.fromAlias);
      if (row.trust !== 'provisional') {
        return { result: 'already-joined', linkId, personId: named(links.graph.labelOf(from.id)) };
      }
      const to = { value: row.toValue, identitytype: identitytypes[row.toType] ?? 'customerId' };
      const outcome = links.raise(linkId, from, ensure(workspace, to, cause.cause, at), { ...cause, at });
      return { ...outcome, linkId };
    },
    unlink(name, linkId, { cause }, at) {
      const row = links.row(workspaces.intern(name), linkId);
      if (!row || row.removedAt !== null) return false;
      links.remove([linkId], { at, cause });
      return true;
    },
    merge(name, primaryId, personIds, cause, at) {
      const workspace = workspaces.intern(name);
      const primary = person(workspace, primaryId);
      const others = personIds.map((id) => person(workspace, id));
      for (const other of new Set(others)) {
        if (other === primary) continue;
        joined(links.join(workspace, aliasOf(other), aliasOf(primary), { ...cause, at, primary }));
      }
      return named(links.graph.labelOf(primary));
    },
    createPerson(name, { aliases: wanted, ...names }, by, at) {
      const workspace = workspaces.intern(name);
      const [first, ...rest] = wanted;
      if (!first) throw new Problem('invalid-event', 'expected at least one alias');
      for (const { value, identitytype } of wanted) {
        if (isBlocked(value, identitytype)) throw new Problem('identity-blocked', `${value} is block-listed`);
        if (!aliases.find(workspace, value, identitytype)) continue;
        throw new Problem('identity-conflict', `${value} belongs to another person`);
      }
      const made = (one: typeof first): Alias =>
        aliases.findLiteral(workspace, one.value, one.identitytype) ??
        aliases.create(workspace, one.value, one.identitytype, { at, by: by.cause });
      const head = made(first);
      for (const other of rest) joined(links.join(workspace, made(other), head, { ...by, at }));
      const label = links.graph.labelOf(head.id);
      giveName(label, names, at);
      return named(label);
    },
    setName(name, personId, names, at) {
      const label = person(workspaces.intern(name), personId);
      giveName(label, names, at);
      return named(label);
    },
    removeAlias(name, personId, value, { cause, trust }, at) {
      const workspace = workspaces.intern(name);
      const label = lookup.byPersonId(workspace, personId);
      if (label === undefined) return undefined;
      const members = links.graph.members(label);
      const gone = members.find((one) => one.value === value);
      if (!gone || members.length === 1) return gone && named(label);
      links.remove(joiningEdges.all({ alias: gone.id }) as number[], { at, cause });
      const rest = members.filter((one) => one.id !== gone.id);
      const anchor = rest.find(({ id }) => id === label) ?? rest[0] ?? gone;
      for (const { id } of rest) {
        if (links.graph.labelOf(id) === links.graph.labelOf(anchor.id)) continue;
        joined(links.join(workspace, aliasOf(id), aliasOf(anchor.id), { cause, trust, at }));
      }
      const remaining = links.graph.labelOf(anchor.id);
      if (gone.id === label) handOver(workspace, gone.id, remaining, at);
      return named(remaining);
    },
  };

  /** The person's id, age and name stay with the person: `from` leaves it and starts anew. */
  function handOver(workspace: number, from: number, to: number, at: number): void {
    const left = readIdentity.get(from) as Identity;
    const heir = readIdentity.get(to) as Identity;
    const fresh = {
      personId: aliases.newPersonId(at),
      rank: aliases.newRank(),
      firstName: null,
      lastName: null,
      namesSet: 0,
    };
    writeIdentity.run({ ...fresh, id: from });
    writeIdentity.run({
      id: to,
      personId: left.personId,
      rank: Math.min(left.rank, heir.rank),
      firstName: left.namesSet & 1 ? left.firstName : heir.firstName,
      lastName: left.namesSet & 2 ? left.lastName : heir.lastName,
      namesSet: left.namesSet | heir.namesSet,
    });
    moveFormer.run(to, from);
    addFormer.run(workspace, heir.personId, to);
  }
}

interface Identity {
  personId: string;
  rank: number;
  firstName: string | null;
  lastName: string | null;
  namesSet: number;
}
