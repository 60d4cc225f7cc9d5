// Who this browser is: a temporaryId with the secret that proves it, the session, and the digests of the identities that
// it was claimed to have. All of it is read from the cookies anew in each task (kept.ts), because another tab, the site or the
// visitor may have changed or cleared them. Promises that no temporaryId ever serves two values of one identitytype.
import { nanoid } from 'nanoid';
import { type KnownIdentitytype, lowerEmail, phoneDigits } from '../protocol/index.ts';
import type { Kept } from './kept.ts';
import type { Claim } from './tell.ts';

/** `<temporaryId>.<secret>`: the site's back end reads the first half. */
const idCookie = 'wm_id';
/** `<taskId>.<last time of activity>.<1 once a page was visited>.<digest of the temporaryId>`: void under another one. */
const sessionCookie = 'wm_s';
/** Chromium's upper limit. */
const idSeconds = 400 * 86_400;
const sessionSeconds = 1_800;
/** Writing a cookie costs more than an event, so the session is prolonged at most this often. */
const prolongMs = 20_000;

export interface Ids {
  _temporaryId: string;
  _secret: string;
}

export interface Visitor {
  /** Whether there is a temporaryId; makes none. */
  _exists(): boolean;
  /** Whether there is a session, too. */
  _lives(): boolean;
  /** Makes them where there are none. */
  _ids(): Ids;
  /** The session, prolonged; `fresh` until it is told that a page is visited. */
  _session(visiting?: boolean): { _taskId: string; _fresh: boolean };
  /** The identitytypes that were claimed. */
  _identitytypes(): KnownIdentitytype[];
  /** Whether this very identity was claimed in this session already, another one of its type ever, or neither. */
  _claimed(claim: Claim): 'same' | 'other' | undefined;
  /** Notes an identity and the event that claims it. */
  _claim(claim: Claim, eventId: string): void;
  /** The event did not prove its identity: the next claim of the same one is to be sent again. False for other events. */
  _unprove(eventId: string): boolean;
  /** A new temporaryId and a new session, of nobody known. */
  _renew(): void;
  /** Removes everything. */
  _forget(): void;
}

/**
 * `key`: trackers of different keys tell different relays, so each notes its own claims.
 * `rotate`: starts a new temporaryId with each session, for devices that people share.
 */
export function createVisitor({ _read, _write }: Kept, now: () => number, key: string, rotate: boolean): Visitor {
  /** `<digest of the temporaryId>`, then for each identity `.<first letter of its type><digest>~<start of the event's id>~<session>`. */
  const claimsCookie = `wm_k${digest(key)}`;

  function mint(): Ids {
    _write(idCookie, `${nanoid()}.${nanoid()}`, idSeconds);
    return ids();
  }

  function ids(): Ids {
    // Only what a tracker makes: anything else may be somebody's address or number.
    const [, _temporaryId, _secret] = /^([\w-]{21})\.([\w-]{21})$/.exec(_read(idCookie) ?? '') ?? [];
    return _temporaryId && _secret ? { _temporaryId, _secret } : mint();
  }

  /** What says in a cookie that the rest is about this temporaryId. */
  function mine(): string {
    return digest(ids()._temporaryId);
  }

  /** A repeat is silent within a session; in the next one the relay is asked again, which may have lost its memory. */
  function sessionMark(): string {
    return digest(_read(sessionCookie)?.split('.')[0] ?? '');
  }

  /** What is claimed under this temporaryId; what was claimed under another one is void. */
  function claims(): string {
    const start = mine();
    const found = _read(claimsCookie);
    return found?.startsWith(start) ? found : start;
  }

  /** Says nothing about the identity to whoever reads the cookie, and nothing across browsers. */
  function markOf(claim: Claim): string {
    return `.${claim.identitytype[0]}${digest(ids()._temporaryId + plain(claim))}~`;
  }

  function renew(): void {
    _write(claimsCookie, '', 0);
    _write(sessionCookie, '', 0);
    mint();
  }

  return {
    _exists: () => !!_read(idCookie),
    _lives: () => !!(_read(idCookie) && _read(sessionCookie)),
    _ids: ids,
    _session(visiting) {
      let [taskId = '', at, visited = '', owner] = _read(sessionCookie)?.split('.') ?? [];
      const idleMs = Math.abs(now() - Number(at));
      const isNew = !(idleMs < sessionSeconds * 1_000 && owner === mine());
      if (isNew) {
        if (rotate) renew();
        taskId = `web-${nanoid()}`;
        visited = '';
      }
      if (isNew || idleMs > prolongMs || (visiting && !visited))
        _write(sessionCookie, `${taskId}.${now()}.${visiting ? 1 : visited}.${mine()}`, sessionSeconds);
      return { _taskId: taskId, _fresh: !visited };
    },
    _identitytypes() {
      const claimed = claims();
      const all = ['phone', 'email', 'customerId', 'socialId'] as const;
      return all.filter((identitytype) => claimed.includes(`.${identitytype[0]}`));
    },
    _claimed(claim) {
      const [mark, event, session] = new RegExp(`\\.${claim.identitytype[0]}\\w+~([^.~]*)~(\\w*)`).exec(claims()) ?? [];
      if (!mark) return undefined;
      if (!mark.startsWith(markOf(claim))) return 'other';
      return event && session === sessionMark() ? 'same' : undefined;
    },
    _claim(claim, eventId) {
      const others = claims().replace(new RegExp(`\\.${claim.identitytype[0]}[^.]*`), '');
      _write(claimsCookie, `${others}${markOf(claim)}${eventId.slice(0, 8)}~${sessionMark()}`, idSeconds);
    },
    _unprove(eventId) {
      const noted = claims();
      const next = noted.replace(`~${eventId.slice(0, 8)}~`, '~~');
      if (next !== noted) _write(claimsCookie, next, idSeconds);
      return next !== noted;
    },
    _renew: renew,
    _forget() {
      for (const name of [idCookie, sessionCookie, claimsCookie]) _write(name, '', 0);
    },
  };
}

/** Two spellings of one phone number or e-mail address are the same; other identities are taken to the letter. */
function plain({ identitytype, identity }: Claim): string {
  const same = identitytype === 'phone' ? phoneDigits(identity) : identitytype === 'email' && lowerEmail(identity);
  return same || identity;
}

/** FNV-1a, 32 bits (draft-eastlake-fnv): short and quick, and too small to find the text again. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
