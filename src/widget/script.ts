// The script-tag entry: dist/widget.js registers the element and leaves nothing else in the page. Languages other than
// English and what is rarely needed lie beside it and are loaded from there at their first use.
import { defineWidget } from './define.ts';
import { addLanguage } from './language.ts';
import { setMoreSource } from './on-demand.ts';

const script = document.currentScript;
const src = script instanceof HTMLScriptElement ? script.src : '';

if (src) {
  const part = (name: string) => import(new URL(`widget-${name}.js`, src).href);
  for (const locale of ['fr', 'es', 'ar']) addLanguage(locale, () => part(locale));
  setMoreSource(() => part('more'));
}

defineWidget();
