// The look of the widget, as constructed style sheets: a strict Content-Security-Policy needs no exception.
import { type CSSResultArray, unsafeCSS } from 'lit';
import { customerStyle } from './customer-style.ts';
import { entryStyle } from './entry-style.ts';
import { restStyle } from './on-demand.ts';
import { stateStyle } from './state-style.ts';
import { theme } from './theme.ts';

export const styles: CSSResultArray = [
  unsafeCSS(theme + customerStyle + entryStyle + stateStyle),
  ...(restStyle ? [restStyle] : []),
];
