// One browser, one journey: what a site calls and what its visitors do becomes events of this browser's own temporaryId;
// an identify event joins that temporaryId, and never any other, to a known identity.
// Nothing comes back and nothing throws: what is wrong with a call is said in `onError`.
import { type EventResult, inferIdentitytype, isKnownIdentitytype, maxLengths } from '../protocol/index.ts';
import { createTransport, type Lane, type Transport, type TransportError } from '../transport/index.ts';
import { attempt } from './attempt.ts';
import { asksForPrivacy, isAutomated, whenShown } from './browser.ts';
import type { IdentifyOptions, OptInOptions, Tracker, TrackerState } from './calls.ts';
import { snapshot } from './data.ts';
import { createGate, type Gate } from './gate.ts';
import { createKept } from './kept.ts';
import { createListener } from './listen.ts';
import type { TrackerOptions, VisitNames } from './options.ts';
import { cleanUrl, type Layers, mergeNames, pageData, pageNames, visitData } from './page.ts';
import { createExplain, type Parts } from './parts.ts';
import { type Claim, createTell, type Telling } from './tell.ts';
import { createVisitor } from './visitor.ts';
import { type Arrival, createVisits, followRoutes, type Visits } from './visits.ts';

const version = '0.1.0';

/** What each key has told last in this document: a tracker that is made anew does not tell the page again. */
const toldByKey = new Map<string, string>();

