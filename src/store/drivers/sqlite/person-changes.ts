// Several aliases and names of a person at once, in the writer: what cannot be done whole throws, and the transaction
// around the call takes back what was done already.
import { Problem } from '../../../protocol/index.ts';
import { isBlocked } from '../../block-list.ts';
import type { MergeOptions, PersonChange } from '../../person-changes.ts';
import type { LinkCause, PersonDetails } from '../../store.ts';
import type { Alias } from './aliases.ts';
import type { LinkCallParts, LinkCalls } from './link-calls.ts';
import type { Db } from './open-file.ts';
import type { Member } from './person-graph.ts';
import { createPersonLookup } from './person-lookup.ts';

/** Persons are answered by their ids; the reader makes records of them. */
export interface PersonChangeCalls {
  changePerson(workspace: string, personId: string, change: PersonChange, by: LinkCause, at: number): string;
  mergeIdentities(
    workspace: string,
    details: PersonDetails,
    options: MergeOptions,
    by: LinkCause,
    at: number,
  ): { personId: string; created: boolean };
}

type Named = PersonDetails['aliases'][number];

export function createPersonChangeCalls(
  db: Db,
  { workspaces, aliases, links }: LinkCallParts,
  calls: LinkCalls,
): PersonChangeCalls {
  const lookup = createPersonLookup(db);
  const hasEvents = db.prepare('SELECT 1 FROM event WHERE alias = ? LIMIT 1');
  const hasName = db.prepare('SELECT 1 FROM alias WHERE id = ? AND names_set <> 0');
  const onceLinked =
    db.prepare(`SELECT 1 FROM link l JOIN alias a ON a.person = @label AND a.id IN (l.from_alias, l.to_alias)
    WHERE (l.from_alias = @alias OR l.to_alias = @alias) AND l.removed_at IS NOT NULL LIMIT 1`);
  const takenOff = db.prepare(
    'SELECT 1 FROM link WHERE (from_alias = @alias OR to_alias = @alias) AND removed_at IS NOT NULL LIMIT 1',
  );
  const shownId = db.prepare('SELECT person_id FROM alias WHERE id = ?').pluck();

  const requireLabel = (workspace: number, personId: string): number => {
    const label = lookup.byPersonId(workspace, personId);
    if (label === undefined) throw new Problem('not-found', `there is no person ${personId}`);
    return label;
  };
  const join = (
    workspace: number,
    from: Alias,
    to: Alias,
    edge: LinkCause & { at: number; primary?: number },
  ): void => {
    const { code } = links.join(workspace, from, to, edge);
    if (code) throw new Problem(code, `${from.value} cannot be an alias of this person`);
  };

  const standsAlone = (alias: number): boolean =>
    links.graph.members(links.graph.labelOf(alias)).length === 1 && hasName.get(alias) === undefined;
  const isNobodys = (alias: number): boolean =>
    standsAlone(alias) && takenOff.get({ alias }) !== undefined && hasEvents.get(alias) === undefined;

  /** Whether an alias that stands alone may go to the person: it was theirs, or was taken off another and is unused since. */
  const isFree = (alias: number, label: number): boolean => {
    return isNobodys(alias) || (standsAlone(alias) && onceLinked.get({ alias, label }) !== undefined);
  };

  const add = (workspace: number, personId: string, named: Named, by: LinkCause, at: number): void => {
    const { value, identitytype } = named;
    if (isBlocked(value, identitytype)) throw new Problem('identity-blocked', `${value} is block-listed`);
    const label = requireLabel(workspace, personId);
    const found = aliases.find(workspace, value, identitytype);
    const together = found && links.graph.labelOf(found.id) === label;
    if (found && !together && !isFree(found.id, label)) {
      throw new Problem('identity-conflict', `${value} belongs to another person`);
    }
    const own =
      aliases.findLiteral(workspace, value, identitytype) ??
      aliases.create(workspace, value, identitytype, { at, by: by.cause });
    if (links.graph.labelOf(own.id) === label) return;
    const [anchor] = links.graph.members(label).filter(({ id }) => id === label);
    // Its id stays the person's, also where the alias is older than the person.
    if (anchor) join(workspace, own, asAlias(anchor), { ...by, at, primary: label });
  };

  const persons: PersonChangeCalls = {
    changePerson(name, personId, { add: added = [], remove = [], ...names }, by, at) {
      const workspace = workspaces.intern(name);
      const id = String(shownId.get(requireLabel(workspace, personId)));
      const values = (): string[] => links.graph.members(requireLabel(workspace, id)).map(({ value }) => value);
      const before = values();
      const unknown = remove.find((value) => !before.includes(value));
      if (unknown !== undefined) throw new Problem('not-found', `the person has no alias ${unknown}`);
      for (const one of added) add(workspace, id, one, by, at);
      if (values().length <= remove.length) {
        throw new Problem('invalid-event', 'expected at least one alias to be left; delete the person instead');
      }
      for (const value of remove) calls.removeAlias(name, id, value, by, at);
      if (names.firstName !== undefined || names.lastName !== undefined) calls.setName(name, id, names, at);
      return id;
    },
    mergeIdentities(name, { aliases: wanted, ...names }, { override = false, refuse }, by, at) {
      const workspace = workspaces.intern(name);
      const found = wanted.flatMap(({ value, identitytype }) => aliases.find(workspace, value, identitytype) ?? []);
      const [first, ...others] = uniqueBy(found, ({ id }) => links.graph.labelOf(id));
      if (!first) return { personId: calls.createPerson(name, { aliases: wanted, ...names }, by, at), created: true };
      if (others.length > 0 && refuse === 'several') {
        throw new Problem('identity-conflict', 'the aliases belong to several persons');
      }
      const taken = refuse === 'any' ? found.find(({ id }) => !isNobodys(id)) : undefined;
      if (taken) throw new Problem('identity-conflict', `${taken.value} belongs to another person`);
      for (const other of others) join(workspace, other, first, { ...by, at });
      const personId = String(shownId.get(links.graph.labelOf(first.id)));
      const kept = new Set(wanted.map(({ value }) => value));
      const before = links.graph.members(links.graph.labelOf(first.id)).map(({ value }) => value);
      const remove = override ? before.filter((value) => !kept.has(value)) : [];
      return {
        personId: persons.changePerson(name, personId, { ...names, add: wanted, remove }, by, at),
        created: false,
      };
    },
  };
  return persons;
}

function asAlias({ id, value, identitytype }: Member): Alias {
  return { id, value, identitytype, secretHash: null, suppressedBefore: null };
}

function uniqueBy<Item>(items: readonly Item[], key: (item: Item) => unknown): Item[] {
  return [...new Map(items.toReversed().map((item) => [key(item), item])).values()].reverse();
}
