// How a visit to a page is told: by the site's rules, by `data-waymark-…` on the body, else by the defaults that the
// agent's desk knows (jds-contract 1.7). Reads the page, never the form fields in it.
import type { JsonObject } from '../protocol/index.ts';
import type { VisitNames, VisitRule } from './options.ts';

/** What a visit is called where nobody says otherwise. */
export function namesFor(fresh: boolean, identified: boolean): Required<VisitNames> {
  return {
    type: 'webvisit',
    source: `${location.hostname}:website`,
    origin: 'Website',
    channelType: identified ? 'IdentifiedWeb' : fresh ? 'NewVisit' : 'RandomWeb',
    notes: 'Website Visit',
  };
}

export const loginNames: VisitNames = {
  type: 'webvisitLogin',
  origin: 'Website Login',
  channelType: 'LoginUser',
  notes: 'Website Login',
};

/** What the site says that a visit to the current page is called: on its body, else by the first rule that matches. */
export function pageNames({ rules = [] }: { rules?: readonly VisitRule[] }): VisitNames {
  return { ...present(rules.find((rule) => matches(rule.match, location.pathname))), ...bodyNames() };
}

/** The page itself, without what the address may give away about the visitor. */
export function pageData(): JsonObject {
  return { url: cleanUrl(location.href), title: document.title, referrer: cleanUrl(document.referrer) };
}

/** Without query and fragment: they hold what nobody meant to publish. */
function cleanUrl(address: string): string {
  return address.replace(/[?#].*$/, '');
}

function bodyNames(): VisitNames {
  const { waymarkType, waymarkSource, waymarkOrigin, waymarkChannelType, waymarkNotes } = document.body?.dataset ?? {};
  return present({
    type: waymarkType,
    source: waymarkSource,
    origin: waymarkOrigin,
    channelType: waymarkChannelType,
    notes: waymarkNotes,
  });
}

/** The names that are given, and no others. */
export function present(names: { [Name in keyof VisitNames]?: string | undefined } = {}): VisitNames {
  const { type, source, origin, channelType, notes } = names;
  const entries = Object.entries({ type, source, origin, channelType, notes });
  return Object.fromEntries(entries.filter(([, value]) => value));
}

function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`).test(path);
}
