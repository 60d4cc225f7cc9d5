// The look of the widget's head, of what is claimed, of the profile and of the toolbar: see customer-view.ts, toolbar-view.ts.
import { css } from './css.ts';

export const customerStyle: string = css`
  header {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.5rem 0.75rem;
    align-items: center;
    padding: 0.75rem 1rem;
    border-bottom: 1px solid var(--_line);
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    line-height: 1.3;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .name,
  .tools {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    min-width: 0;
  }
  .state {
    margin: 0;
    color: var(--_muted);
  }
  header .state {
    min-height: 1.4em;
  }
  .feed {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    margin: 0;
    padding: 0.15rem 0.6rem;
    border: 1px solid var(--_line);
    border-radius: 1rem;
    background: none;
    color: var(--_muted);
    font: inherit;
    font-size: 0.75rem;
    font-weight: 600;
    white-space: nowrap;
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
    gap: 0.3rem 1rem;
    margin: 0;
  }
  .aliases div {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.3rem;
    min-width: 0;
  }
  .aliases dt {
    color: var(--_muted);
    font-size: 0.75rem;
  }
  .aliases dd {
    margin: 0;
    max-width: 18rem;
    min-width: 0;
  }
  .aliases button {
    min-block-size: 24px;
    max-width: 100%;
    padding: 0.05rem 0.45rem;
    border: 1px solid var(--_line);
    border-radius: 0.3rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    background: none;
    color: inherit;
    font: inherit;
    cursor: copy;
  }
  .aliases .rest {
    color: var(--_muted);
  }
  .claims,
  .links {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .claims li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.35rem 0.5rem;
    padding: 0.5rem 1rem;
    background: var(--_anonymous);
    color: var(--_on-anonymous);
  }
  .claims p {
    flex: 1 1 14rem;
    min-width: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  [role='search'],
  .toolbar {
    display: flex;
    gap: 0.4rem;
    align-items: center;
    padding: 0.5rem 1rem;
  }
  [role='search'] {
    border-bottom: 1px solid var(--_line);
  }
  [role='search'] input {
    flex: 1;
    min-width: 0;
  }
  .toolbar {
    padding-block: 0.4rem 0;
  }
  .toolbar .quiet {
    margin-inline-start: auto;
  }
`;
