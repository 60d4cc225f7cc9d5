// The look of the widget's head: see customer-view.ts.
import { type CSSResult, css } from 'lit';

export const customerStyle: CSSResult = css`
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
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .state {
    min-height: 1.45em;
    margin: 0;
    color: var(--_muted);
  }
  .feed {
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
  .feed .dot {
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: currentColor;
  }
  .feed.live {
    color: var(--_on-identified);
    border-color: currentColor;
  }
  .feed.waiting {
    color: var(--_on-anonymous);
  }
  .feed.refused {
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
