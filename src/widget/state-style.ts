// The look of what is not the journey itself: empty, loading and error states, focus, and text for screen readers only.
import { type CSSResult, css } from 'lit';

export const stateStyle: CSSResult = css`
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
