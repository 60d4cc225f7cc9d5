// The look of the widget. Every colour is a custom property that a page may set; light and dark follow the reader's system.
// Constructed style sheets only, so a strict Content-Security-Policy needs no exception.
import { type CSSResult, css } from 'lit';

const theme: CSSResult = css`
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

const customer: CSSResult = css`
  header {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.75rem;
    align-items: center;
    padding: 1rem;
    border-bottom: 1px solid var(--_line);
  }
  h2 {
    margin: 0;
    font-size: 1.125rem;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .state {
    margin: 0;
    color: var(--_muted);
  }
  .live {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    align-self: start;
    margin: 0;
    padding: 0.15rem 0.6rem;
    border: 1px solid var(--_line);
    border-radius: 1rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .live .dot {
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: currentColor;
  }
  .live.live {
    color: var(--_on-identified);
    border-color: currentColor;
  }
  .live.refused {
    color: var(--_danger);
  }
  .aliases {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem 1.25rem;
    margin: 0;
  }
  .aliases div {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.35rem;
    min-width: 0;
  }
  dt {
    color: var(--_muted);
    font-size: 0.75rem;
  }
  dd {
    margin: 0;
    padding: 0.05rem 0.5rem;
    border: 1px solid var(--_line);
    border-radius: 0.3rem;
    max-width: 18rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  dd.rest {
    border-color: transparent;
    color: var(--_muted);
  }
`;

const timeline: CSSResult = css`
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .day {
    margin: 0;
    padding: 0.9rem 1rem 0.3rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .entry {
    border-bottom: 1px solid var(--_line);
  }
  .event,
  .summary {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.75rem;
    align-items: start;
    box-sizing: border-box;
    width: 100%;
    padding: 0.6rem 1rem;
  }
  .summary {
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
    align-items: center;
  }
  .summary:hover {
    background: var(--_hover);
  }
  .events {
    margin-inline-start: 1.95rem;
    padding-bottom: 0.4rem;
    border-inline-start: 2px solid var(--_line);
  }
  .events .badge {
    width: 1.6rem;
    height: 1.6rem;
  }
  .badge {
    display: grid;
    place-items: center;
    width: 2rem;
    height: 2rem;
    border-radius: 50%;
  }
  .badge.anonymous {
    background: var(--_anonymous);
    color: var(--_on-anonymous);
  }
  .badge.identified {
    background: var(--_identified);
    color: var(--_on-identified);
  }
  .badge.contact {
    background: var(--_contact);
    color: var(--_on-contact);
  }
  .icon {
    width: 62%;
    height: 62%;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .text {
    display: grid;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .title {
    font-weight: 600;
  }
  .type {
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 400;
    margin-inline-start: 0.25rem;
  }
  .second,
  time {
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  time {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .page {
    justify-self: start;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--_accent);
    font-size: 0.8125rem;
  }
  .chevron {
    width: 1.75rem;
    height: 1.75rem;
    display: grid;
    place-items: center;
    color: var(--_muted);
    transition: rotate 0.15s;
  }
  .summary[aria-expanded='true'] .chevron {
    rotate: 90deg;
  }
  .sentiment {
    justify-self: start;
    color: var(--_muted);
    font-size: 0.75rem;
  }
  .sentiment.positive {
    color: var(--_on-identified);
  }
  .sentiment.negative {
    color: var(--_danger);
  }
  .fresh {
    animation: arrive 4s ease-out;
  }
  @keyframes arrive {
    from,
    40% {
      background: var(--_fresh);
    }
  }
`;

const states: CSSResult = css`
  .note {
    margin: 0;
    padding: 2.5rem 1.5rem;
    color: var(--_muted);
    text-align: center;
  }
  .problem {
    margin: 1rem;
    padding: 0.75rem 1rem;
    border-inline-start: 3px solid var(--_danger);
    background: var(--_danger-surface);
  }
  .problem p {
    margin: 0 0 0.5rem;
  }
  .problem strong {
    color: var(--_danger);
  }
  .problem button,
  .more {
    padding: 0.35rem 0.9rem;
    border: 1px solid var(--_line);
    border-radius: 0.4rem;
    background: var(--_surface);
    color: var(--_accent);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  .more {
    display: block;
    margin: 1rem auto;
  }
  button:focus-visible,
  a:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .loading {
    display: grid;
    gap: 0.75rem;
    padding: 1rem;
  }
  .bone {
    height: 2.25rem;
    border-radius: 0.4rem;
    background: var(--_hover);
    animation: breathe 1.2s ease-in-out infinite alternate;
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }
  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before {
      animation: none !important;
      transition: none !important;
    }
    .fresh {
      outline: 2px solid var(--_on-identified);
      outline-offset: -2px;
    }
  }
  @media (forced-colors: active) {
    .badge,
    .fresh {
      border: 1px solid;
    }
  }
`;

export const styles: CSSResult[] = [theme, customer, timeline, states];
