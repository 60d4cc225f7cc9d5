// The colours and type of the widget. Each is a custom property that a page may set (`--waymark-text`, `--waymark-accent`, …);
// light and dark follow the reader's system, or the element's attribute `theme`.
import { colourRules } from './colours.ts';
import { css } from './css.ts';

const light = {
  text: '#17202b',
  muted: '#566271',
  surface: '#ffffff',
  line: '#e1e6ec',
  hover: '#f4f6f9',
  accent: '#0b5fad',
  fresh: '#e6f0fb',
  anonymous: '#fbe7a1',
  'on-anonymous': '#664a00',
  identified: '#c8ecd3',
  'on-identified': '#0c5a2c',
  contact: '#d3e5fb',
  'on-contact': '#0b4a8a',
  danger: '#a4161a',
  'danger-surface': '#fdeceb',
};

const dark: typeof light = {
  text: '#e7ecf2',
  muted: '#a3b0bf',
  surface: '#161c24',
  line: '#2b3541',
  hover: '#1e2630',
  accent: '#7cb8f5',
  fresh: '#1c3048',
  anonymous: '#4f3f0d',
  'on-anonymous': '#fbdc74',
  identified: '#123f25',
  'on-identified': '#86e0a6',
  contact: '#123a63',
  'on-contact': '#a5d0fb',
  danger: '#ff9d97',
  'danger-surface': '#3b1a1a',
};

/** `lightness`: of the ground and of the glyph of the icon map's colours; the same for all, so all have the same contrast. */
function tokens(colours: typeof light, [ground, glyph]: readonly [number, number]): string {
  const rules = Object.entries(colours).map(([name, value]) => `--_${name}:var(--waymark-${name},${value});`);
  return `${rules.join('')}--_ground:${ground}%;--_glyph:${glyph}%;`;
}

const lightTokens = tokens(light, [92, 40]);
const darkTokens = tokens(dark, [33, 87]);

export const theme: string = css`
  :host {
    ${lightTokens}
    color-scheme: light dark;
    display: block;
    color: var(--_text);
    background: var(--_surface);
    font: 0.8125rem/1.4 var(--waymark-font, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif);
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme='light'])) {
      ${darkTokens}
    }
  }
  :host([theme='dark']) {
    ${darkTokens}
    color-scheme: dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([hidden]) {
    display: none;
  }
  ${colourRules}
`;
