// One browser, one journey: what a site calls and what its visitors do becomes events of this browser's own temporaryId;
// an identify event joins that temporaryId, and never any other, to a known identity (person.ts).
// Nothing comes back and nothing throws: what is wrong with a call is said in `onError`.
import { attempt, type Consent } from '../protocol/index.ts';
import { type Lane, startTransport, type Transport, type TransportError } from '../transport/core.ts';
import { asksForPrivacy, isAutomated, whenShown } from './browser.ts';
import type { Tracker, TrackerState } from './calls.ts';
import { snapshot } from './data.ts';
import { createGate } from './gate.ts';
import { createGuard, demand, isConsent, isText } from './guard.ts';
import { createHappen } from './happenings.ts';
import { createKept } from './kept.ts';
import { createListen, onHide } from './listen.ts';
import type { TrackerOptions, VisitNames } from './options.ts';
import * as page from './page.ts';
import { createExplain, type More, type Parts } from './parts.ts';
import { createPerson } from './person.ts';
import { createTell } from './tell.ts';
import { createVisitor } from './visitor.ts';
import { type Arrival, createVisits, followRoutes, navigation } from './visits.ts';

const version = '0.1.0';

/** What each key has told last in this document: a tracker that is made anew does not tell the page again. */
const toldByKey = new Map<string, string>();

