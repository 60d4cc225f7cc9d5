// The look of controls and of what is not the journey itself: empty, loading and error states, focus, and text for screen
// readers only.
import { css } from './css.ts';

export const stateStyle: string = css`
  .note {
    margin: 0;
    padding: 2rem 1.5rem;
    color: var(--_muted);
    text-align: center;
  }
  .notice,
  .said {
    margin: 0;
    padding: 0.4rem 1rem;
    background: var(--_hover);
    border-bottom: 1px solid var(--_line);
  }
  .problem {
    margin: 0.5rem 1rem;
    padding: 0.5rem 0.75rem;
    border-inline-start: 3px solid var(--_danger);
    background: var(--_danger-surface);
  }
  .problem p {
    margin: 0 0 0.4rem;
    overflow-wrap: anywhere;
  }
  .plain,
  .more,
  input,
  select {
    padding: 0.2rem 0.6rem;
    border: 1px solid var(--_line);
    border-radius: 0.35rem;
    background: var(--_surface);
    color: var(--_accent);
    font: inherit;
    font-weight: 600;
    min-height: 1.75rem;
  }
  input,
  select {
    color: var(--_text);
    font-weight: 400;
    border-color: var(--_muted);
  }
  button:not(:disabled) {
    cursor: pointer;
  }
  button:disabled {
    opacity: 0.6;
  }
  .plain.strong {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_surface);
  }
  .more {
    display: block;
    margin: 0.75rem auto;
  }
  .quiet {
    display: grid;
    place-items: center;
    min-width: 1.75rem;
    min-height: 1.75rem;
    padding: 0;
    border: 0;
    border-radius: 0.35rem;
    background: none;
    color: var(--_muted);
    font: inherit;
    font-size: 0.9375rem;
  }
  .quiet:hover,
  .quiet[aria-pressed='true'],
  .disclose:hover {
    background: var(--_hover);
    color: var(--_text);
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .loading {
    display: grid;
    gap: 0.6rem;
    padding: 1rem;
  }
  .bone {
    height: 2rem;
    border-radius: 0.4rem;
    background: var(--_hover);
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
    .fresh,
    .moment,
    .claims li {
      border: 1px solid;
    }
    .feed .dot {
      forced-color-adjust: none;
      background: CanvasText;
    }
    rect,
    rect.anonymous,
    rect.identified {
      forced-color-adjust: none;
      fill: CanvasText;
    }
  }
`;
