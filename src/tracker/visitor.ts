// Who this browser is: a temporaryId with the secret that proves it, the session, and the identities it was told to have.
// Read from the cookie anew in each task, because another tab, the site or the visitor may have changed or cleared it.

import { nanoid } from 'nanoid';
import { type KnownIdentitytype, lowerEmail, phoneDigits } from '../protocol/index.ts';
import { type Kept, readLocal, writeLocal } from './kept.ts';

const idCookie = 'wm_id';
const sessionCookie = 'wm_s';
/** Chromium's upper limit. */
const idSeconds = 400 * 86_400;
const sessionSeconds = 1_800;
/** Writing a cookie costs more than an event, so the session is renewed at most this often. */
const renewMs = 20_000;
const knownName = 'waymark-known';

export type Identities = Partial<Record<KnownIdentitytype, string>>;

interface Known {
  /** The temporaryId that the rest is about; with another one it is void. */
  temporaryId: string;
  identities: Identities;
  /** Identify events that the relay has not answered for yet, by id. */
  claims: Record<string, KnownIdentitytype>;
}

export interface Visitor {
  /** Makes them where there are none. */
  ids(): { temporaryId: string; secret: string };
  /** The session, prolonged; `fresh` when it has just begun. */
  session(): { taskId: string; fresh: boolean };
  identities(): Identities;
  /** Notes an identity and the event that claims it. */
  claim(identitytype: KnownIdentitytype, identity: string, eventId: string): void;
  /** The relay has answered for an identify event: forgets the identity if it was not accepted. */
  settle(eventId: string, accepted: boolean): void;
  /** A new temporaryId and a new session, of nobody known. */
  renew(): void;
  /** Removes everything. */
  forget(): void;
}

export function createVisitor(kept: Kept, now: () => number): Visitor {
  let current: { temporaryId: string; secret: string } | undefined;
  let known: Known | undefined;
  let taskId: string | undefined;
  let renewedAt = 0;

  function ids(): { temporaryId: string; secret: string } {
    if (current) return current;
    const match = /^([\w-]+)\.([\w-]+)$/.exec(kept.read(idCookie) ?? '');
    const found = match ? { temporaryId: match[1] ?? '', secret: match[2] ?? '' } : mint();
    current = found;
    queueMicrotask(() => {
      current = undefined;
    });
    return found;
  }

  function mint(): { temporaryId: string; secret: string } {
    const minted = { temporaryId: nanoid(), secret: nanoid() };
    kept.write(idCookie, `${minted.temporaryId}.${minted.secret}`, idSeconds);
    return minted;
  }

  function session(): { taskId: string; fresh: boolean } {
    if (taskId && now() - renewedAt < renewMs && now() >= renewedAt) return { taskId, fresh: false };
    const found = kept.read(sessionCookie);
    taskId = found ?? `web-${nanoid()}`;
    renewedAt = now();
    kept.write(sessionCookie, taskId, sessionSeconds);
    return { taskId, fresh: !found };
  }

  function read(): Known {
    const { temporaryId } = ids();
    const found = known ?? parseKnown(readLocal(knownName));
    known = found?.temporaryId === temporaryId ? found : { temporaryId, identities: {}, claims: {} };
    return known;
  }

  function write(): void {
    writeLocal(knownName, JSON.stringify(known));
  }

  return {
    ids,
    session,
    identities: () => ({ ...read().identities }),
    claim(identitytype, identity, eventId) {
      const { identities, claims } = read();
      identities[identitytype] = identity;
      claims[eventId] = identitytype;
      write();
    },
    settle(eventId, accepted) {
      const { identities, claims } = read();
      const identitytype = claims[eventId];
      if (!identitytype) return;
      delete claims[eventId];
      if (!accepted) delete identities[identitytype];
      write();
    },
    renew() {
      current = mint();
      known = undefined;
      taskId = undefined;
      kept.remove(sessionCookie);
      read();
      write();
    },
    forget() {
      current = known = taskId = undefined;
      kept.remove(idCookie);
      kept.remove(sessionCookie);
      writeLocal(knownName, undefined);
    },
  };
}

function parseKnown(text: string | undefined): Known | undefined {
  try {
    const value = JSON.parse(text ?? '');
    return value?.identities && value.claims ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two spellings name the same customer. */
export function sameIdentity(one: string, other: string): boolean {
  const plain = (identity: string): string => phoneDigits(identity) ?? lowerEmail(identity) ?? identity;
  return plain(one) === plain(other);
}