export function startTracker(given: TrackerOptions, parts: Parts): Tracker {
  const options = { ...given };
  const { key, endpoint, parameters, debug } = options;
  const isAuto = options.visits !== 'manual';
  const now = (): number => Date.now();
  const visitor = createVisitor(
    createKept(options.domain, options.cookieless),
    now,
    `${key}`,
    options.rotate === 'session',
  );
  const explain = createExplain(debug, parts);
  const tell = createTell(options, visitor, () => transport, explain);
  const listener = createListener();
  const complaints = new Set<string>();
  /** Absent where nothing is to be told: on a server, for a program that drives the browser, without a key. */
  let gate: Gate | undefined;
  let visits: Visits | undefined;
  let transport: Transport | undefined;
  let renewedBy: string | undefined;
  let onVisit = (_url: string): void => {};

  const begin = guarded(() => {
    if (typeof document !== 'object') return;
    demand(isText(key) && isText(endpoint), 'key or endpoint');
    if (options.automation !== 'track' && isAutomated()) return explain('automated');
    const { consent = asksForPrivacy() ? 'denied' : 'granted' } = options;
    demand(isConsent(consent), 'consent');
    visits = createVisits({ _now: now, _parameters: parameters, _onVisit: tellVisit });
    gate = createGate({
      _key: key,
      _initial: consent,
      _lives: visitor._lives,
      _mint: visitor._session,
      _onOpen: onOpen,
      _onDenied: onDenied,
    });
    whenShown(listener, guarded(show));
  });

  /** The visit begins here, though nothing is told before there is a body, which may say what the visit is called. */
  function show(): void {
    if (isAuto && visits) followRoutes(listener, visits);
    const start = guarded(() => gate?._start());
    if (document.body) start();
    else listener.on(document, 'DOMContentLoaded', start);
    listener.onHide(
      guarded(() => {
        gate?._start();
        gate?._hurry();
        visits?._settle();
      }),
    );
  }

  function deliver(): Transport {
    return createTransport({ ...options.transport, key, endpoint, consent: 'granted', onError, onDelivered });
  }

  function onOpen(): void {
    if (transport) return;
    transport = deliver();
    if (isAuto) visits?._look();
    if (options.measure || options.clicks || options.outbound || options.downloads)
      parts.more().then(
        guarded(({ startMore }) =>
          startMore({ options, listener, tell: track, cleanUrl, onVisit: (work) => (onVisit = work) }),
        ),
        () => complain('no waymark-more'),
      );
  }

  function onDenied(): void {
    // Also what an earlier page has left.
    if (visitor._exists()) transport ??= deliver();
    transport?.forget();
    transport = undefined;
    visitor._forget();
    toldByKey.delete(key);
    visits?._untell();
    explain('declined');
  }

  /** Does it as of now, when the visitor allows it. */
  function pass(work: () => void): boolean {
    return gate?._pass(guarded(work)) ?? false;
  }

  /** The visit to the page goes before what changes whose visit it is, also when both have to wait. */
  function passInOrder(work: () => void): void {
    visits?._settle();
    pass(() => {
      visits?._settle();
      work();
    });
  }

  function tellVisit({ _at, _url, _referrer, _how }: Arrival, given?: VisitNames | null): boolean {
    const _data = { url: _url, referrer: _referrer, arrival: _how, ...visitData() };
    const _names = [given ?? {}, ...pageNames(options)];
    return pass(() => {
      // Another tracker of the same key may have told it, as where a framework does everything twice.
      if (given === undefined && _how !== 'restore' && toldByKey.get(key) === _url) return;
      toldByKey.set(key, _url);
      tell({ _at, _names, _data, _lane: 1, _visiting: true });
      onVisit(_url);
    });
  }

  /** Something that happened on the page: of the page's own names only the source applies. */
  function happened(names: Layers, data: object | undefined, lane: Lane): Telling {
    return {
      _at: now(),
      _names: [...names, { source: mergeNames(pageNames(options, ['source'])).source }],
      _data: { ...pageData(parameters), ...snapshot(data) },
      _lane: lane,
    };
  }

  function track(type: string, data?: object, lane: Lane = 1): void {
    demand(isText(type), 'type');
    const telling = happened([{ type, notes: type }], data, lane);
    pass(() => tell(telling));
  }

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
    const telling = {
      ...happened([how, names], how.data, 0),
      _claim: claim,
      _token: `${how.token ?? ''}` || undefined,
    };
    const { token } = how;
    passInOrder(() => {
      const isNew = isSomebodyElse(claim);
      if (!how.force && visitor._claimed(claim)) return explain('same-identity', claim);
      if (typeof token !== 'function') {
        if (isNew && token) complain('token of the visitor before: see expect');
        return tell(telling);
      }
      // Noted before it is proven, so that whoever comes meanwhile is somebody else.
      visitor._claim(claim, '');
      const { _temporaryId } = visitor._ids();
      // Never told without the proof, nor for somebody else.
      const proven = (_token: unknown): unknown =>
        pass(() => {
          demand(typeof _token === 'string' && _token, 'token');
          if (visitor._ids()._temporaryId !== _temporaryId) return;
          if (how.force || !visitor._claimed(claim)) tell({ ...telling, _at: now(), _token });
        });
      Promise.resolve(_temporaryId)
        .then(token)
        .then(proven, (error) => complain(`no token: ${error}`));
    });
  }

  function expectIdentity(given: unknown, how: IdentifyOptions = {}): void {
    const claim = meant(given, how);
    passInOrder(() => isSomebodyElse(claim));
  }

  /** Somebody else at the same device starts anew: nothing may ever join the two. */
  function isSomebodyElse(claim: Claim): boolean {
    // First, because it may start a new temporaryId (`rotate`).
    visitor._session();
    const other = visitor._claimed(claim) === 'other';
    if (other) renew();
    return other;
  }

  function optIn(how: OptInOptions): void {
    demand(how?.channel === 'sms', 'channel');
    identify(how.phone, { ...how, identitytype: 'phone' }, optInNames);
  }

  function renew(): void {
    visitor._renew();
    explain('renewed');
  }

  function onDelivered(result: EventResult): void {
    const { code, id } = result;
    // Who was claimed is known as somebody else: whatever follows must not be told under the journey that was before.
    const isConflict = code === 'identity-conflict';
    if ((isConflict || code === 'identity-unproven') && visitor._unprove(`${id}`) && isConflict) renew();
    options.onDelivered?.(result);
  }

  function onError(error: TransportError): void {
    const { code, id } = error;
    visitor._unprove(`${id}`);
    // Nothing under this temporaryId will ever be taken again; of all its events that are refused, one is enough.
    if (/^(erased|temporaryid-not-yours)$/.test(code) && !renewedBy) {
      renewedBy = id;
      renew();
    }
    explain('failed', error);
    options.onError?.(error);
  }

  /** Once about each mistake. */
  function complain(message: string): void {
    if (complaints.has(message)) return;
    complaints.add(message);
    explain('failed', message);
    options.onError?.({ code: 'bad-call', message });
  }

  /** Whatever a call is given and whatever the page has overridden, nothing is thrown into the page. */
  function guarded<Args extends unknown[]>(work: (...args: Args) => unknown): (...args: Args) => void {
    return (...args) => {
      try {
        work(...args);
      } catch (error) {
        attempt(() => complain(`${(error as Error).message}`));
      }
    };
  }

  function getState(): TrackerState {
    const allowed = gate?._allowed();
    return {
      temporaryId: allowed ? visitor._ids()._temporaryId : undefined,
      session: allowed ? visitor._session()._taskId : undefined,
      identitytypes: allowed ? visitor._identitytypes() : [],
      consent: gate?._consent() ?? 'denied',
      waiting: (transport?.waiting() ?? 0) + (gate?._held() ?? 0),
      version,
    };
  }

  begin();
  return {
    visit: guarded((names) => visits && tellVisit(visits._take(), names ?? null)),
    track: guarded((type, data) => track(type, data)),
    expect: guarded(expectIdentity),
    identify: guarded((identity, how) => identify(identity, how)),
    optIn: guarded(optIn),
    reset: guarded(() => passInOrder(renew)),
    setConsent: guarded((consent) => {
      demand(isConsent(consent), 'consent');
      gate?._setConsent(consent);
    }),
    getState,
    flush: guarded(() => transport?.flush()),
    close: guarded(() => {
      gate?._close();
      listener.stop();
      transport?.close();
    }),
  };
}

/** Ends a call that makes no sense; `guarded` says so. */
function demand(good: unknown, what: string): asserts good {
  if (!good) throw new TypeError(`bad ${what}`);
}

const loginNames: VisitNames = {
  type: 'webvisitLogin',
  origin: 'Website Login',
  channelType: 'LoginUser',
  notes: 'Website Login',
};

const optInNames: VisitNames = { type: 'webvisitOptIn', origin: 'SMS opt-in', channelType: 'sms', notes: 'SMS opt-in' };

function isConsent(value: unknown): boolean {
  return /^(granted|pending|denied)$/.test(`${value}`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 200;
}
