// The look of the parts that are loaded behind the first sight (more.ts): profile rows, an event's details, the dialog for
// transcripts, names and links, and the form of the name.
import { css } from './css.ts';

export const restStyle: string = css`
  .profile {
    display: block;
    border-bottom: 1px solid var(--_line);
  }
  .profile tbody {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1.5rem;
    padding: 0.6rem 1rem;
  }
  .profile tr {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  .profile th {
    padding: 0;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 400;
    text-align: start;
  }
  .profile td {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.6rem;
    align-items: baseline;
    padding: 0;
    max-width: 20rem;
    font-size: 1rem;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .profile td > bdi {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .profile td > span {
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 400;
  }
  .value {
    /* What WCAG 2.5.8 asks for, whatever the page takes for a rem. */
    min-height: 24px;
    min-width: 24px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    text-decoration: underline dotted var(--_muted) 1px;
    text-underline-offset: 0.2em;
    cursor: copy;
  }
  .value + .value,
  .value:has(+ .value) {
    font-size: 0.8125rem;
  }
  summary {
    padding: 0.4rem 1rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 600;
    cursor: pointer;
  }
  header details {
    grid-column: 1 / -1;
  }
  header summary {
    padding-inline: 0;
  }
  form.name {
    flex-wrap: wrap;
    gap: 0.35rem;
  }
  form.name input {
    flex: 1 1 6rem;
    min-width: 0;
  }
  .more-of {
    grid-column: 2 / -1;
    min-width: 0;
  }
  .details {
    padding: 0.35rem 0 0.25rem;
  }
  .details dl {
    display: grid;
    grid-template-columns: fit-content(9rem) minmax(0, 1fr);
    gap: 0.1rem 0.75rem;
    margin: 0;
  }
  .details dl > div {
    display: contents;
  }
  .details dt {
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .details dd {
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .sure {
    margin: 0 0 0.25rem;
    font-weight: 600;
  }
  .sure.anonymous {
    color: var(--_on-anonymous);
  }
  .sure.verified,
  .sure.recognised {
    color: var(--_on-identified);
  }
  .copy {
    padding: 0 0.3rem;
    border: 0;
    background: none;
    color: var(--_muted);
    font: inherit;
    cursor: copy;
    opacity: 0;
  }
  .details dd:hover .copy,
  .copy:focus-visible {
    opacity: 1;
  }
  dialog {
    box-sizing: border-box;
    width: min(40rem, calc(100vw - 2rem));
    max-height: min(80vh, 48rem);
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: 0.6rem;
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 12px 40px rgb(0 0 0 / 25%);
  }
  dialog::backdrop {
    background: rgb(10 16 24 / 45%);
  }
  .dialog {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    padding: 0.75rem 1rem 1rem;
  }
  .dialog-content {
    grid-column: 1 / -1;
    padding-top: 0.5rem;
  }
  .transcript {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    line-height: 1.55;
  }
  .names {
    width: 100%;
    border-collapse: collapse;
  }
  .names :is(th, td) {
    padding: 0.3rem 0.75rem 0.3rem 0;
    border-bottom: 1px solid var(--_line);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .names th {
    width: 7rem;
    color: var(--_muted);
    font-weight: 400;
  }
  .add {
    display: flex;
    gap: 0.4rem;
    align-items: center;
    padding: 0.5rem 0;
  }
  .add input {
    flex: 1;
    min-width: 0;
  }
  .links li {
    display: flex;
    gap: 0.75rem;
    align-items: center;
    justify-content: space-between;
    padding: 0.4rem 0;
  }
  .links small {
    display: block;
    color: var(--_muted);
    font-size: 0.75rem;
  }
  .links span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
`;