export function startTracker(given: TrackerOptions, parts: Parts): Tracker & { _unknown(name: unknown): void } {
  const options = attempt(() => ({ ...given })) ?? ({} as TrackerOptions);
  const { endpoint } = options;
  const key = isText(options.key) ? options.key : '';
  const isAuto = options.visits !== 'manual';
  const explain = createExplain(options.debug, parts);
  const [complain, guarded] = createGuard(explain, options.onError);
  const [listen, stopListening] = createListen();
  const start = guarded(startOnce);
  const visitor = createVisitor(createKept(options.domain, options.cookieless), key, options.rotate === 'session');
  const gate = createGate(key, visitor._lives, visitor._session, onOpen, onDenied, explain);
  const tell = createTell(options, visitor, () => transport, explain);
  const happen = createHappen(name, cleanUrl, complain);
  const visits = createVisits(cleanUrl, () => toldByKey.get(key), tellVisit);
  const person = createPerson(visitor, tell, happen, pass, inOrder, complain, explain);
  const noted: (() => void)[] = [];
  /** For the end of a task: `queueMicrotask` costs the page twice as much, and `Promise` may be somebody's own. */
  const soon = (async () => {})();
  let telling = false;
  /** Calls that wait for the page and for the parts that its options ask for, as they would wait for the script. */
  let early: (() => void)[] | undefined = [];
  /** False where nothing is to be told: on a server, for a program that drives the browser, without a key, once closed. */
  let live = false;
  let more: More | undefined;
  let transport: Transport | undefined;
  /** Nothing is waited for any more: a call may start it at once, so that what it changes holds from the next line on. */
  let ready = false;
  /** When the visitor saw the page first. */
  let began = 0;
  let onVisit = (_url: string): void => {};

  function begin(): void {
    if (typeof document !== 'object') return;
    demand(key && isText(endpoint), 'key or endpoint');
    if (options.automation !== 'track' && isAutomated()) {
      explain('automated');
      return;
    }
    options.consent ??= asksForPrivacy() ? 'denied' : 'granted';
    demand(isConsent(options.consent), 'consent');
    live = true;

    // Nothing is told before there is a body, which may say what the visit is called. In a task of its own, so that none is long.
    const whenThere = (): void => {
      ready = !!document.body;
      if (ready) setTimeout(start);
      else listen(document, 'DOMContentLoaded', start);
    };
    whenShown(listen, () => {
      began = Date.now();
      onHide(listen, () => {
        start();
        tellNoted();
        gate._hurry();
        visits._settle();
      });
      if (!needsMore()) {
        whenThere();
        return;
      }
      parts
        .more()
        .then((part) => {
          more = part;
          startMore();
        })
        .catch(() => complain('no waymark-more'))
        .then(whenThere);
    });
  }

  /** Before anything else that the site has called. */
  function startOnce(): void {
    const calls = early;
    early = undefined;
    if (!calls) return;
    if (isAuto) followRoutes(listen, visits._look, forgetPage, began);
    gate._start(options.consent as Consent);
    startMore();
    for (const call of calls) call();
  }

  /** When the part is there and the tracker has started, whichever comes last. */
  function startMore(): void {
    if (early) return;
    more?.startMore({
      options,
      listen,
      onHide: (work) => onHide(listen, work),
      tell: track,
      cleanUrl,
      look: visits._look,
      onVisit(work) {
        onVisit = work;
      },
    });
  }

  function needsMore(): boolean {
    const wanted = /rules|parameters|measure|clicks|outbound|downloads/.test(`${Object.keys(options)}`);
    return wanted || (isAuto && !navigation) || /[?&](utm_|\w+clk?id=|.braid=)/.test(location.search);
  }

  function cleanUrl(address: string): string {
    return more ? more.cleanUrl(address, options.parameters) : page.cleanUrl(address);
  }

  function name(names: VisitNames, visiting = false): VisitNames {
    // Also what they say may be unfit to be written.
    return snapshot(
      page.namesOf(
        names,
        attempt(() => more?.ruleOf(options)),
        visiting,
      ),
    )() as VisitNames;
  }

  function deliver(): Transport {
    return startTransport(parts.rescue, {
      ...options.transport,
      key,
      endpoint,
      inMemory: !!options.cookieless,
      onError(error: TransportError) {
        person._heard(error);
        explain('failed', error);
        options.onError?.(error);
      },
      onDelivered(result) {
        person._heard(result);
        options.onDelivered?.(result);
      },
    });
  }

  function onOpen(): void {
    transport ??= deliver();
    if (isAuto) visits._look();
  }

  function onDenied(): void {
    // Also what an earlier page has left.
    if (visitor._exists()) transport ??= deliver();
    transport?.forget();
    transport = undefined;
    visitor._forget();
    forgetPage();
  }

  /** The same page is a visit again. */
  function forgetPage(): void {
    toldByKey.delete(key);
  }

  /** Does it as of now, when the visitor allows it. */
  function pass(work: () => void): boolean {
    return gate._pass(guarded(work));
  }

  /** The visit to the page goes before what changes whose visit it is, also when both have to wait. */
  function inOrder(work: () => void): void {
    visits._settle();
    pass(() => {
      visits._settle();
      work();
    });
  }

  function tellVisit({ _at, _url, _referrer, _how }: Arrival, names?: VisitNames): boolean {
    const data = { url: _url, referrer: _referrer, arrival: _how, ...page.visitData(), ...more?.campaignData() };
    const named = name(names ?? {}, true);
    return pass(() => {
      // Another tracker of the same key may have told it, as where a framework does everything twice.
      if (!names && toldByKey.get(key) === _url) return;
      toldByKey.set(key, _url);
      tell(_at, named, data, 1);
      onVisit(_url);
    });
  }

  /** A call costs the page no more than to take note of it; at the end of its task, or when order asks for it, it is told. */
  function track(type: string, data?: object, lane?: Lane): void {
    demand(isText(type), 'type');
    const happened = happen({ type, notes: type }, data);
    // What `beforeSend` calls each time it is called would else keep the page in this task for ever.
    if (!noted[0]) telling ? setTimeout(tellNoted) : soon.then(tellNoted);
    noted.push(
      guarded(() => {
        const [at, named, about] = happened();
        pass(() => tell(at, named, about, lane));
      }),
    );
  }

  function tellNoted(): void {
    telling = true;
    for (const work of noted.splice(0)) work();
    telling = false;
  }

  function getState(): TrackerState {
    const known = attempt(() => {
      if (began) start();
      tellNoted();
      return gate._open() ? { ...visitor._session(), _identitytypes: visitor._identitytypes() } : undefined;
    });
    return {
      temporaryId: known?._temporaryId,
      session: known?._taskId,
      identitytypes: known?._identitytypes ?? [],
      consent: gate._consent(),
      waiting: (transport?.waiting() ?? 0) + gate._held(),
      version,
    };
  }

  /** What the site may call: in the order of the calls, after what was noted before. */
  function call<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
    const run = guarded((...args: Args) => {
      if ((work as unknown) !== track) tellNoted();
      work(...args);
    });
    return (...args) => {
      if (ready) start();
      if (!live) return;
      if (early) early.push(() => run(...args));
      else run(...args);
    };
  }

  guarded(begin)();
  return {
    visit: call(visits._visit),
    track: call(track as (type: string, data?: object) => void),
    expect: call(person._expect),
    identify: call((identity, how) => person._identify(identity, how)),
    optIn: call(person._optIn),
    reset: call(person._reset),
    setConsent: call((consent) => {
      demand(isConsent(consent), 'consent');
      gate._setConsent(consent);
    }),
    getState,
    _unknown: call((name) => demand(0, `call ${name}`)),
    flush: call(() => transport?.flush()),
    close: guarded(() => {
      if (began) start();
      tellNoted();
      gate._hurry();
      live = false;
      gate._close();
      stopListening();
      transport?.close();
    }),
  };
}
