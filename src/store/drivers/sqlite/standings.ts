// What is known about an alias now, for the trust of its events: its person, and since when and in which sessions the
// device behind it has been linked to somebody.
import type { Encoded } from './encoded.ts';
import { type EventRow, encodeEvents, type SentEvents, type Standing } from './hydrate.ts';
import type { Db } from './open-file.ts';

/** Rows with what is known about their aliases, ready to be sent. */
export type Standings = (rows: EventRow[]) => Encoded<SentEvents>;

export function createStandings(db: Db): Standings {
  const alias = db.prepare(
    'SELECT a.kind, p.person_id AS personId FROM alias a JOIN alias p ON p.id = a.person WHERE a.id = ?',
  );
  const nameOf = db.prepare('SELECT name FROM workspace WHERE id = ?').pluck();
  const edges = db.prepare(
    `SELECT l.at, p.session, p.at AS provenAt FROM link l LEFT JOIN proof p ON p.link = l.id
     WHERE (l.from_alias = @id OR l.to_alias = @id) AND l.removed_at IS NULL AND l.trust <> 'provisional'`,
  );

  const standingOf = (id: number): Standing | undefined => {
    const row = alias.get(id) as { kind: number; personId: string } | undefined;
    if (!row) return undefined;
    const temporary = row.kind === 0;
    const proofs = temporary
      ? (edges.all({ id }) as { at: number; session: string | null; provenAt: number | null }[])
      : [];
    return {
      personId: row.personId,
      temporary,
      sessions: proofs.flatMap(({ session }) => (session === null ? [] : [session])),
      since: proofs.length === 0 ? null : Math.min(...proofs.map(({ at, provenAt }) => Math.min(at, provenAt ?? at))),
    };
  };

  return (rows) => {
    const standings: Record<number, Standing> = {};
    const names: Record<number, string> = {};
    for (const { alias: id, workspace } of rows) {
      names[workspace] ??= String(nameOf.get(workspace));
      const standing = standings[id] ?? standingOf(id);
      if (standing) standings[id] = standing;
    }
    return encodeEvents(rows, { standings, names });
  };
}
