// Which events are forwarded. JDS takes a few events a second: of most sites only a part may go.
import { createHash } from 'node:crypto';
import { type CloudEvent, previousIdentityOf } from '../../protocol/index.ts';
import { isLinking } from './jds-event.ts';

export interface RulesConfig {
  /** `known`: a journey is held until its visitor is known, then all of it goes. `all`: everything goes. Default `known`. */
  send?: 'known' | 'all';
  /** How far back a journey goes when its visitor becomes known; what is older never goes. At most 30, the default. */
  holdDays?: number;
  /** Types that go; `*` is a wildcard. Default: all but those of the contact centre, which JDS has from itself. */
  allow?: string[];
  /** Types that do not go, whatever `allow` says. */
  deny?: string[];
  /** Share of the visitors whose journeys go, above 0 to 1. Default 1. */
  sample?: number;
  /** Events of these types within one session go as one, with the list of pages. Default: none. */
  coalesce?: { types: string[]; minutes?: number };
}

export interface Rules {
  send: 'known' | 'all';
  holdMs: number;
  wants(event: CloudEvent): boolean;
  /** Goes, and with others of its session as one. */
  coalesces(event: CloudEvent): boolean;
  /** How long visits of a session are gathered, from the first of them. */
  gatherMs: number;
}

/** Keys of what was sent are remembered for 30 days: further back, a journey might go twice. */
export const maxHoldDays = 30;

export function createRules(config: RulesConfig = {}): Rules {
  const { send = 'known', holdDays = maxHoldDays, allow, deny = [], sample = 1, coalesce } = config;
  const [allowed, denied, gathered] = [allow ?? ['*'], deny, coalesce?.types ?? []].map(matcher);
  const wants = (event: CloudEvent): boolean => {
    if (!allowed?.(event.type) || denied?.(event.type)) return false;
    if (allow === undefined && isOfContactCentre(event)) return false;
    return sample >= 1 || share(visitorOf(event)) < sample;
  };
  return {
    send,
    holdMs: Math.min(holdDays, maxHoldDays) * 86_400_000,
    wants,
    coalesces: (event) => gathered?.(event.type) === true && !isLinking(event) && wants(event),
    gatherMs: (coalesce?.minutes ?? 30) * 60_000,
  };
}

/** True for a type that fits any of the patterns, in which `*` stands for anything. */
export function matcher(patterns: readonly string[]): (type: string) => boolean {
  const tests = patterns.map(
    (pattern) =>
      new RegExp(`^${pattern.replaceAll(/[.+?^$()|[\]{}\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 's'),
  );
  return (type) => tests.some((test) => test.test(type));
}

/** What JDS writes itself (jds-contract 1.6): sent back it would be there twice. */
function isOfContactCentre({ type, source }: CloudEvent): boolean {
  return /^(task|agent|empath):/.test(type) || source.includes('wxcc');
}

/** The browser, so that the login goes where the visits before it went. */
function visitorOf(event: CloudEvent): string {
  return previousIdentityOf(event) ?? event.identity;
}

/** From 0 to 1, the same for the same visitor always. */
function share(visitor: string): number {
  return createHash('sha256').update(visitor).digest().readUInt32BE(0) / 2 ** 32;
}
