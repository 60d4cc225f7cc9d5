// Who the visitor is: identify, expect, optIn, and what the relay says about them. Which call starts a new temporaryId is
// decided at once and in order, never by a part that loads later: what follows a call is told under what it decided.
import { type EventResult, inferIdentitytype, isKnownIdentitytype, maxLengths } from '../protocol/index.ts';
import type { TransportError } from '../transport/index.ts';
import type { IdentifyOptions, OptInOptions } from './calls.ts';
import { demand } from './guard.ts';
import type { VisitNames } from './options.ts';
import type { Explain } from './parts.ts';
import type { Claim, Tell, Telling } from './tell.ts';
import type { Visitor } from './visitor.ts';

export interface Person {
  _identify(given: unknown, how?: IdentifyOptions, names?: VisitNames): void;
  _optIn(how: OptInOptions): void;
  _expect(given: unknown, how?: IdentifyOptions): void;
  _renew(): void;
  /** The relay has said something about an event. */
  _heard(answer: Pick<EventResult, 'code' | 'id'> | TransportError): void;
}

export interface PersonOptions {
  _visitor: Visitor;
  _tell: Tell;
  /** Something that happens on the page now. */
  _happened: (names: VisitNames, data: object | undefined) => Telling;
  /** Does it when the visitor allows it; the visit to the page goes first with `_inOrder`. */
  _pass: (work: () => void) => unknown;
  _inOrder: (work: () => void) => void;
  _complain: (message: string) => void;
  _explain: Explain;
}

export function createPerson(options: PersonOptions): Person {
  const { _visitor, _tell, _happened, _pass, _inOrder, _complain, _explain } = options;
  let refused: unknown;

  /** Who is meant; a call that does not say so ends here. */
  function meant(given: unknown, { identitytype }: IdentifyOptions): Claim {
    const identity = /^[sn]/.test(typeof given) ? `${given}`.trim() : '';
    const type = identitytype ?? inferIdentitytype(identity);
    const good = identity && identity.length <= maxLengths.identity && isKnownIdentitytype(type);
    demand(good, 'identity or identitytype');
    return { identity, identitytype: type };
  }

  function identify(given: unknown, how: IdentifyOptions = {}, names = loginNames): void {
    const claim = meant(given, how);
    const { token, force, data } = how;
    const telling = { ..._happened({ ...names, ...how }, data), _lane: 0, _claim: claim } as const;
    _inOrder(() => {
      const isNew = isSomebodyElse(claim);
      if (!force && _visitor._claimed(claim)) return _explain('same-identity', claim);
      if (typeof token !== 'function') {
        if (isNew && token) _complain('token of the visitor before: see expect');
        return _tell({ ...telling, _token: token ? `${token}` : undefined });
      }
      // Noted before it is proven, so that whoever comes meanwhile is somebody else.
      _visitor._claim(claim, '');
      const { _temporaryId } = _visitor._ids();
      // Never told without the proof, nor for somebody else.
      const proven = (_token: unknown): unknown =>
        _pass(() => {
          demand(typeof _token === 'string' && _token, 'token');
          if (_visitor._ids()._temporaryId !== _temporaryId) return;
          if (force || !_visitor._claimed(claim)) _tell({ ...telling, _at: Date.now(), _token });
        });
      Promise.resolve(_temporaryId)
        .then(token)
        .then(proven, (error) => _complain(`no token: ${error}`));
    });
  }

  /** Somebody else at the same device starts anew: nothing may ever join the two. */
  function isSomebodyElse(claim: Claim): boolean {
    // First, because it may start a new temporaryId (`rotate`).
    _visitor._session();
    const other = _visitor._claimed(claim) === 'other';
    if (other) renew();
    return other;
  }

  function renew(): void {
    _visitor._renew();
    _explain('renewed');
  }

  return {
    _identify: identify,
    _optIn(how) {
      demand(how?.channel === 'sms', 'channel');
      identify(how.phone, { ...how, identitytype: 'phone' }, optInNames);
    },
    _expect(given, how = {}) {
      const claim = meant(given, how);
      _inOrder(() => isSomebodyElse(claim));
    },
    _renew: renew,
    _heard({ code, id }) {
      if (!code) return;
      const wasClaim = _visitor._unprove(`${id}`);
      // Who was claimed is known as somebody else: whatever follows must not be told under the journey that was before.
      // Or nothing under this temporaryId will ever be taken again; of all its events that are refused, one is enough.
      const isDead = /^(erased|temporaryid-not-yours)$/.test(code) && !refused;
      if (isDead) refused = id;
      if (isDead || (wasClaim && code === 'identity-conflict')) renew();
    },
  };
}

const loginNames: VisitNames = {
  type: 'webvisitLogin',
  origin: 'Website Login',
  channelType: 'LoginUser',
  notes: 'Website Login',
};

const optInNames: VisitNames = { type: 'webvisitOptIn', origin: 'SMS opt-in', channelType: 'sms', notes: 'SMS opt-in' };
