// Who this browser is: a temporaryId with the secret that proves it, the session, and the digests of the identities that
// it was claimed to have. All of it is read from the cookies anew in each task (kept.ts), because another tab, the site or the
// visitor may have changed or cleared them. Promises that no temporaryId ever serves two values of one identitytype.
import { nanoid } from 'nanoid';
import { type KnownIdentitytype, knownIdentitytypes } from '../protocol/index.ts';
import type { Kept } from './kept.ts';
import type { Claim } from './tell.ts';

/** `<temporaryId>.<secret>`: the site's back end reads the first half. */
const idCookie = 'wm_id';
/** The same as the relay keeps it (cookie-renewal.ts), for browsers that soon forget what script wrote. Read where the other is gone. */
const keptCookie = 'wm_kept';
/** See Noted. */
const sessionCookie = 'wm_s';
const sessionMs = 1_800_000;
/** Writing a cookie costs more than an event, so the session is prolonged at most this often. */
const prolongMs = 20_000;

export interface Ids {
  _temporaryId: string;
  _secret: string;
}

export interface Session extends Ids {
  _taskId: string;
  /** Until it is told that a page is visited. */
  _fresh: boolean;
  /** Whether any identity was claimed under the temporaryId. */
  _identified: boolean;
}

/**
 * What the session cookie says, joined by dots. It is void under another temporaryId than the one whose digest it starts
 * with. Each claim is `:<digest of the key>-<first letter of the identitytype>-<digest>~<start of the event's id>`.
 */
type Noted = [owner: string, taskId: string, at: string, visited: string, claims: string];

export interface Visitor {
  /** Whether there is a temporaryId; makes none. */
  _exists(): unknown;
  /** Whether there is a session, too. */
  _lives(): unknown;
  /** Makes them where there are none. */
  _ids(): Ids;
  /** The session, prolonged, with what else an event needs, read once. */
  _session(visiting?: boolean): Session;
  /** The identitytypes that were claimed. */
  _identitytypes(): KnownIdentitytype[];
  /** Whether this very identity was claimed in this session already, another one of its type ever, or neither. */
  _claimed(claim: Claim): 'same' | 'other' | '' | undefined;
  /** Notes an identity and the event that claims it. */
  _claim(claim: Claim, eventId: string): void;
  /** The event did not prove its identity: the next claim of the same one is to be sent again. False for other events. */
  _unprove(eventId: string): boolean;
  /** A new temporaryId, and with it a new session, of nobody known. */
  _renew(): Ids;
  /** Removes everything. */
  _forget(): void;
}

/**
 * `key`: trackers of different keys tell different relays, so each notes its own claims.
 * `rotate`: starts a new temporaryId with each session, for devices that people share.
 */
export function createVisitor({ _read, _write }: Kept, key: string, rotate: boolean): Visitor {
  /** How our claims start. */
  const ours = `:${digest(key)}-`;

  /** What a cookie holds, if a tracker made it: anything else may be somebody's address or number. */
  function made(name: string): string | undefined {
    return _read(name)?.match(/^[\w-]{21}\.[\w-]{21}$/)?.[0];
  }

  function idsIn(value: string): Ids {
    const [_temporaryId, _secret] = value.split('.') as [string, string];
    return { _temporaryId, _secret };
  }

  function renew(value = `${nanoid()}.${nanoid()}`): Ids {
    _write(idCookie, value, true);
    return idsIn(value);
  }

  function ids(): Ids {
    const own = made(idCookie);
    return own ? idsIn(own) : renew(made(keptCookie));
  }

  function noted({ _temporaryId } = ids()): Noted {
    const owner = digest(_temporaryId);
    const found = _read(sessionCookie)?.split('.') as Noted | undefined;
    return found?.[0] === owner && found[4] !== undefined ? found : [owner, '', '', '', ''];
  }

  function note(next: readonly unknown[], isVital?: boolean): void {
    _write(sessionCookie, next.join('.'), isVital);
  }

  /** Changes the claims; false where nothing has changed. */
  function alter(change: (claims: string) => string): boolean {
    const next = noted();
    const before = next[4];
    next[4] = change(before);
    if (next[4] === before) return false;
    // A claim that is lost would let somebody else be told under the same temporaryId.
    note(next, true);
    return true;
  }

  /** How the claims of an identitytype start. */
  function slot(identitytype: KnownIdentitytype): string {
    return `${ours + identitytype[0]}-`;
  }

  /** Says nothing about the identity to whoever reads the cookie, and nothing across browsers. */
  function markOf({ identitytype, identity }: Claim): string {
    return digest(ids()._temporaryId + plain(identitytype, identity));
  }

  return {
    _exists: () => _read(idCookie),
    _lives: () => _read(idCookie) && _read(sessionCookie),
    _ids: ids,
    _session(visiting) {
      let who = ids();
      let [owner, taskId, at, visited, claims] = noted(who);
      const now = Date.now();
      const idleMs = Math.abs(now - Number(at));
      const isNew = !taskId || idleMs >= sessionMs;
      if (isNew) {
        if (rotate) {
          who = renew();
          [owner, , , , claims] = noted(who);
        }
        taskId = `web-${nanoid()}`;
        visited = '';
        // A repeat is silent within a session; in the next one the relay is asked again, which may have lost its memory.
        claims = claims.replace(/~[^:]*/g, '~');
      }
      if (isNew || idleMs > prolongMs || (visiting && !visited))
        note([owner, taskId, now, visiting ? 1 : visited, claims]);
      return { ...who, _taskId: taskId, _fresh: !visited, _identified: claims.includes(ours) };
    },
    _identitytypes() {
      const claims = noted()[4];
      return knownIdentitytypes.filter((identitytype) => claims.includes(slot(identitytype)));
    },
    _claimed(claim) {
      const [, mark, event] = noted()[4].match(`${slot(claim.identitytype)}(\\w+)~([^:]*)`) ?? [];
      return mark && mark !== markOf(claim) ? 'other' : event && 'same';
    },
    _claim(claim, eventId) {
      const start = slot(claim.identitytype);
      alter(
        (claims) => `${claims.replace(RegExp(`${start}[^:]*`), '')}${start}${markOf(claim)}~${eventId.slice(0, 8)}`,
      );
    },
    _unprove: (eventId) => alter((claims) => claims.replace(`~${eventId.slice(0, 8)}`, '~')),
    _renew: renew,
    _forget() {
      for (const name of [idCookie, sessionCookie, keptCookie]) _write(name, '');
    },
  };
}

/** Two spellings of one phone number or e-mail address are the same; other identities are taken to the letter. */
function plain(identitytype: KnownIdentitytype, identity: string): string {
  if (identitytype === 'email') return identity.toLowerCase();
  return (identitytype === 'phone' && identity.replace(/\D/g, '')) || identity;
}

/** FNV-1a, 32 bits (draft-eastlake-fnv): short and quick, and too small to find the text again. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
