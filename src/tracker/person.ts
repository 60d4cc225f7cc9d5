// Who the visitor is: identify, expect, optIn, and what the relay says about them. Which call starts a new temporaryId is
// decided at once and in order, never by a part that loads later: what follows a call is told under what it decided.
import { attempt, type EventResult, inferIdentitytype, isKnownIdentitytype, maxLengths } from '../protocol/index.ts';
import type { TransportError } from '../transport/index.ts';
import type { IdentifyOptions, OptInOptions } from './calls.ts';
import { demand } from './guard.ts';
import type { Happen } from './happenings.ts';
import type { VisitNames } from './options.ts';
import type { Explain } from './parts.ts';
import type { Claim, Tell } from './tell.ts';
import type { Visitor } from './visitor.ts';

export interface Person {
  _identify(given: unknown, how?: IdentifyOptions, names?: VisitNames): void;
  _optIn(how: OptInOptions): void;
  _expect(given: unknown, how?: IdentifyOptions): void;
  _reset(): void;
  /** The relay has said something about an event. */
  _heard(answer: Pick<EventResult, 'code' | 'id'> | TransportError): void;
}

/** `pass`: does it when the visitor allows it; `inOrder`: and the visit to the page goes first. */
export function createPerson(
  visitor: Visitor,
  tell: Tell,
  happen: Happen,
  pass: (work: () => void) => void,
  inOrder: (work: () => void) => void,
  complain: (message: string) => void,
  explain: Explain,
): Person {
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
    const [at, named, about] = happen({ ...names, ...how }, data)();
    inOrder(() => {
      const isNew = isSomebodyElse(claim);
      if (!force && visitor._claimed(claim)) return explain('same-identity', claim);
      if (typeof token !== 'function') {
        if (isNew && token) complain('token of the visitor before: see expect');
        return tell(at, named, about, 0, { ...claim, identitytoken: token ? `${token}` : undefined });
      }
      // Noted before it is proven, so that whoever comes meanwhile is somebody else.
      visitor._claim(claim, '');
      const { _temporaryId } = visitor._ids();
      // Never told without the proof, nor for somebody else.
      const proven = (proof: unknown): void =>
        pass(() => {
          demand(typeof proof === 'string' && proof, 'token');
          if (visitor._ids()._temporaryId === _temporaryId && (force || !visitor._claimed(claim)))
            tell(Date.now(), named, about, 0, { ...claim, identitytoken: proof });
        });
      Promise.resolve(_temporaryId)
        .then(token)
        .then(proven, (error) => attempt(() => complain(`no token: ${error}`)));
    });
  }

  /** Somebody else at the same device starts anew: nothing may ever join the two. */
  function isSomebodyElse(claim: Claim): boolean {
    // First, because it may start a new temporaryId (`rotate`).
    visitor._session();
    const other = visitor._claimed(claim) === 'other';
    if (other) renew();
    return other;
  }

  function renew(): void {
    visitor._renew();
    explain('renewed');
  }

  return {
    _identify: identify,
    _optIn(how) {
      demand(how?.channel === 'sms', 'channel');
      identify(how.phone, { ...how, identitytype: 'phone' }, optInNames);
    },
    _expect(given, how = {}) {
      const claim = meant(given, how);
      inOrder(() => isSomebodyElse(claim));
    },
    _reset: () => inOrder(renew),
    _heard({ code, id }) {
      if (!code) return;
      const wasClaim = visitor._unprove(`${id}`);
      // Who was claimed is known as somebody else: whatever follows must not be told under the journey that was before.
      // Or nothing under this temporaryId will ever be taken again; of all its events that are refused, one is enough.
      const isDead = /erased|not-yours/.test(code) && !refused;
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
