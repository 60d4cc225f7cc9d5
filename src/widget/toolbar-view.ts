// What the agent chooses by: search, filter, period, density; and the profile rows of the template above them.
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from './icons.ts';
import type { Language } from './language.ts';
import type { Profile } from './profile.ts';
import { type TimeFrame, timeFrames } from './settings.ts';

export function profileView(profile: Profile | undefined, language: Language): TemplateResult | typeof nothing {
  if (!profile || profile.rows.length === 0) return nothing;
  return html`
    <table class="profile" part="profile" aria-label=${language.say('profile')}>
      <tbody>
        ${profile.rows.map(({ name, result }) => html`<tr><th scope="row"><bdi>${name}</bdi></th><td title=${result}><bdi>${result}</bdi></td></tr>`)}
      </tbody>
    </table>
  `;
}

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
  condensed: boolean;
  choose(choice: { tag?: string; frame?: TimeFrame; condensed?: boolean }): void;
}

export function toolbarView({ language, tags, tag, frame, condensed, choose }: ToolbarOptions): TemplateResult {
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
      <select aria-label=${language.say('period')} @change=${(domEvent: Event) => choose({ frame: chosen(domEvent) as TimeFrame })}>
        ${timeFrames.map((one) => html`<option value=${one} ?selected=${one === frame}>${language.say(`frame_${one}`)}</option>`)}
      </select>
      <button type="button" class="quiet" aria-pressed=${condensed} title=${language.say('condensed')} aria-label=${language.say('condensed')}
        @click=${() => choose({ condensed: !condensed })}>${icon('rows')}</button>
    </div>
  `;
}
