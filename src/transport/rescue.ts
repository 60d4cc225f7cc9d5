// The whole transport, for a page whose first events were taken by a starter (starter.ts), which loads this when they are
// not answered at once. The two are in files of their own, perhaps of different versions, and meet in plain names.
import { attempt, type OwnJson, useJson } from '../protocol/index.ts';
import type { Transport, TransportOptions } from './options.ts';
import { type Outbox, readEntries } from './outbox.ts';
import type { Reply } from './request.ts';
import { type Counters, createCore } from './transport.ts';

/** What a starter hands over. */
export interface Started {
  options: TransportOptions;
  /** Of its journal in localStorage. */
  name: string;
  /** All that waits, as in the journal. */
  record: string;
  counters: Counters;
  /** The request that was answered last. */
  last: Answered | undefined;
  /** As it was when the page was young. */
  json: OwnJson;
}

/** A request, and how it ended. */
export type Answered = [ids: string[], sentAt: number, reply: Reply];

export interface TakenOver extends Transport {
  /** To be called for each request that was under way meanwhile. */
  heard(...answered: Answered): void;
}

export function takeOver({ options, name, record, counters, last, json }: Started): TakenOver {
  useJson(json);
  const outbox: Outbox = new Map();
  readEntries(record, (entry, notBefore) => {
    entry._notBefore = notBefore;
    outbox.set(entry._id, entry);
  });
  const { _settle, ...transport } = createCore(options, outbox, counters);
  // What was in it is written down anew at the end of this task.
  attempt(() => localStorage.removeItem(name));
  const heard: TakenOver['heard'] = (ids, sentAt, reply) =>
    _settle(
      ids.map((id) => outbox.get(id)).filter((entry) => entry !== undefined),
      sentAt,
      reply,
    );
  if (last) heard(...last);
  return { ...transport, heard };
}
