// What few pages use is not in the first script: these parts are loaded when an option asks for them. How depends on who
// loads: a bundler finds them by import (index.ts), a script tag beside its own address (script.ts).
import type { JsonObject } from '../protocol/index.ts';
import type { Lane, LoadRescue } from '../transport/core.ts';
import type { Listen } from './listen.ts';
import type { TrackerOptions, VisitNames } from './options.ts';

export interface Parts {
  /** What options and addresses ask for before the first visit is told (more.ts). */
  more(): Promise<More>;
  /** Explanations in the console (debug.ts). */
  debug(): Promise<{ explain: Explain }>;
  /** What the transport needs for events that are not answered at once (transport/rescue.ts). */
  rescue: LoadRescue;
}

export interface More {
  /** Measurements, clicks, routes in older browsers. */
  startMore(host: Host): void;
  /** What the site's rules call the current page. */
  ruleOf(options: TrackerOptions): VisitNames | undefined;
  /** As cleanUrl in page.ts, but named parameters stay. */
  cleanUrl(address: string, parameters: readonly string[] | undefined): string;
  /** Where the page was advertised, as a member of a visit's data. */
  campaignData(): JsonObject;
}

/** One decision, and what it was about. */
export type Explain = (decision: string, about?: unknown) => void;

/** What a part sees of the tracker. */
export interface Host {
  options: TrackerOptions;
  listen: Listen;
  /** The page may be going: the last moment to tell anything. */
  onHide(work: () => void): void;
  tell(type: string, data: JsonObject, lane?: Lane): void;
  /** Handed over, like all the rest, so that a part needs nothing from the first script. */
  cleanUrl(address: string): string;
  /** Tells the current page, once it has settled, if it has not been told. */
  look(how?: string): void;
  /** Calls `work` with the address of each page whose visit is told from now on. */
  onVisit(work: (url: string) => void): void;
}

/** Says nothing unless asked to; what was decided before the part has come is explained then. */
export function createExplain(wanted: boolean | undefined, { debug }: Parts): Explain {
  const loading = wanted ? debug() : undefined;
  return (...decision) => {
    loading?.then(({ explain }) => explain(...decision)).catch(() => {});
  };
}
