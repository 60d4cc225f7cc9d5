// How a visit to the current page is told: by `data-waymark-…` on its body or meta tags, by the site's rules, else by the
// defaults that the agent's desk knows (jds-contract 1.7). Reads the page, never the form fields in it.
import type { JsonObject } from '../protocol/index.ts';
import { attempt } from './attempt.ts';
import type { TrackerOptions, VisitNames } from './options.ts';

const names: readonly (keyof VisitNames)[] = ['type', 'source', 'origin', 'channelType', 'notes', 'uiData'];

/** Names in order of preference. */
export type Layers = readonly ({ [Name in keyof VisitNames]?: VisitNames[Name] | undefined } | undefined)[];

/** Of each name the first that is given. */
export function mergeNames(layers: Layers): VisitNames {
  return Object.fromEntries(names.map((name) => [name, layers.find((layer) => layer?.[name])?.[name]]));
}

/** What a visit is called where nobody says otherwise. */
export function defaultNames(fresh: boolean, identified: boolean): VisitNames {
  return {
    type: 'webvisit',
    source: `${location.hostname}:website`,
    origin: 'Website',
    channelType: identified ? 'IdentifiedWeb' : fresh ? 'NewVisit' : 'RandomWeb',
    notes: 'Website Visit',
  };
}

/** What the site says that a visit to the current page is called: in the page itself, else by the first rule that matches. */
export function pageNames(
  { rules, source }: Pick<TrackerOptions, 'rules' | 'source'>,
  wanted: readonly (keyof VisitNames)[] = names,
): Layers {
  const rule = rules?.find(({ match }) => {
    const escaped = match.replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*');
    return new RegExp(`^${escaped}$`).test(location.pathname);
  });
  return [Object.fromEntries(wanted.map((name) => [name, said(name)])), rule, { source }];
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
  return (
    attempt(() => {
      const url = new URL(address);
      for (const name of [...url.searchParams.keys()]) if (!parameters.includes(name)) url.searchParams.delete(name);
      url.hash = /^#!?\/[^?]*/.exec(url.hash)?.[0] ?? '';
      return url.href;
    }) ?? ''
  );
}

/** The page that something happens on. */
export function pageData(parameters: readonly string[] | undefined): JsonObject {
  return { url: cleanUrl(location.href, parameters), title: document.title };
}

/** What is told of a visit beyond the page: what kind of device, without measuring which, and where it was advertised. */
export function visitData(): JsonObject {
  const campaign = [...new URLSearchParams(location.search)].filter(([name]) =>
    /^(utm_\w+|\w{1,2}clk?id|[gw]braid)$/.test(name),
  );
  return {
    title: document.title,
    language: navigator.language,
    viewport: innerWidth < 600 ? 'small' : innerWidth < 1200 ? 'medium' : 'large',
    ...(campaign[0] && { campaign: Object.fromEntries(campaign) }),
  };
}
