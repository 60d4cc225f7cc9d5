// Rows as readers send them, and the events that they stand for. The trust of an event is derived here, from the links
// that are alive now: nothing is rewritten when somebody logs in or a link is removed.
//   verified    stored on a token's or a back end's word, or in a session in which the device proved who it is
//   recognised  later on a device that has proved it, or that a person or the API linked; or only believed
//   anonymous   everything else, also what a device did before
import type { CloudEvent } from '../../../protocol/index.ts';
import type { StoredEvent, Trust } from '../../store.ts';
import { sessionOf } from './append.ts';
import { grounds } from './claims.ts';

export interface EventRow {
  sequence: number;
  workspace: string;
  alias: number;
  corrected: number;
  received: number;
  grounds: number;
  body: string;
}

/** What is proven about a device's alias: sessions of proof, and from when on it is recognised. */
export interface Standing {
  personId: string;
  /** A temporaryId; known aliases need no link to be what they say. */
  temporary: boolean;
  sessions: string[];
  since: number | null;
}

export interface EventRows {
  rows: EventRow[];
  standings: Record<number, Standing>;
}

export function hydrate({ rows, standings }: EventRows): StoredEvent[] {
  return rows.map((row) => {
    const event = JSON.parse(row.body) as CloudEvent;
    const standing = standings[row.alias];
    return {
      sequence: row.sequence,
      workspace: row.workspace,
      event,
      correctedTime: row.corrected,
      receivedAt: row.received,
      trust: standing ? trustOf(row, event, standing) : 'anonymous',
      personId: standing?.personId ?? '',
    };
  });
}

function trustOf(row: EventRow, event: CloudEvent, { temporary, sessions, since }: Standing): Trust {
  if (!temporary) return row.grounds === grounds.believed ? 'recognised' : 'verified';
  const session = sessionOf(event);
  if (session !== undefined && sessions.includes(session)) return 'verified';
  return since !== null && row.corrected >= since ? 'recognised' : 'anonymous';
}
