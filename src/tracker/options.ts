// What the site's developer sees: the options of createTracker and what it returns.
import type { Consent, EventResult, JsonObject, KnownIdentitytype } from '../protocol/index.ts';
import type { TransportError, TransportOptions } from '../transport/index.ts';

export interface TrackerOptions {
  /** The site's public key, `pk_…`. */
  key: string;
  /** Where the relay takes events, for example `https://events.example.com/collect`. */
  endpoint: string;
  /** The source of visits to which no rule gives another one. Default `<host>:website`. */
  source?: string;
  /** What visits to some pages are called. The first that matches counts. */
  rules?: VisitRule[];
  /** `manual` where the site calls `visit()` itself. Default `auto`. */
  visits?: 'auto' | 'manual';
  /** Default `granted`, or `denied` where the browser sends Global Privacy Control and the site does not say otherwise. */
  consent?: Consent;
  /** Sees each event before it is kept; may change it, or return null to leave it out. */
  beforeSend?: (event: TrackedEvent) => TrackedEvent | null;
  /** Told about wrong calls and events that were given up. */
  onError?: (error: TransportError) => void;
  /** Told about each event that the relay has. */
  onDelivered?: (result: EventResult) => void;
  /** Timing and limits of the delivery. */
  transport?: Omit<TransportOptions, 'key' | 'endpoint' | 'consent' | 'onError' | 'onDelivered'>;
}

/** How a visit is told; what is absent keeps its default. */
export interface VisitNames {
  /** Default `webvisit`. */
  type?: string;
  /** Default `<host>:website`. */
  source?: string;
  /** Who or what started it, as the agent reads it. Default `Website`. */
  origin?: string;
  /** The icon: default `NewVisit`, `RandomWeb` on later pages of a session, `IdentifiedWeb` once identified. */
  channelType?: string;
  /** Default `Website Visit`. */
  notes?: string;
}

export interface VisitRule extends VisitNames {
  /** A path, in which `*` stands for anything. */
  match: string;
}

/** The members of an event that a site may set. */
export interface TrackedEvent {
  type: string;
  source: string;
  data: JsonObject;
}

export interface IdentifyOptions extends VisitNames {
  /** Needed where it is neither an e-mail address nor a phone number in E.164. */
  identitytype?: KnownIdentitytype;
  /** The JWT by which the site's back end vouches for the identity. */
  token?: string;
  /** Joins the defaults. */
  data?: JsonObject;
  /** Sends even what was sent before. */
  force?: boolean;
}

export interface OptInOptions {
  channel: 'sms';
  /** E.164. */
  phone: string;
  token?: string;
  data?: JsonObject;
}

export interface TrackerState {
  temporaryId: string | undefined;
  /** The session, `data.taskId`. */
  session: string | undefined;
  /** What this browser's visitor was identified as, by type. */
  identities: Partial<Record<KnownIdentitytype, string>>;
  consent: Consent;
  /** Events not yet answered for. */
  waiting: number;
  version: string;
}

export interface Tracker {
  /** Tells the visit to the current page. */
  visit(names?: VisitNames): void;
  /** Tells anything else. */
  track(type: string, data?: JsonObject): void;
  /** Says who the visitor is, after a login. The same identity again sends nothing. */
  identify(identity: string, options?: IdentifyOptions): void;
  /** Says that the visitor agreed to be reached, and where. */
  optIn(options: OptInOptions): void;
  /** Forgets who the visitor is, after a logout: a new temporaryId and a new session. */
  reset(): void;
  setConsent(consent: Consent): void;
  getState(): TrackerState;
  /** Sends what waits now. */
  flush(): void;
  /** Stops. */
  close(): void;
}
