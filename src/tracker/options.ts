// What the site's developer hands to createTracker.
import type { Consent, EventResult, JsonObject } from '../protocol/index.ts';
import type { TransportError, TransportOptions } from '../transport/index.ts';

export interface TrackerOptions {
  /** The site's public key, `pk_…`. */
  key: string;
  /** Where the relay takes events, for example `https://events.example.com/collect`. */
  endpoint: string;
  /** The source of visits to which no rule gives another one. Default `<host>:website`. */
  source?: string;
  /** What visits to some pages are called. The first that matches counts. */
  rules?: readonly VisitRule[];
  /** `manual` where the site calls `visit()` itself. Default `auto`: on load, and on each change of route. */
  visits?: 'auto' | 'manual';
  /** Query parameters that stay in addresses because they say which page it is. All others are cut off. Default none. */
  parameters?: readonly string[];
  /** Default `granted`, or `denied` where the browser sends Global Privacy Control and the site does not say otherwise. */
  consent?: Consent;
  /** The temporaryId lives as long as the page, and is stored nowhere. Default false. */
  cookieless?: boolean;
  /** The cookie's domain, for a temporaryId that is shared by subdomains. Default: this host alone. */
  domain?: string;
  /** `session` on devices that people share: a new temporaryId with each session. Default `never`. */
  rotate?: 'session' | 'never';
  /** `track` counts browsers that a program drives, too. Default `skip`, except on localhost. */
  automation?: 'skip' | 'track';
  /** Tells, hidden from agents, how long each page was looked at and how far it was scrolled. Default false. */
  measure?: boolean;
  /** Tells clicks and submitted forms whose element has `data-waymark-event="name"`. Field values are never read. Default false. */
  clicks?: boolean;
  /** Tells clicks on links to other hosts, as `outbound`. Default false. */
  outbound?: boolean;
  /** Tells clicks on links to files, as `download`. Default false. */
  downloads?: boolean;
  /** Explains every decision in the console. Default false. */
  debug?: boolean;
  /** Sees each event before it is kept; may change it, or return null to leave it out. */
  beforeSend?: (event: TrackedEvent) => TrackedEvent | null;
  /** Told once about each kind of wrong call, and about each event that was given up. */
  onError?: (error: TransportError) => void;
  /** Told about each event that the relay has. */
  onDelivered?: (result: EventResult) => void;
  /** Timing and limits of the delivery. */
  transport?: Omit<TransportOptions, 'key' | 'endpoint' | 'consent' | 'inMemory' | 'onError' | 'onDelivered'>;
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
  /** How the agent's desk shows it. Default: as it shows the type. */
  uiData?: UiData;
}

export type UiData = {
  title?: string;
  subTitle?: string;
  iconType?: string;
  filterTags?: string[];
  division?: string;
  /** Kept, but not shown to agents. */
  hidden?: string;
};

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
