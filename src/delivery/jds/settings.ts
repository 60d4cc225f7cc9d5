// Where events are forwarded to and how: the configuration of one destination, and what holds where it says nothing.
import type { CredentialsConfig } from './credentials.ts';
import type { RulesConfig } from './rules.ts';

export interface JdsDestination {
  /** Names it in commands, logs and metrics: letters, digits and hyphens. */
  name: string;
  /** The workspace here whose events go. */
  workspace: string;
  /** A region such as `us1`, or a base URL. */
  region: string;
  /** The workspace (in Control Hub: project) there. */
  workspaceId: string;
  credentials: CredentialsConfig;
  /** Calls in any 60 seconds. Default 180: JDS allows a client 300, which flows share. */
  perMinute?: number;
  /** Calls at the same time. Default 4. */
  concurrency?: number;
  /** Milliseconds until an answer counts as lost. Default 10,000. */
  timeoutMs?: number;
  rules?: RulesConfig;
  /**
   * Whether an event of a temporaryId goes under the known identity that it is linked with: where the link was proven
   * (`verified`, the default), also where an agent or the API made it (`joined`), or never (`none`).
   */
  identity?: 'verified' | 'joined' | 'none';
  /** Failures of a single event, while others go through, after which it is buried. Default 8. */
  maxTries?: number;
  /** What becomes of an event whose answer was lost. */
  lost?: LostConfig;
}

export interface LostConfig {
  /** When it is looked up, milliseconds after the attempt: reads lag. Default 15,000 and 60,000. */
  lookUpAfterMs?: number[];
  /** Types that are sent again if they cannot be found, beside identity events; `*` is a wildcard. Default: none. */
  again?: string[];
  /** Types that are never sent again, not even as identity events. Default: none. */
  never?: string[];
}

/** Regions by name (jds-contract 0.2). */
export const regions: readonly string[] = ['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'in1', 'sg1'];

export const defaults = {
  perMinute: 180,
  concurrency: 4,
  timeoutMs: 10_000,
  maxTries: 8,
  lookUpAfterMs: [15_000, 60_000],
} as const;

/** Without a slash at the end. */
export function baseUrlOf(region: string): string {
  return regions.includes(region) ? `https://api.wxcc-${region}.cisco.com` : region.replace(/\/+$/, '');
}
