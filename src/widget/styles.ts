// The look of the widget, as constructed style sheets only: a strict Content-Security-Policy needs no exception.
import type { CSSResult } from 'lit';
import { customerStyle } from './customer-style.ts';
import { detailsStyle } from './details-style.ts';
import { entryStyle } from './entry-style.ts';
import { stateStyle } from './state-style.ts';
import { theme } from './theme.ts';

export const styles: CSSResult[] = [theme, customerStyle, entryStyle, detailsStyle, stateStyle];
