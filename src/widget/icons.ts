// The widget's own icons, drawn for it: 20 by 20, one stroke, in the colour of the text around them.
// Decorative: what they say stands beside them as text.
import { html, type TemplateResult } from 'lit';

export type IconName =
  | 'page'
  | 'rates'
  | 'login'
  | 'message'
  | 'phone'
  | 'inbound'
  | 'outbound'
  | 'email'
  | 'form'
  | 'payment'
  | 'warning'
  | 'check'
  | 'activity'
  | 'meeting'
  | 'person'
  | 'link'
  | 'pencil'
  | 'rows'
  | 'close'
  | 'chevron';

const drawings: Record<IconName, string> = {
  page: 'M10 3a7 7 0 1 0 .01 0zM3 10h14M10 3c2.6 2.2 2.6 11.8 0 14M10 3c-2.6 2.2-2.6 11.8 0 14',
  rates: 'M15 5 5 15M6.4 4.2a2.2 2.2 0 1 0 .01 0zM13.6 11.4a2.2 2.2 0 1 0 .01 0z',
  login: 'M10 3.8a3 3 0 1 0 .01 0zM4 17c.4-3.6 2.8-5.2 6-5.2 1 0 2 .2 2.8 .5M12.5 15.5l1.8 1.8 3.2-3.6',
  message: 'M3 5.2h14v8.6H9l-3.6 3v-3H3zM6.5 9.5h.1M10 9.5h.1M13.5 9.5h.1',
  phone: 'M6.6 3 4 4.3c-.6 5.6 6.1 12.3 11.7 11.7L17 13.4l-3.5-2-1.7 1.3c-1.7-.7-3.8-2.8-4.5-4.5l1.3-1.7z',
  inbound:
    'M6 5 3.6 6.2c-.5 5 5.2 10.7 10.2 10.2L15 14l-3-1.8-1.5 1.1c-1.5-.6-3.2-2.3-3.8-3.8l1.1-1.5zM16.5 3.5 11.5 8.5M11.5 5v3.5H15',
  outbound:
    'M6 5 3.6 6.2c-.5 5 5.2 10.7 10.2 10.2L15 14l-3-1.8-1.5 1.1c-1.5-.6-3.2-2.3-3.8-3.8l1.1-1.5zM11.5 8.5l5-5M13 3.5h3.5V7',
  email: 'M3 5h14v10H3zM3 6l7 5 7-5',
  form: 'M5 3h10v14H5zM7.5 7h5M7.5 10h5M7.5 13h3',
  payment: 'M3 5.5h14v9.5H3zM3 8.6h14M6 12.2h3',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.2v4M10 14.4v.1',
  check: 'M10 3a7 7 0 1 0 .01 0zM6.8 10.2l2.3 2.3 4.2-4.6',
  activity: 'M3 10h3l2-5 4 10 2-5h3',
  meeting: 'M4 5h12v11H4zM4 8.5h12M7.5 3v3.4M12.5 3v3.4',
  person: 'M10 3.8a3.2 3.2 0 1 0 .01 0zM3.8 17c.4-3.7 3-5.2 6.2-5.2s5.8 1.5 6.2 5.2',
  link: 'm8.5 11.5 3-3M9 6.5l2-2a3.2 3.2 0 0 1 4.5 4.5l-2 2M11 13.5l-2 2A3.2 3.2 0 0 1 4.5 11l2-2',
  pencil: 'm4 16 .8-3.4L13.5 4 16 6.5 7.3 15.2z',
  rows: 'M4 6h12M4 10h12M4 14h12',
  close: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  chevron: 'm7 5 5 5-5 5',
};

export function isIconName(name: string): name is IconName {
  return Object.hasOwn(drawings, name);
}

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${drawings[name]} /></svg>`;
}
