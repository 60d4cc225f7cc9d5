// What is known about an alias now, for the trust of its events: its person, and since when and in which sessions the
// device behind it has been linked to somebody.
import type { EventRow, SentEvents, Standing } from './hydrate.ts';
import type { Db } from './open-file.ts';

/** What is known about the aliases of rows, and the names of their workspaces. */
export type Standings = (rows: readonly EventRow[]) => Omit<SentEvents, 'rows'>;

/** A live link of a device, once for each session in which it was proven. */
interface Edge {
  at: number;
  session: string | null;
  provenAt: number | null;
  other: number;
  /** 1 where it leads to another device and nothing has proven it: it says who this is once the other is known. */
  toDevice: 0 | 1;
}

/** What was looked up for one answer. */
interface Found {
  edges: Map<number, Edge[]>;
  /** From when on devices are recognised; Infinity for those of nobody known. */
  since: Map<number, number>;
}

export function createStandings(db: Db): Standings {
  const alias = db.prepare(
    'SELECT a.kind, p.person_id AS personId FROM alias a JOIN alias p ON p.id = a.person WHERE a.id = ?',
  );
  const nameOf = db.prepare('SELECT name FROM workspace WHERE id = ?').pluck();
  const liveEdges = db.prepare(
    `SELECT l.at, p.session, p.at AS provenAt, o.id AS other, o.kind = 0 AND p.link IS NULL AS toDevice
     FROM link l LEFT JOIN proof p ON p.link = l.id JOIN alias o ON o.id = iif(l.from_alias = @id, l.to_alias, l.from_alias)
     WHERE (l.from_alias = @id OR l.to_alias = @id) AND l.removed_at IS NULL AND l.trust <> 'provisional'`,
  );

  const edgesOf = (id: number, { edges }: Found): Edge[] => {
    const known = edges.get(id) ?? (liveEdges.all({ id }) as Edge[]);
    edges.set(id, known);
    return known;
  };

  /** Works out a device together with those that links between devices lead to. */
  const workOut = (device: number, found: Found): void => {
    const since = new Map([[device, Infinity]]);
    const bridges: { one: number; other: number; at: number }[] = [];
    for (const one of since.keys()) {
      for (const { at, provenAt, other, toDevice } of edgesOf(one, found)) {
        if (toDevice) bridges.push({ one, other, at });
        if (toDevice && !since.has(other)) since.set(other, Infinity);
        if (!toDevice) since.set(one, Math.min(since.get(one) ?? Infinity, at, provenAt ?? at));
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const { one, other, at } of bridges) {
        const known = Math.max(at, since.get(other) ?? Infinity);
        if (known >= (since.get(one) ?? Infinity)) continue;
        since.set(one, known);
        changed = true;
      }
    }
    for (const [one, known] of since) found.since.set(one, known);
  };

  const standingOf = (id: number, found: Found): Standing | undefined => {
    const row = alias.get(id) as { kind: number; personId: string } | undefined;
    if (!row) return undefined;
    const { personId } = row;
    if (row.kind !== 0) return { personId, temporary: false, sessions: [], since: null };
    if (!found.since.has(id)) workOut(id, found);
    const since = found.since.get(id) ?? Infinity;
    const sessions = edgesOf(id, found).flatMap(({ session }) => (session === null ? [] : [session]));
    return { personId, temporary: true, sessions, since: since === Infinity ? null : since };
  };

  return (rows) => {
    const standings: Record<number, Standing> = {};
    const names: Record<number, string> = {};
    const found: Found = { edges: new Map(), since: new Map() };
    for (const { alias: id, workspace } of rows) {
      names[workspace] ??= String(nameOf.get(workspace));
      const standing = standings[id] ?? standingOf(id, found);
      if (standing) standings[id] = standing;
    }
    return { standings, names };
  };
}
