// Makes the CloudEvent: the site's names over the page's over the defaults, the data within its limits, the time set once.
// `beforeSend` sees it last; behind it only the envelope is added, so no site can change whose journey it is.
import { nanoid } from 'nanoid';
import type { JsonObject, KnownIdentitytype, WireEvent } from '../protocol/index.ts';
import type { Lane, Transport } from '../transport/index.ts';
import { snapshot } from './data.ts';
import type { TrackedEvent, TrackerOptions, VisitNames } from './options.ts';
import type { Explain } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** In UTF-8; with the envelope an event stays within 32 KiB. */
const maxEventBytes = 32_000;

/** Who the visitor is said to be. */
export interface Claim {
  identity: string;
  identitytype: KnownIdentitytype;
  /** The JWT by which the site's back end vouches for it. */
  identitytoken?: string | undefined;
}

/**
 * `at`: milliseconds on the page's clock. `names`: those that the site gives. `lane`: that of visits for visits only.
 * `claim`: makes it an identify event.
 */
export type Tell = (at: number, names: VisitNames, data: JsonObject, lane?: Lane, claim?: Claim) => void;

export function createTell(
  { source: usual, beforeSend }: TrackerOptions,
  visitor: Visitor,
  transport: () => Transport | undefined,
  explain: Explain,
): Tell {
  let lastAt = 0;

  return (at, names, data, lane, claim) => {
    const { _temporaryId, _secret, _taskId, _fresh, _identified } = visitor._session(lane === 1);
    const { type, source, ...shown } = {
      type: 'webvisit',
      source: usual || `${location.hostname}:website`,
      origin: 'Website',
      channelType: _identified ? 'IdentifiedWeb' : _fresh ? 'NewVisit' : 'RandomWeb',
      notes: 'Website Visit',
      ...names,
    };
    const draft = {
      type,
      source,
      data: { taskId: _taskId, ...shown, channelBreakout: 'Web', ...data },
    } as TrackedEvent;
    const told = beforeSend ? beforeSend(draft) : draft;
    if (!told) return explain('left-out', draft);
    // An identify event comes after all that it joins, also where one task has told them.
    lastAt = Math.max(at, claim ? lastAt + 1 : lastAt);
    const offset = transport()?.clockOffsetMs();
    // Less is the way of the request, to the relay too (clock.ts): what is told after the first answer would go before what was told ahead of it.
    const clockoffset = Math.abs(offset as number) < 5_000 ? 0 : offset;
    const event = {
      // First, so that a batch can leave out repeats (encodeBatch).
      temporarysecret: _secret,
      specversion: '1.0',
      id: nanoid(),
      type: told.type,
      source: `${told.source}`.replace(/\s/g, '%20'),
      time: new Date((claim ? lastAt : at) + (clockoffset ?? 0)).toISOString(),
      identity: _temporaryId,
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: snapshot(told.data, maxEventBytes)(),
      ...(claim && { ...claim, previousidentity: _temporaryId }),
      clockoffset,
    };
    if (claim) visitor._claim(claim, event.id);
    // What is undefined is not written.
    transport()?.send(event as WireEvent, lane);
    explain('told', event);
  };
}
