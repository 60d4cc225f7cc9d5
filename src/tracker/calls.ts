// What a site may call. Each call returns at once, whatever it is given and whenever it is made, and throws nothing.
import type { Consent, KnownIdentitytype } from '../protocol/index.ts';
import type { VisitNames } from './options.ts';

/** The site's own events, for `createTracker<MyEvents>()`: data by type. `undefined` where there is none. */
export type EventMap = { [type: string]: object | undefined };

/** Data may be left out where nothing in it is required. */
export type TrackArguments<Data> = object extends Data
  ? [data?: Data]
  : undefined extends Data
    ? [data?: Data]
    : [data: Data];

export interface Tracker<Events extends { [Type in keyof Events]: object | undefined } = EventMap> {
  /** Tells the visit to the current page. */
  visit(names?: VisitNames): void;
  /** Tells anything else that happened. */
  track<Type extends keyof Events & string>(type: Type, ...data: TrackArguments<Events[Type]>): void;
  /**
   * Says who has just logged in, before the site's back end is asked for a token: where this browser belongs to somebody
   * else, a new temporaryId starts, so that the token is bound to the right one.
   */
  expect(identity: string, options?: Pick<IdentifyOptions, 'identitytype'>): void;
  /**
   * Says who the visitor is, after a login. The same identity again in a session sends nothing.
   * Another one of the same type is somebody else, and starts a new temporaryId.
   */
  identify(identity: string, options?: IdentifyOptions): void;
  /** Says that the visitor agreed to be reached, and where. */
  optIn(options: OptInOptions): void;
  /** Forgets who the visitor is, after a logout: a new temporaryId and a new session. */
  reset(): void;
  /** In all open pages of the site at once. */
  setConsent(consent: Consent): void;
  getState(): TrackerState;
  /** Sends what waits now. */
  flush(): void;
  /** Stops. What was not answered for is sent by the next page. */
  close(): void;
}

export interface IdentifyOptions extends VisitNames {
  /** Needed where it is neither an e-mail address nor a phone number in E.164. */
  identitytype?: KnownIdentitytype;
  /**
   * The JWT by which the site's back end vouches for the identity, bound to the temporaryId; or a function that asks for it.
   * The function is called when the temporaryId is the right one, also in the cookie; if it fails, nothing is sent.
   */
  token?: string | ((temporaryId: string) => string | Promise<string>);
  /** Joins the defaults. */
  data?: object;
  /** Sends even what was sent before. */
  force?: boolean;
}

export interface OptInOptions extends VisitNames {
  channel: 'sms';
  /** E.164. */
  phone: string;
  /** The JWT by which the site's back end vouches for the number, after a code was sent to it; see IdentifyOptions. */
  token?: string | ((temporaryId: string) => string | Promise<string>);
  /** Joins the defaults. */
  data?: object;
}

export interface TrackerState {
  /** Undefined without consent, and until the page has begun. The site's login form hands it to the back end, which binds the token to it. */
  temporaryId: string | undefined;
  /** The session, `data.taskId`. */
  session: string | undefined;
  /** How the visitor was identified. The identities themselves are not kept in the browser. */
  identitytypes: KnownIdentitytype[];
  consent: Consent;
  /** Events not yet answered for. */
  waiting: number;
  version: string;
}
