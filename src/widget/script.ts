// The script-tag entry: dist/widget.js registers the element and leaves nothing else in the page. Languages other than
// English and what is rarely needed lie beside it and are loaded from there at their first use.
import { defineWidget } from './define.ts';
import { addLanguage } from './language.ts';
import { setMoreSource } from './on-demand.ts';

const script = document.currentScript;
const src = script instanceof HTMLScriptElement ? script.src : '';

if (src) {
  // Firefox remembers as long as the page lives that a module could not be loaded; the next try has another address.
  const part =
    (name: string, tries = 0) =>
    () =>
      import(new URL(`widget-${name}.js?${tries}`, src).href).catch((error) => {
        tries++;
        throw error;
      });
  for (const locale of ['fr', 'es', 'ar']) addLanguage(locale, part(locale));
  setMoreSource(part('more'));
}

defineWidget();
