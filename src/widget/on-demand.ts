// The parts that are loaded behind the first sight (more.ts), and where they come from: the entry says so, since a bundle of npm
// and a script tag find them in different places.
import { html, nothing } from 'lit';
import { icon } from './icons.ts';
import type { Kit } from './more.ts';
import { richText } from './rich-text.ts';

export type More = typeof import('./more.ts');

/** Handed to the parts. */
export const kit: Kit = { html, nothing, icon, richText };

/** Of all elements; filled by the parts. None where a server renders the page. */
export const restStyle: CSSStyleSheet | undefined =
  typeof CSSStyleSheet === 'undefined' ? undefined : new CSSStyleSheet();

let source: (() => Promise<More>) | undefined;
let loading: Promise<More> | undefined;
let loaded: More | undefined;

export function setMoreSource(load: () => Promise<More>): void {
  source = load;
}

/** Undefined until they are there. */
export function loadedMore(): More | undefined {
  return loaded;
}

/** Loads them once; where that fails, as offline, it rejects and the next call tries again. */
export function loadMore(): Promise<More> {
  loading ??= (source ? source() : Promise.reject()).then(
    (more) => {
      loaded = more;
      restStyle?.replaceSync(more.restStyle);
      return more;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
