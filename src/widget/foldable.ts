// A section that the page folds at first and the agent may open, as version 9 had them.
import { html, nothing } from 'lit';

/** `content` as it is where nothing is to be folded. */
export function foldable(folded: boolean, title: string, content: unknown): unknown {
  return folded && content !== nothing ? html`<details><summary>${title}</summary>${content}</details>` : content;
}
