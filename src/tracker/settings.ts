// What options and addresses say about visits on few sites: rules, parameters that stay, where the page was advertised.
import type { JsonObject } from '../protocol/index.ts';
import type { TrackerOptions, VisitNames } from './options.ts';

/** The first rule that matches the current page. */
export function ruleOf({ rules }: TrackerOptions): VisitNames | undefined {
  return rules?.find(({ match }) => {
    const escaped = match.replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*');
    return new RegExp(`^${escaped}$`).test(location.pathname);
  });
}

/** An address without what it may give away: of query and fragment stay named parameters and a route (`#/path`). */
export function cleanUrl(address: string, parameters: readonly string[] = []): string {
  try {
    const url = new URL(address);
    url.username = url.password = '';
    // Also as the text of an attribute, where a part of a name is not that name.
    const kept = `${parameters}`.split(/[\s,]+/).filter(Boolean);
    for (const name of [...url.searchParams.keys()]) if (!kept.includes(name)) url.searchParams.delete(name);
    url.hash = /^#!?\/[^?]*/.exec(url.hash)?.[0] ?? '';
    return url.href;
  } catch {
    return '';
  }
}

/** Parameters by which campaigns and the networks that place advertisements are known. */
export function campaignData(): JsonObject {
  const campaign = [...new URLSearchParams(location.search)].filter(([name]) =>
    /^(utm_\w+|\w{1,2}clk?id|[gw]braid)$/.test(name),
  );
  return campaign[0] ? { campaign: Object.fromEntries(campaign) } : {};
}
