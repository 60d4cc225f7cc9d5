// Makes the CloudEvent: the site's names over the page's over the defaults, the data within its limits, the time set once.
// `beforeSend` sees it last; behind it only the envelope is added, so no site can change whose journey it is.
import { nanoid } from 'nanoid';
import type { JsonObject, KnownIdentitytype, WireEvent } from '../protocol/index.ts';
import type { Lane, Transport } from '../transport/index.ts';
import { snapshot } from './data.ts';
import type { TrackedEvent, TrackerOptions, VisitNames } from './options.ts';
import type { Explain } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Who the visitor is said to be. */
export interface Claim {
  identity: string;
  identitytype: KnownIdentitytype;
}

export interface Telling {
  /** Milliseconds on the page's clock. */
  _at: number;
  /** Those that the site gives. */
  _names: VisitNames;
  _data: JsonObject;
  /** Default that of visits. */
  _lane?: Lane | undefined;
  /** Makes it an identify event. */
  _claim?: Claim;
  /** The JWT by which the site's back end vouches for the claim. */
  _token?: string | undefined;
  /** A visit to a page, not something that happened on it. */
  _visiting?: boolean;
}

export type Tell = (telling: Telling) => void;

export function createTell(
  { beforeSend }: TrackerOptions,
  visitor: Visitor,
  transport: () => Transport | undefined,
  explain: Explain,
): Tell {
  let lastAt = 0;

  return ({ _at, _names, _data, _lane, _claim, _token, _visiting }) => {
    const { _temporaryId, _secret, _taskId, _fresh, _identified } = visitor._session(_visiting);
    const { type, source, ...shown } = {
      type: 'webvisit',
      source: `${location.hostname}:website`,
      origin: 'Website',
      channelType: _identified ? 'IdentifiedWeb' : _fresh ? 'NewVisit' : 'RandomWeb',
      notes: 'Website Visit',
      ..._names,
    };
    const draft = {
      type,
      source,
      data: { taskId: _taskId, ...shown, channelBreakout: 'Web', ..._data },
    } as TrackedEvent;
    const told = beforeSend ? beforeSend(draft) : draft;
    if (!told) {
      explain('left-out', draft);
      return;
    }
    // An identify event comes after all that it joins, also where one task has told them.
    lastAt = Math.max(_at, _claim ? lastAt + 1 : lastAt);
    const offsetMs = transport()?.clockOffsetMs();
    const event = {
      // First, so that a batch can leave out repeats (encodeBatch).
      temporarysecret: _secret,
      specversion: '1.0',
      id: nanoid(),
      type: told.type,
      source: told.source.replace(/\s/g, '%20'),
      time: new Date((_claim ? lastAt : _at) + (offsetMs ?? 0)).toISOString(),
      identity: _temporaryId,
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: beforeSend ? snapshot(told.data)() : told.data,
      ...(_claim && { ..._claim, previousidentity: _temporaryId, identitytoken: _token }),
      clockoffset: offsetMs,
    };
    if (_claim) visitor._claim(_claim, event.id);
    // What is undefined is not written.
    transport()?.send(event as WireEvent, _lane);
    explain('told', event);
  };
}
