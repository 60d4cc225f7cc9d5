// How a visit to the current page is told: by `data-waymark-…` on its body or meta tags, by the site's rules, else by the
// defaults that the agent's desk knows (jds-contract 1.7). Reads the page, never the form fields in it.
import type { JsonObject } from '../protocol/index.ts';
import { attempt } from './attempt.ts';
import type { TrackerOptions, VisitNames } from './options.ts';

const names = ['type', 'source', 'origin', 'channelType', 'notes', 'uiData'] as const;

/**
 * What the site says that something is called: in the call, in the page itself, by the first rule that matches. Of what
 * the page and the rules say, only the source applies to what is no visit.
 */
export function namesOf(given: VisitNames, { rules, source }: TrackerOptions, visiting?: boolean): VisitNames {
  const rule = rules?.find(({ match }) => {
    const escaped = match.replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*');
    return new RegExp(`^${escaped}$`).test(location.pathname);
  });
  const found: Record<string, unknown> = source ? { source } : {};
  for (const name of names) {
    const value = given[name] ?? (visiting || name === 'source' ? (said(name) ?? rule?.[name]) : undefined);
    if (value) found[name] = value;
  }
  return found;
}

/** In an attribute of the body or in a meta tag. */
function said(name: string): string | null | undefined {
  const attribute = `waymark-${name.replace('T', '-t')}`;
  return (
    document.body?.getAttribute(`data-${attribute}`) ??
    document.querySelector(`meta[name=${attribute}]`)?.getAttribute('content')
  );
}

/** An address without what it may give away: of query and fragment stay named parameters and a route (`#/path`). */
export function cleanUrl(address: string, parameters: readonly string[] = []): string {
  // Most have none. The first use of URL in a page costs a millisecond.
  if (!/[?#]/.test(address)) return address;
  return (
    attempt(() => {
      const url = new URL(address);
      for (const name of [...url.searchParams.keys()]) if (!parameters.includes(name)) url.searchParams.delete(name);
      url.hash = /^#!?\/[^?]*/.exec(url.hash)?.[0] ?? '';
      return url.href;
    }) ?? ''
  );
}

/** What is told of a visit beyond its address: what kind of device, without measuring which, and where it was advertised. */
export function visitData(): JsonObject {
  const { search } = location;
  const campaign = [...(search ? new URLSearchParams(search) : [])].filter(([name]) =>
    /^(utm_\w+|\w{1,2}clk?id|[gw]braid)$/.test(name),
  );
  return {
    title: document.title,
    language: navigator.language,
    viewport: innerWidth < 600 ? 'small' : innerWidth < 1200 ? 'medium' : 'large',
    ...(campaign[0] && { campaign: Object.fromEntries(campaign) }),
  };
}
