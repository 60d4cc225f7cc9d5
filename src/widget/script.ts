// The script-tag entry: dist/widget.js registers the element and leaves nothing else in the page. Languages other than
// English lie beside it and are loaded from there when a browser wants them.
import { defineWidget } from './define.ts';
import { addLanguage } from './language.ts';

const script = document.currentScript;
const src = script instanceof HTMLScriptElement ? script.src : '';

for (const locale of ['fr', 'es', 'ar']) {
  if (src) addLanguage(locale, () => import(new URL(`widget-${locale}.js`, src).href));
}

defineWidget();
