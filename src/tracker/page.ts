// How a visit to the current page is told: by `data-waymark-…` on its body or meta tags, by the site's rules, else by the
// defaults that the agent's desk knows (jds-contract 1.7). Reads the page, never the form fields in it.
import type { JsonObject } from '../protocol/index.ts';
import type { VisitNames } from './options.ts';

const names = ['type', 'source', 'origin', 'channelType', 'notes', 'uiData'] as const;

/**
 * What the site says that something is called: in the call, in the page itself, by its rule for the page. Of what
 * the page and the rule say, only the source applies to what is no visit.
 */
export function namesOf(given: VisitNames, rule: VisitNames | undefined, visiting: boolean): VisitNames {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const value = given[name] || ((visiting || name === 'source') && (said(name) || rule?.[name]));
    if (value) found[name] = value;
  }
  return found;
}

/** In an attribute of the body or in a meta tag. */
function said(name: string): string | null | undefined {
  const attribute = `waymark-${name.replace('T', '-t')}`;
  return (
    document.body?.getAttribute(`data-${attribute}`) ||
    document.querySelector(`meta[name=${attribute}]`)?.getAttribute('content')
  );
}

/** An address without what it may give away: of query and fragment a route stays (`#/path`). */
export function cleanUrl(address: string): string {
  return address.replace(/^(\w+:\/\/)?([^/?#]*@)?([^?#]*)(\?[^#]*)?(#!?\/[^?]*)?.*/s, '$1$3$5');
}

/** What is told of a visit beyond its address: what kind of device, without measuring which. */
export function visitData(): JsonObject {
  return {
    title: document.title,
    language: navigator.language,
    viewport: innerWidth < 600 ? 'small' : innerWidth < 1200 ? 'medium' : 'large',
  };
}
