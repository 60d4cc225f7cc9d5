// What the agent chooses by: search, filter, period, density.
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from './icons.ts';
import type { Language } from './language.ts';
import { readTimeFrame, type TimeFrame } from './settings.ts';
import { period } from './when.ts';

export function searchView(language: Language, find: (identity: string) => void): TemplateResult {
  const submit = (domEvent: SubmitEvent) => {
    domEvent.preventDefault();
    find(String(new FormData(domEvent.target as HTMLFormElement).get('identity')).trim());
  };
  return html`
    <form role="search" part="search" @submit=${submit}>
      <input type="search" name="identity" aria-label=${language.say('find')} placeholder=${language.say('findHint')}
        maxlength="256" autocomplete="off" spellcheck="false" />
      <button class="plain">${language.say('show')}</button>
    </form>
  `;
}

export interface ToolbarOptions {
  language: Language;
  tags: readonly string[];
  tag: string;
  frame: TimeFrame;
  /** Periods to choose from. */
  frames: readonly TimeFrame[];
  condensed: boolean;
  choose(choice: { tag?: string; frame?: TimeFrame; condensed?: boolean }): void;
}

export function toolbarView({ language, tags, tag, frame, frames, condensed, choose }: ToolbarOptions): TemplateResult {
  const chosen = (domEvent: Event) => (domEvent.target as HTMLSelectElement).value;
  // One that nothing has yet may still be chosen by the desk, and must be seen to be.
  const offered = tag === '' || tags.includes(tag) ? tags : [tag, ...tags];
  return html`
    <div class="toolbar" part="toolbar">
      ${
        offered.length > 0
          ? html`<select aria-label=${language.say('filter')} @change=${(domEvent: Event) => choose({ tag: chosen(domEvent) })}>
              <option value="" ?selected=${tag === ''}>${language.say('all')}</option>
              ${offered.map((one) => html`<option value=${one} ?selected=${one === tag}>${one}</option>`)}
            </select>`
          : nothing
      }
      <select aria-label=${language.say('period')} @change=${(domEvent: Event) => choose({ frame: chosen(domEvent) })}>
        ${frames.map((one) => html`<option value=${one} ?selected=${one === frame}>${frameName(one, language)}</option>`)}
      </select>
      <button type="button" class="quiet" aria-pressed=${condensed} title=${language.say('condensed')} aria-label=${language.say('condensed')}
        @click=${() => choose({ condensed: !condensed })}>${icon('rows')}</button>
    </div>
  `;
}

function frameName(frame: TimeFrame, language: Language): string {
  const read = readTimeFrame(frame);
  if (!read) return language.say('anyTime');
  // Hours are feminine where days and months are masculine.
  const text = read.unit === 'hour' ? 'lastHours' : 'lastDays';
  return language.say(text, { time: period(read.count, read.unit, language) });
}
