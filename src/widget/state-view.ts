// What the widget says when there is no journey to show, or when what it shows may be old: nobody chosen, loading, nothing
// seen yet, offline, reconnecting, and what failed, each with what to do, failures with the id under which the log has them.
import { html, nothing, type TemplateResult } from 'lit';
import type { FeedSnapshot } from './feed-controller.ts';
import type { Language } from './language.ts';
import { timeOfDay } from './when.ts';

export interface StateViewOptions {
  language: Language;
  online: boolean;
  tryAgain(): void;
}

export function stateView(snapshot: FeedSnapshot, options: StateViewOptions): TemplateResult {
  const { phase, items, error, live } = snapshot;
  const { language, online } = options;
  const empty = items.length === 0;
  // Signed out is said once, also where only the stream has noticed yet.
  const failure =
    error ?? (live === 'refused' ? { kind: 'expired' as const, status: 401, trackingId: undefined } : undefined);
  return html`
    ${phase === 'idle' ? html`<p class="note">${language.say('chooseCustomer')}</p>` : nothing}
    ${phase === 'loading' && empty ? loading(language) : nothing}
    ${phase === 'ready' && empty ? nothingYet(snapshot, language) : nothing}
    ${!online && phase !== 'idle' ? notice(language.say('offline'), snapshot, language) : nothing}
    ${online && !failure && live === 'waiting' ? notice(language.say('reconnecting'), snapshot, language) : nothing}
    ${online && failure ? problem(failure, snapshot, options) : nothing}
  `;
}

function loading(language: Language): TemplateResult {
  return html`
    <div class="loading" role="status">
      <span class="hidden-text">${language.say('loading')}</span>
      ${[0, 1, 2].map(() => html`<span class="bone"></span>`)}
    </div>
  `;
}

function nothingYet({ live }: FeedSnapshot, language: Language): TemplateResult {
  return html`<p class="note">${language.say('empty')}<br />${live === 'live' ? language.say('emptyLive') : nothing}</p>`;
}

function readAtText({ readAt }: FeedSnapshot, language: Language) {
  return readAt === undefined ? nothing : language.say('readAt', { time: timeOfDay(readAt, language) });
}

function notice(text: string, snapshot: FeedSnapshot, language: Language): TemplateResult {
  return html`<p class="notice" role="status" part="notice">${text} ${readAtText(snapshot, language)}</p>`;
}

function problem(
  { kind, status, trackingId }: NonNullable<FeedSnapshot['error']>,
  snapshot: FeedSnapshot,
  { language, tryAgain }: StateViewOptions,
): TemplateResult {
  return html`
    <div class="problem" role="alert" part="problem">
      <p>${language.say(`failure_${kind}`, { status: String(status) })} ${readAtText(snapshot, language)}</p>
      ${trackingId ? html`<p>${language.say('trackingId')}: <code>${trackingId}</code></p>` : nothing}
      <button type="button" class="plain" @click=${tryAgain}>${language.say('tryAgain')}</button>
    </div>
  `;
}
