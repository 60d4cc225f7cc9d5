// One browser, one journey: what a site calls and what its visitors do becomes events of this browser's own temporaryId;
// an identify event joins that temporaryId, and never any other, to a known identity (person.ts).
// Nothing comes back and nothing throws: what is wrong with a call is said in `onError`.
import { type Lane, startTransport, type Transport, type TransportError } from '../transport/core.ts';
import { asksForPrivacy, isAutomated, whenShown } from './browser.ts';
import type { Tracker, TrackerState } from './calls.ts';
import { createGate, type Gate } from './gate.ts';
import { createGuard, demand, isConsent, isText } from './guard.ts';
import { createHappenings, happened } from './happenings.ts';
import { createKept } from './kept.ts';
import { createListener } from './listen.ts';
import type { TrackerOptions, VisitNames } from './options.ts';
import { cleanUrl, namesOf, visitData } from './page.ts';
import { createExplain, type Parts } from './parts.ts';
import { createPerson } from './person.ts';
import { createTell } from './tell.ts';
import { createVisitor } from './visitor.ts';
import { type Arrival, createVisits, followRoutes, navigation, type Visits } from './visits.ts';

const version = '0.1.0';

/** What each key has told last in this document: a tracker that is made anew does not tell the page again. */
const toldByKey = new Map<string, string>();

export function startTracker(given: TrackerOptions, parts: Parts): Tracker {
  const options = { ...given };
  const { key, endpoint, parameters, cookieless } = options;
  const isAuto = options.visits !== 'manual';
  const now = (): number => Date.now();
  const visitor = createVisitor(createKept(options.domain, cookieless), now, `${key}`, options.rotate === 'session');
  const explain = createExplain(options.debug, parts);
  const tell = createTell(options, visitor, () => transport, explain);
  const listener = createListener();
  const { _complain: complain, _guarded: guarded } = createGuard(explain, options.onError);
  const happenings = createHappenings(options, guarded);
  const person = createPerson({
    _visitor: visitor,
    _tell: tell,
    _happened: (names, data) => happened(names, data, options)(),
    _pass: pass,
    _inOrder: passInOrder,
    _complain: complain,
    _explain: explain,
  });
  /** Absent where nothing is to be told: on a server, for a program that drives the browser, without a key. */
  let gate: Gate | undefined;
  let visits: Visits | undefined;
  let transport: Transport | undefined;
  let onVisit = (_url: string): void => {};

  function begin(): void {
    if (typeof document !== 'object') return;
    demand(isText(key) && isText(endpoint), 'key or endpoint');
    if (options.automation !== 'track' && isAutomated()) return void explain('automated');
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
  }

  /** The visit begins here, though nothing is told before there is a body, which may say what the visit is called. */
  function show(): void {
    if (isAuto && visits) followRoutes(listener, visits);
    const start = guarded(() => gate?._start());
    if (document.body) start();
    else listener.on(document, 'DOMContentLoaded', start);
    listener.onHide(() => {
      happenings._tellNoted();
      start();
      gate?._hurry();
      settle();
    });
    const { measure, clicks, outbound, downloads } = options;
    if (measure || clicks || outbound || downloads || (isAuto && !navigation))
      parts.more().then(guarded(addMore), noMore);
  }

  function addMore({ startMore }: Awaited<ReturnType<Parts['more']>>): void {
    if (visits)
      startMore({ options, listener, tell: track, cleanUrl, look: visits._look, onVisit: (work) => (onVisit = work) });
  }

  function noMore(): void {
    complain('no waymark-more');
  }

  function settle(): void {
    visits?._settle();
  }

  function deliver(): Transport {
    return startTransport(parts.rescue, {
      ...options.transport,
      key,
      endpoint,
      consent: 'granted',
      inMemory: !!cookieless,
      onError,
      onDelivered(result) {
        person._heard(result);
        options.onDelivered?.(result);
      },
    });
  }

  function onOpen(): void {
    if (transport) return;
    transport = deliver();
    if (isAuto) visits?._look();
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
    happenings._tellNoted();
    settle();
    pass(() => {
      settle();
      work();
    });
  }

  function tellVisit({ _at, _url, _referrer, _how }: Arrival, given?: VisitNames | null): boolean {
    const _data = { url: _url, referrer: _referrer, arrival: _how, ...visitData() };
    const _names = namesOf(given ?? {}, options, true);
    return pass(() => {
      // Another tracker of the same key may have told it, as where a framework does everything twice.
      if (given === undefined && _how !== 'restore' && toldByKey.get(key) === _url) return;
      toldByKey.set(key, _url);
      tell({ _at, _names, _data, _lane: 1, _visiting: true });
      onVisit(_url);
    });
  }

  function track(type: string, data?: object, lane?: Lane): void {
    demand(isText(type), 'type');
    if (gate) happenings._note(type, data, lane, (telling) => pass(() => tell(telling)));
  }

  function onError(error: TransportError): void {
    person._heard(error);
    explain('failed', error);
    options.onError?.(error);
  }

  function getState(): TrackerState {
    happenings._tellNoted();
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

  guarded(begin)();
  return {
    visit: guarded((names) => visits && tellVisit(visits._take(), names ?? null)),
    track: guarded((type, data) => track(type, data)),
    expect: guarded(person._expect),
    identify: guarded((identity, how) => person._identify(identity, how)),
    optIn: guarded(person._optIn),
    reset: guarded(() => passInOrder(person._renew)),
    setConsent: guarded((consent) => {
      demand(isConsent(consent), 'consent');
      happenings._tellNoted();
      gate?._setConsent(consent);
    }),
    getState,
    flush: guarded(() => {
      happenings._tellNoted();
      transport?.flush();
    }),
    close: guarded(() => {
      happenings._tellNoted();
      gate?._close();
      listener.stop();
      transport?.close();
    }),
  };
}
