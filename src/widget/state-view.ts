// What the widget says when there is no journey to show, or when what it shows may be old: nobody chosen, loading, nothing
// seen yet, and what failed with the id under which the service's log has it.
import { html, nothing, type TemplateResult } from 'lit';
import type { FeedSnapshot } from './feed-controller.ts';
import type { Texts } from './texts.ts';

export function stateView(snapshot: FeedSnapshot, texts: Texts, tryAgain: () => void): TemplateResult {
  const { phase, items, error } = snapshot;
  const empty = items.length === 0;
  return html`
    ${phase === 'idle' ? html`<p class="note">${texts.chooseCustomer}</p>` : nothing}
    ${phase === 'loading' && empty ? loading(texts) : nothing}
    ${phase === 'ready' && empty ? nothingYet(snapshot, texts) : nothing}
    ${error ? problem(error, empty, texts, tryAgain) : nothing}
  `;
}

function loading(texts: Texts): TemplateResult {
  return html`
    <div class="loading" role="status">
      <span class="hidden-text">${texts.loading}</span>
      ${[0, 1, 2].map(() => html`<span class="bone"></span>`)}
    </div>
  `;
}

function nothingYet({ live }: FeedSnapshot, texts: Texts): TemplateResult {
  return html`<p class="note">${texts.empty}<br />${live === 'live' ? texts.emptyLive : nothing}</p>`;
}

function problem(
  error: NonNullable<FeedSnapshot['error']>,
  empty: boolean,
  texts: Texts,
  tryAgain: () => void,
): TemplateResult {
  return html`
    <div class="problem" role="alert">
      <p><strong>${texts.failed}</strong> ${error.message} ${empty ? nothing : texts.stale}</p>
      ${error.trackingId ? html`<p>${texts.trackingId}: <code>${error.trackingId}</code></p>` : nothing}
      <button type="button" @click=${tryAgain}>${texts.tryAgain}</button>
    </div>
  `;
}
