// What waits in the outbox, on the readers' side.
import type { DeliveriesQuery, DeliveryRecord, DeliveryState, Lane } from '../../lanes.ts';
import type { Db } from './open-file.ts';

export interface LaneReads {
  lanes(prefix: string): Lane[];
  deliveries(workspace: string, query: DeliveriesQuery): DeliveryRecord[];
}

const states: readonly DeliveryState[] = ['waiting', 'done', 'buried'];

/** Behind every text that begins with the prefix: the last code point there is. */
const last = '\u{10ffff}';

/** From an index without those that are done, of which there are many. */
const openLanes = `SELECT lane, state, count(*) AS count, min(due_at) AS dueAt
  FROM delivery INDEXED BY delivery_open
  WHERE lane >= @prefix AND lane < @prefix || '${last}' AND state <> 1 GROUP BY lane, state`;

export function createLaneReads(db: Db, workspaceId: (workspace: string) => number): LaneReads {
  const counts = db.prepare(openLanes);
  const list = (by: string) =>
    db.prepare(`SELECT id, lane, key, state, attempts, due_at AS dueAt, settled_at AS settledAt, last_error AS lastError
      FROM delivery WHERE workspace = @workspace AND lane >= @lane AND lane < @lane || '${last}' ${by}
      ORDER BY id DESC LIMIT @limit OFFSET @offset`);
  const inKeys = 'AND key IN (SELECT value FROM json_each(@keys))';
  const inState = 'AND state = @state';
  const [all, ofKeys, ofState, ofBoth] = [list(''), list(inKeys), list(inState), list(`${inKeys} ${inState}`)];
  return {
    lanes(prefix) {
      const lanes = new Map<string, Lane>();
      for (const { lane, state, count, dueAt } of counts.all({ prefix }) as LaneRow[]) {
        const known = lanes.get(lane) ?? { lane, waiting: 0, buried: 0 };
        lanes.set(lane, state === 0 ? { ...known, waiting: count, nextDueAt: dueAt } : { ...known, buried: count });
      }
      return [...lanes.values()];
    },
    deliveries(workspace, { keys, state, lane, limit, offset = 0 }) {
      const statement = keys ? (state ? ofBoth : ofKeys) : state ? ofState : all;
      const rows = statement.all({
        workspace: workspaceId(workspace),
        lane,
        limit,
        offset,
        ...(keys && { keys: JSON.stringify(keys) }),
        ...(state && { state: states.indexOf(state) }),
      }) as DeliveryRow[];
      return rows.map(({ state: number, settledAt, lastError, ...row }) => ({
        ...row,
        state: states[number] ?? 'waiting',
        ...(settledAt !== null && { settledAt }),
        ...(lastError !== null && { lastError }),
      }));
    },
  };
}

interface LaneRow {
  lane: string;
  state: number;
  count: number;
  dueAt: number;
}

type DeliveryRow = Omit<DeliveryRecord, 'state' | 'settledAt' | 'lastError'> & {
  state: number;
  settledAt: number | null;
  lastError: string | null;
};
