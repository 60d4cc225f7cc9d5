// The look of the timeline: days, sessions, events and their badges. See entry-view.ts, event-view.ts.
import { css } from './css.ts';

export const entryStyle: string = css`
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .day {
    margin: 0;
    padding: 0.7rem 1rem 0.25rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .entry {
    position: relative;
    border-bottom: 1px solid var(--_line);
  }
  .event,
  .summary {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto auto;
    gap: 0 0.65rem;
    align-items: start;
    box-sizing: border-box;
    width: 100%;
    padding-block: 0.4rem;
    padding-inline: 1rem 0.6rem;
  }
  .summary {
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .event:hover,
  .summary:hover {
    background: var(--_hover);
  }
  .events {
    margin-inline-start: 1.9rem;
    padding-bottom: 0.3rem;
    border-inline-start: 2px solid var(--_line);
  }
  .rows > li {
    content-visibility: auto;
    contain-intrinsic-size: auto 3rem;
  }
  .badge {
    display: grid;
    place-items: center;
    width: 1.85rem;
    height: 1.85rem;
    border-radius: 50%;
    background: oklch(var(--_ground) calc(var(--_c) * 0.45) var(--_h));
    color: oklch(var(--_glyph) var(--_c) var(--_h));
  }
  .filled .badge[class*='c-'] {
    background: oklch(var(--_glyph) var(--_c) var(--_h));
    color: oklch(var(--_ground) calc(var(--_c) * 0.3) var(--_h));
  }
  .events .badge {
    width: 1.55rem;
    height: 1.55rem;
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
  .badge.verified {
    box-shadow: 0 0 0 1.5px var(--_on-identified);
  }
  .badge.recognised {
    outline: 1.5px dashed var(--_on-identified);
  }
  .icon {
    width: 1.15em;
    height: 1.15em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
    flex: none;
  }
  .badge .icon {
    width: 62%;
    height: 62%;
  }
  .text {
    display: grid;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  /* Whatever a page sends, it fills its own lines and not the agent's screen. */
  .title,
  .second > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
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
  .second {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.6rem;
    align-items: baseline;
    color: var(--_muted);
    font-size: 0.75rem;
  }
  .second > span {
    min-width: 0;
    max-width: 100%;
  }
  time {
    padding-top: 0.05rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .second > .page {
    display: block;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  a {
    color: var(--_accent);
  }
  .host {
    color: var(--_muted);
  }
  .strip svg {
    width: 7.5rem;
    height: 0.5rem;
    margin-inline-end: 0.5rem;
    vertical-align: middle;
  }
  .second > .strip {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  [dir='rtl'] .strip svg {
    transform: scaleX(-1);
  }
  rect {
    fill: var(--_on-contact);
  }
  rect.anonymous {
    fill: var(--_on-anonymous);
    opacity: 0.75;
  }
  rect.identified {
    fill: var(--_on-identified);
  }
  .disclose {
    padding: 0.15rem;
    border: 0;
    border-radius: 0.3rem;
    background: none;
    cursor: pointer;
  }
  .chevron,
  .disclose {
    display: grid;
    place-items: center;
    color: var(--_muted);
    font-size: 0.875rem;
  }
  .chevron {
    padding: 0.15rem;
  }
  :is(.chevron, .disclose) .icon {
    transition: rotate 0.15s;
  }
  [dir='rtl'] :is(.chevron, .disclose) .icon {
    rotate: 180deg;
  }
  [aria-expanded='true'] .chevron .icon,
  .disclose[aria-expanded='true'] .icon {
    rotate: 90deg !important;
  }
  .pill {
    justify-self: start;
    align-self: start;
    padding: 0 0.45rem;
    border: 1px solid var(--_line);
    border-radius: 1rem;
    color: var(--_muted);
    font-size: 0.6875rem;
    font-weight: 600;
  }
  .pill.positive,
  .pill.ongoing {
    color: var(--_on-identified);
    border-color: currentColor;
  }
  .pill.negative {
    color: var(--_danger);
    border-color: currentColor;
  }
  .pills {
    display: flex;
    align-items: center;
    gap: 0.3rem;
  }
  .moment {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.5rem;
    margin: 0.15rem 1rem;
    padding: 0.25rem 0.6rem;
    border-radius: 0.4rem;
    background: linear-gradient(var(--_identified), var(--_anonymous));
    color: var(--_text);
    font-size: 0.75rem;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .moment span {
    flex: 1;
    min-width: 8rem;
  }
  .moment small {
    font-weight: 400;
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
