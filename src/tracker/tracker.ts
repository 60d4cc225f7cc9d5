// Turns page views, logins and opt-ins into CloudEvents and hands them to the transport. Every event is told under this
// browser's own temporaryId; an identify event joins that temporaryId, and never any other, to a known identity.
// Nothing comes back and nothing throws: what is wrong with a call is said in `onError`.
import { nanoid } from 'nanoid';
import {
  type Consent,
  type EventResult,
  inferIdentitytype,
  isIdentitytype,
  type JsonObject,
  type KnownIdentitytype,
  type WireEvent,
} from '../protocol/index.ts';
import { createTransport, type Transport, type TransportError } from '../transport/index.ts';
import { createKept } from './kept.ts';
import type {
  IdentifyOptions,
  OptInOptions,
  TrackedEvent,
  Tracker,
  TrackerOptions,
  TrackerState,
  VisitNames,
} from './options.ts';
import { loginNames, namesFor, pageData, pageNames, present } from './visit.ts';
import { createVisitor, sameIdentity } from './visitor.ts';

export const version = '0.1.0';

type Claim = Pick<WireEvent, 'id' | 'identity' | 'identitytype' | 'previousidentity' | 'identitytoken'>;

export function createTracker(options: TrackerOptions): Tracker {
  const now = (): number => Date.now();
  const visitor = createVisitor(createKept(now), now);
  let consent: Consent = options.consent ?? (asksForPrivacy() ? 'denied' : 'granted');
  let transport: Transport | undefined;
  /** Calls made before consent, with nothing of them stored anywhere. */
  let held: (() => void)[] = [];
  let closed = false;

  apply();
  if (options.visits !== 'manual') whenReady(() => visit());

  /** Starts or ends delivery as the visitor's consent says. */
  function apply(): void {
    if (consent === 'granted') {
      transport ??= createTransport({
        ...options.transport,
        key: options.key,
        endpoint: options.endpoint,
        consent,
        onError,
        onDelivered,
      });
      for (const call of held.splice(0)) call();
    }
    if (consent === 'denied') {
      held = [];
      transport?.forget();
      transport = undefined;
      visitor.forget();
    }
  }

  /** Does what was called when the visitor allows it, as of now; not at all if they never do. */
  function allowed(work: (at: number) => void): void {
    const at = now();
    if (closed || consent === 'denied') return;
    if (consent === 'pending') held.push(guarded(() => work(at)));
    else work(at);
  }

  function visit(given: VisitNames = {}): void {
    const names = pageNames(options);
    const data = pageData();
    allowed((at) => emit(at, { ...defaultNames(visitor.session().fresh), ...names, ...present(given) }, data));
  }

  function track(type: string, data: JsonObject = {}): void {
    const { source } = pageNames(options);
    const all = { ...pageData(), ...data };
    allowed((at) => emit(at, { ...defaultNames(false), ...present({ source }), type, notes: type }, all));
  }

  function identify(identity: string, given: IdentifyOptions = {}): void {
    const value = String(identity ?? '').trim();
    const identitytype: string | undefined = given.identitytype ?? inferIdentitytype(value);
    if (!value || !isIdentitytype(identitytype) || identitytype === 'temporaryId') {
      complain('bad-identity', `identify: expected an identity and its identitytype, got ${value} as ${identitytype}`);
      return;
    }
    const { source } = pageNames(options);
    const data = { ...pageData(), ...given.data };
    allowed((at) => {
      const known = visitor.identities()[identitytype];
      const same = known !== undefined && sameIdentity(known, value);
      if (same && !given.force) return;
      // Somebody else at the same device. Nothing may ever join the two.
      if (known !== undefined && !same) visitor.renew();
      const claim = claimOf(value, identitytype, given.token);
      emit(at, { ...defaultNames(false), ...loginNames, ...present({ source }), ...present(given) }, data, claim);
    });
  }

  function claimOf(identity: string, identitytype: KnownIdentitytype, token: string | undefined): Claim {
    const id = nanoid();
    visitor.claim(identitytype, identity, id);
    const previousidentity = visitor.ids().temporaryId;
    return { id, identity, identitytype, previousidentity, ...(token && { identitytoken: token }) };
  }

  function optIn({ phone, ...given }: OptInOptions): void {
    const names = { type: 'webvisitOptIn', origin: 'SMS opt-in', channelType: 'sms', notes: 'SMS opt-in' };
    identify(phone, { ...names, ...given, identitytype: 'phone' });
  }

  function emit(at: number, names: Required<VisitNames>, data: JsonObject, claim?: Claim): void {
    const { type, source, ...shown } = names;
    const { temporaryId, secret } = visitor.ids();
    const { taskId } = visitor.session();
    const offsetMs = transport?.clockOffsetMs();
    const draft: TrackedEvent = { type, source, data: { taskId, ...shown, channelBreakout: 'Web', ...data } };
    const told = options.beforeSend ? options.beforeSend(draft) : draft;
    if (!told) return;
    const event: WireEvent = {
      // First, so that a batch can leave out repeats (encodeBatch).
      temporarysecret: secret,
      specversion: '1.0',
      id: nanoid(),
      type: told.type,
      source: told.source,
      time: new Date(at + (offsetMs ?? 0)).toISOString(),
      identity: temporaryId,
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: told.data,
      ...claim,
      ...(offsetMs !== undefined && { clockoffset: offsetMs }),
    };
    transport?.send(event, claim ? 0 : 1);
  }

  function defaultNames(fresh: boolean): Required<VisitNames> {
    return { ...namesFor(fresh, Object.keys(visitor.identities()).length > 0), ...present({ source: options.source }) };
  }

  function onDelivered(result: EventResult): void {
    if (result.id) visitor.settle(result.id, result.code !== 'identity-unproven');
    options.onDelivered?.(result);
  }

  function onError(error: TransportError): void {
    if (error.id) visitor.settle(error.id, false);
    // Nothing under this temporaryId will ever be taken again.
    if (error.code === 'erased' || error.code === 'temporaryid-not-yours') visitor.renew();
    options.onError?.(error);
  }

  function complain(code: string, message: string): void {
    options.onError?.({ code, message });
  }

  function getState(): TrackerState {
    const allowedNow = consent === 'granted' && !closed;
    return {
      temporaryId: allowedNow ? visitor.ids().temporaryId : undefined,
      session: allowedNow ? visitor.session().taskId : undefined,
      identities: allowedNow ? visitor.identities() : {},
      consent,
      waiting: transport?.waiting() ?? held.length,
      version,
    };
  }

  return {
    visit: guarded(visit),
    track: guarded(track),
    identify: guarded(identify),
    optIn: guarded(optIn),
    reset: guarded(() => allowed(() => visitor.renew())),
    setConsent: guarded((next: Consent) => {
      consent = next;
      apply();
    }),
    getState,
    flush: guarded(() => transport?.flush()),
    close: guarded(() => {
      closed = true;
      transport?.close();
    }),
  };

  /** Whatever a call is given and whatever the page has overridden, nothing is thrown into the page. */
  function guarded<Args extends unknown[]>(work: (...args: Args) => unknown): (...args: Args) => void {
    return (...args) => {
      try {
        work(...args);
      } catch (error) {
        try {
          complain('failed', String(error));
        } catch {
          // The site's onError threw as well.
        }
      }
    };
  }
}

/** Global Privacy Control (w3c.github.io/gpc). */
function asksForPrivacy(): boolean {
  return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}

/** When there is a body and a title, and somebody to see them. */
function whenReady(work: () => void): void {
  const page = document as Document & { prerendering?: boolean };
  if (page.prerendering) page.addEventListener('prerenderingchange', () => whenReady(work), { once: true });
  else if (page.readyState === 'loading') page.addEventListener('DOMContentLoaded', work, { once: true });
  else work();
}
