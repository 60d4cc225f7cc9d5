// The widget's own icons, drawn for it: 20 by 20, one stroke, in the colour of the text around them.
// Decorative: what they say stands beside them as text.
import { html, svg, type TemplateResult } from 'lit';

export type IconName =
  | 'page'
  | 'rates'
  | 'login'
  | 'message'
  | 'phone'
  | 'email'
  | 'form'
  | 'activity'
  | 'person'
  | 'chevron';

const drawings: Record<IconName, TemplateResult<2>> = {
  page: svg`<circle cx="10" cy="10" r="7"/><path d="M3 10h14M10 3c2.6 2.2 2.6 11.8 0 14M10 3c-2.6 2.2-2.6 11.8 0 14"/>`,
  rates: svg`<path d="M15 5 5 15"/><circle cx="6.4" cy="6.4" r="2.2"/><circle cx="13.6" cy="13.6" r="2.2"/>`,
  login: svg`<circle cx="10" cy="6.8" r="3"/><path d="M4 17c.4-3.6 2.8-5.2 6-5.2 1 0 2 .2 2.8 .5M12.5 15.5l1.8 1.8 3.2-3.6"/>`,
  message: svg`<path d="M3 5.2h14v8.6H9l-3.6 3v-3H3z"/><path d="M6.5 9.5h.1M10 9.5h.1M13.5 9.5h.1"/>`,
  phone: svg`<path d="M6.6 3 4 4.3c-.6 5.6 6.1 12.3 11.7 11.7L17 13.4l-3.5-2-1.7 1.3c-1.7-.7-3.8-2.8-4.5-4.5l1.3-1.7z"/>`,
  email: svg`<path d="M3 5h14v10H3z"/><path d="m3 6 7 5 7-5"/>`,
  form: svg`<path d="M5 3h10v14H5z"/><path d="M7.5 7h5M7.5 10h5M7.5 13h3"/>`,
  activity: svg`<path d="M3 10h3l2-5 4 10 2-5h3"/>`,
  person: svg`<circle cx="10" cy="7" r="3.2"/><path d="M3.8 17c.4-3.7 3-5.2 6.2-5.2s5.8 1.5 6.2 5.2"/>`,
  chevron: svg`<path d="m7 5 5 5-5 5"/>`,
};

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${drawings[name]}</svg>`;
}
