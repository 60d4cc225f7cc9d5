// What the relay may add to a page's events, each only by option: a coarse class of browser, whether it looks like a
// bot, and a truncated address. Nothing that tells one visitor from another.
import { isbot } from 'isbot';
import type { WireEvent } from '../protocol/index.ts';
import { truncateAddress } from './client-address.ts';

export interface FactsOptions {
  /** Adds `clientbrowser`: `chromium desktop`, `safari mobile`, … Default false. */
  browser?: boolean;
  /** `mark` adds `clientbot: true` to the events of bots, `refuse` refuses them. Default `off`. */
  bots?: 'off' | 'mark' | 'refuse';
  /** `truncated` adds `clientaddress`, IPv4 without its last byte or the first 48 bits of IPv6. Default `none`. */
  address?: 'none' | 'truncated';
}

export interface Facts {
  clientbrowser?: string;
  clientbot?: true;
  clientaddress?: string;
}

export const browserClasses = ['chromium', 'firefox', 'safari', 'other'] as const;

export type BrowserClass = (typeof browserClasses)[number];

const factNames = ['clientbrowser', 'clientbot', 'clientaddress'] as const;

/** Undefined where there is nothing to add. */
export function factsOf(userAgent: string, address: string, options: FactsOptions): Facts | undefined {
  const facts: Facts = {};
  if (options.browser) {
    facts.clientbrowser = `${browserClass(userAgent)} ${/mobi|android|iphone|ipad/i.test(userAgent) ? 'mobile' : 'desktop'}`;
  }
  if (options.bots === 'mark' && looksLikeBot(userAgent)) facts.clientbot = true;
  const truncated = options.address === 'truncated' ? truncateAddress(address) : undefined;
  if (truncated !== undefined) facts.clientaddress = truncated;
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** The engine: all that one needs to see which browsers lose events. */
export function browserClass(userAgent: string): BrowserClass {
  if (/firefox\/|fxios\//i.test(userAgent)) return 'firefox';
  if (/chrom(e|ium)\/|crios\/|edg\//i.test(userAgent)) return 'chromium';
  return /safari\//i.test(userAgent) ? 'safari' : 'other';
}

export function looksLikeBot(userAgent: string): boolean {
  return userAgent === '' || isbot(userAgent.slice(0, 1000));
}

/** Puts the facts on an event in place of what the page may have written there. True where that changed it. */
export function stamp(event: WireEvent, facts: Facts | undefined): boolean {
  const holder = event as unknown as Record<string, unknown>;
  let changed = facts !== undefined;
  for (const name of factNames) {
    if (!Object.hasOwn(holder, name)) continue;
    delete holder[name];
    changed = true;
  }
  if (facts) Object.assign(holder, facts);
  return changed;
}
