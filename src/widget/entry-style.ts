// The look of the timeline: days, sessions, events and their badges. See entry-view.ts.
import { type CSSResult, css } from 'lit';

export const entryStyle: CSSResult = css`
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
  /* Whatever a page sends, it fills its own three lines and not the agent's screen. */
  .title,
  .second {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
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
