// Rows as readers send them, and the events that they stand for. The trust of an event is derived here, from the links
// that are alive now: nothing is rewritten when somebody logs in or a link is removed.
//   verified    stored on a token's or a back end's word, or in a session in which the device proved who it is
//   recognised  later on a device that has proved it, or that a person or the API linked, or that a link from such a device led to;
//               or only believed
//   anonymous   everything else, also what a device did before
import type { CloudEvent } from '../../../protocol/index.ts';
import type { HistoryText, StoredEvent, Trust } from '../../store.ts';
import { sessionOf } from './append.ts';
import { grounds } from './claims.ts';
import { Encoded } from './encoded.ts';
import { shownText } from './event-text.ts';

export const eventColumns = 'e.sequence, e.workspace, e.alias, e.corrected, e.received, e.grounds, e.body';

/** As in the file. */
export interface EventRow extends RowFacts {
  body: string;
}

interface RowFacts {
  sequence: number;
  /** Its number: joining the name in costs ten times the look-up of the event. */
  workspace: number;
  alias: number;
  corrected: number;
  received: number;
  grounds: number;
}

/** What is proven about a device's alias: sessions of proof, and from when on it is recognised. */
export interface Standing {
  personId: string;
  /** A temporaryId; known aliases need no link to be what they say. */
  temporary: boolean;
  sessions: string[];
  since: number | null;
}

/** Events as they arrive on the main thread. */
export interface SentEvents {
  rows: (RowFacts & { event: CloudEvent })[];
  standings: Record<number, Standing>;
  /** Names of the workspaces. */
  names: Record<number, string>;
}

export function encodeEvents(rows: EventRow[], known: Omit<SentEvents, 'rows'>): Encoded<SentEvents> {
  const texts = rows.map(({ body, ...facts }) => `${JSON.stringify(facts).slice(0, -1)},"event":${body}}`);
  return new Encoded(`${JSON.stringify(known).slice(0, -1)},"rows":[${texts.join(',')}]}`);
}

export function hydrate({ rows, standings, names }: SentEvents): StoredEvent[] {
  return rows.map((row) => {
    const { sequence, event, corrected: correctedTime, received: receivedAt } = row;
    const workspace = names[row.workspace] ?? '';
    const standing = standings[row.alias];
    const trust = trustOf(row, standing, () => event);
    return { sequence, workspace, event, correctedTime, receivedAt, trust, personId: standing?.personId ?? '' };
  });
}

/** The event is looked into only where it decides. */
function trustOf(row: RowFacts, standing: Standing | undefined, eventOf: () => CloudEvent): Trust {
  if (!standing) return 'anonymous';
  const { temporary, sessions, since } = standing;
  if (!temporary) return row.grounds === grounds.believed ? 'recognised' : 'verified';
  const session = sessions.length === 0 ? undefined : sessionOf(eventOf());
  if (session !== undefined && sessions.includes(session)) return 'verified';
  return since !== null && row.corrected >= since ? 'recognised' : 'anonymous';
}

export type SentHistory = Omit<HistoryText, 'events'> & { apart: string };

/** As readers show them; nothing is parsed that need not be. */
export function encodeHistory(rows: EventRow[], standings: SentEvents['standings']): Encoded<SentHistory> {
  const trust = rows.map((row) => trustOf(row, standings[row.alias], () => JSON.parse(row.body) as CloudEvent));
  const personIds = [...new Set(rows.flatMap(({ alias }) => standings[alias]?.personId ?? []))];
  const texts = rows.map(({ body, corrected }) => shownText(body, corrected));
  const known: Omit<HistoryText, 'events'> = { count: rows.length, personIds, trust };
  return new Encoded(JSON.stringify(known), `[${texts.join(',')}]`);
}
