// The outbox in the writer: what is to be delivered, leased by lanes, done or buried. A lease is only a later due time, so
// that a worker that died gives its deliveries back by doing nothing.
import type { Backlog, Delivery, NewDelivery } from '../../outbox.ts';
import type { Aliases } from './aliases.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';

export interface DeliveryCalls {
  enqueue(deliveries: NewDelivery[]): void;
  claim(lane: string, options: { limit: number; leaseUntil: number }, at: number): Delivery[];
  done(ids: number[], at: number): void;
  retryAt(id: number, dueAt: number, error: string): void;
  bury(id: number, error: string, at: number): void;
  replay(lane: string, filter: ReplayFilter, at: number): number;
  /** Forgets keys of deliveries that were done before. */
  forgetDone(workspace: string, before: number): void;
}

export interface DeliveryReads {
  backlog(lane: string): Backlog;
  buried(lane: string, limit: number): Delivery[];
}

export interface ReplayFilter {
  ids?: number[];
  buriedAfter?: number;
}

/** Longer reasons are cut: a lane may hand over a whole page of somebody's error. */
const maxErrorLength = 2_000;

const columns = `d.id, d.lane, w.name AS workspace, d.key, d.grp AS "group", d.priority, d.due_at AS dueAt, d.payload,
  d.attempts, d.last_error AS lastError`;

export function createDeliveryCalls(db: Db, workspaces: Names, aliases: Aliases): DeliveryCalls {
  const insert = db.prepare(`INSERT INTO delivery (lane, workspace, key, grp, priority, due_at, payload, alias)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lane, workspace, key) DO UPDATE SET priority = excluded.priority,
      -- One that was claimed before may be leased now: then its time is the end of the lease.
      due_at = CASE attempts WHEN 0 THEN min(due_at, excluded.due_at) ELSE due_at END
    WHERE state = 0 AND priority < excluded.priority`);
  const due = db.prepare(`SELECT ${columns}
    FROM delivery d JOIN workspace w ON w.id = d.workspace
    WHERE d.lane = @lane AND d.state = 0 AND d.due_at <= @at AND (d.grp IS NULL OR NOT EXISTS (
      SELECT 1 FROM delivery ahead WHERE ahead.lane = d.lane AND ahead.workspace = d.workspace AND ahead.grp = d.grp
        AND ahead.state = 0 AND ahead.id < d.id))
    ORDER BY d.priority DESC, d.due_at, d.id LIMIT @limit`);
  const aliasOfEvent = db
    .prepare('SELECT a.id FROM event e JOIN alias a ON a.id = e.alias WHERE e.sequence = ? AND a.value IS NOT NULL')
    .pluck();
  const lease = db.prepare('UPDATE delivery SET due_at = ?, attempts = attempts + 1 WHERE id = ?');
  const settle = db.prepare(`UPDATE delivery SET state = 1, payload = '', settled_at = ? WHERE id = ? AND state = 0`);
  const again = db.prepare('UPDATE delivery SET due_at = ?, last_error = ? WHERE id = ? AND state = 0');
  const giveUp = db.prepare('UPDATE delivery SET state = 2, last_error = ?, settled_at = ? WHERE id = ? AND state = 0');
  const buried = db.prepare('SELECT id FROM delivery WHERE lane = ? AND state = 2 AND settled_at > ?').pluck();
  const revive = db.prepare(
    'UPDATE delivery SET state = 0, due_at = ?, attempts = 0, settled_at = NULL WHERE id = ? AND lane = ? AND state = 2',
  );
  const forget = db.prepare('DELETE FROM delivery WHERE workspace = ? AND state = 1 AND settled_at < ?');

  const aliasOf = (workspace: number, identity: string | undefined): number | undefined =>
    identity === undefined ? undefined : aliases.findAny(workspace, identity)?.id;

  return {
    enqueue(deliveries) {
      for (const { lane, key, group, priority = 0, dueAt, payload, sequence, ...one } of deliveries) {
        const workspace = workspaces.intern(one.workspace);
        const alias = sequence === undefined ? aliasOf(workspace, one.identity) : aliasOfEvent.get(sequence);
        if (sequence !== undefined && alias === undefined) continue;
        insert.run(lane, workspace, key, group ?? null, priority, dueAt, payload, alias ?? null);
      }
    },
    claim(lane, { limit, leaseUntil }, at) {
      const rows = due.all({ lane, limit, at }) as DeliveryRow[];
      for (const { id } of rows) lease.run(leaseUntil, id);
      return rows.map((row) => ({ ...deliveryOf(row), dueAt: leaseUntil }));
    },
    done(ids, at) {
      for (const id of ids) settle.run(at, id);
    },
    retryAt: (id, dueAt, error) => void again.run(dueAt, error.slice(0, maxErrorLength), id),
    bury: (id, error, at) => void giveUp.run(error.slice(0, maxErrorLength), at, id),
    replay(lane, { ids, buriedAfter = -Infinity }, at) {
      const wanted = ids && new Set(ids);
      const found = (buried.all(lane, Math.max(buriedAfter, -1)) as number[]).filter((id) => wanted?.has(id) ?? true);
      for (const id of found) revive.run(at, id, lane);
      return found.length;
    },
    forgetDone: (workspace, before) => void forget.run(workspaces.intern(workspace), before),
  };
}

type DeliveryRow = Delivery & { group: string | null; lastError: string | null };

function deliveryOf({ group, lastError, ...row }: DeliveryRow): Delivery {
  return { ...row, ...(group !== null && { group }), ...(lastError !== null && { lastError }) };
}

export function createDeliveryReads(db: Db): DeliveryReads {
  const counts = db.prepare('SELECT count(*) AS waiting, min(id) AS first FROM delivery WHERE lane = ? AND state = 0');
  const buriedCount = db.prepare('SELECT count(*) FROM delivery WHERE lane = ? AND state = 2').pluck();
  const from = `SELECT ${columns} FROM delivery d JOIN workspace w ON w.id = d.workspace`;
  const one = db.prepare(`${from} WHERE d.id = ?`);
  const buried = db.prepare(`${from} WHERE d.lane = ? AND d.state = 2 ORDER BY d.settled_at DESC, d.id DESC LIMIT ?`);
  return {
    backlog(lane) {
      const { waiting, first } = counts.get(lane) as { waiting: number; first: number | null };
      const oldest = first === null ? undefined : deliveryOf(one.get(first) as DeliveryRow);
      return { waiting, buried: Number(buriedCount.get(lane)), ...(oldest && { oldest }) };
    },
    buried: (lane, limit) => (buried.all(lane, limit) as DeliveryRow[]).map(deliveryOf),
  };
}
