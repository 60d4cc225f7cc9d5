// Persons are the connected components of the joining edges between aliases. Each alias carries the label of its
// component: the alias whose person_id is shown. It is a pure function of aliases and live edges (see representative), so
// that removing an edge gives both sides exactly the ids they had; ids of other members lead to the person for ever.
import { type Identitytype, identitytypes } from '../../../protocol/index.ts';
import type { Db } from './open-file.ts';

export interface Member {
  id: number;
  value: string;
  identitytype: Identitytype;
  firstSeenAt: number;
  rank: number;
}

export interface PersonGraph {
  /** Label of the component that an alias is in. */
  labelOf(alias: number): number;
  members(label: number): Member[];
  /** After an edge was added between two components: relabels them as one and returns its label. */
  join(a: number, b: number): number;
  /** After edges were removed: finds the components of these aliases anew. */
  settle(aliases: readonly number[]): void;
}

export function createPersonGraph(db: Db): PersonGraph {
  const label = db.prepare('SELECT person FROM alias WHERE id = ?').pluck();
  const membersOf = db.prepare(
    'SELECT id, value, identitytype AS type, first_seen AS firstSeenAt, rank FROM alias WHERE person = ? ORDER BY first_seen, id',
  );
  const relabel = db.prepare('UPDATE alias SET person = ? WHERE id = ? AND person <> ?');
  const rankOf = db.prepare('SELECT rank FROM alias WHERE id = ?').pluck();
  const neighbours = db
    .prepare(
      `SELECT to_alias FROM link WHERE from_alias = @id AND removed_at IS NULL AND trust <> 'provisional'
       UNION SELECT from_alias FROM link WHERE to_alias = @id AND removed_at IS NULL AND trust <> 'provisional'`,
    )
    .pluck();
  const namedEdge = db
    .prepare(`SELECT max(id) FROM link WHERE primary_alias = ? AND removed_at IS NULL AND trust <> 'provisional'`)
    .pluck();

  const members = (of: number): Member[] =>
    (membersOf.all(of) as (Member & { type: number })[]).map(({ type, ...row }) => ({
      ...row,
      identitytype: identitytypes[type] ?? 'customerId',
    }));

  /** The alias that the latest merge named primary, else the one with the lowest rank. */
  const representative = (ids: readonly number[]): number => {
    let named = { edge: 0, id: 0 };
    let oldest = { rank: Infinity, id: 0 };
    for (const id of ids) {
      const edge = Number(namedEdge.get(id) ?? 0);
      if (edge > named.edge) named = { edge, id };
      const rank = Number(rankOf.get(id));
      if (rank < oldest.rank) oldest = { rank, id };
    }
    return named.id || oldest.id;
  };

  const write = (ids: readonly number[]): number => {
    const shown = representative(ids);
    for (const id of ids) relabel.run(shown, id, shown);
    return shown;
  };

  return {
    labelOf: (alias) => Number(label.get(alias)),
    members,
    join(a, b) {
      const labels = new Set([Number(label.get(a)), Number(label.get(b))]);
      return write([...labels].flatMap((one) => members(one).map(({ id }) => id)));
    },
    settle(aliases) {
      const done = new Set<number>();
      for (const start of aliases) {
        if (done.has(start)) continue;
        const component = new Set([start]);
        for (const id of component) for (const other of neighbours.all({ id }) as number[]) component.add(other);
        for (const id of component) done.add(id);
        write([...component]);
      }
    },
  };
}
