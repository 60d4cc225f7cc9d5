// The colours and type of the widget. Each is a custom property that a page may set (`--waymark-text`, `--waymark-accent`, …);
// light and dark follow the reader's system.
import { type CSSResult, css } from 'lit';

export const theme: CSSResult = css`
  :host {
    --_text: var(--waymark-text, #17202b);
    --_muted: var(--waymark-muted, #5a6675);
    --_surface: var(--waymark-surface, #ffffff);
    --_line: var(--waymark-line, #dde3ea);
    --_hover: var(--waymark-hover, #f3f6f9);
    --_accent: var(--waymark-accent, #0b5fad);
    --_fresh: var(--waymark-fresh, #e6f0fb);
    --_anonymous: var(--waymark-anonymous, #fbe7a1);
    --_on-anonymous: var(--waymark-on-anonymous, #664a00);
    --_identified: var(--waymark-identified, #c8ecd3);
    --_on-identified: var(--waymark-on-identified, #0c5a2c);
    --_contact: var(--waymark-contact, #d3e5fb);
    --_on-contact: var(--waymark-on-contact, #0b4a8a);
    --_danger: var(--waymark-danger, #a4161a);
    --_danger-surface: var(--waymark-danger-surface, #fdeceb);
    color-scheme: light dark;
    display: block;
    color: var(--_text);
    background: var(--_surface);
    font: 0.875rem/1.45 var(--waymark-font, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif);
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --_text: var(--waymark-text, #e7ecf2);
      --_muted: var(--waymark-muted, #9fadbc);
      --_surface: var(--waymark-surface, #161c24);
      --_line: var(--waymark-line, #2d3743);
      --_hover: var(--waymark-hover, #1f2731);
      --_accent: var(--waymark-accent, #7cb8f5);
      --_fresh: var(--waymark-fresh, #1c3048);
      --_anonymous: var(--waymark-anonymous, #4f3f0d);
      --_on-anonymous: var(--waymark-on-anonymous, #fbdc74);
      --_identified: var(--waymark-identified, #123f25);
      --_on-identified: var(--waymark-on-identified, #86e0a6);
      --_contact: var(--waymark-contact, #123a63);
      --_on-contact: var(--waymark-on-contact, #a5d0fb);
      --_danger: var(--waymark-danger, #ff9d97);
      --_danger-surface: var(--waymark-danger-surface, #3b1a1a);
    }
  }
  :host([hidden]) {
    display: none;
  }
`;
