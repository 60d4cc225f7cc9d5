// The form in which the agent edits the customer's name. Escape leaves it.
import type { TemplateResult } from 'lit';
import type { Person } from '../protocol/index.ts';
import type { Language } from './language.ts';
import type { Kit } from './more.ts';

export interface NameFormOptions {
  language: Language;
  /** An edit is on its way. */
  busy: boolean;
  rename(firstName: string, lastName: string): void;
  leave(): void;
}

export function nameForm({ html }: Kit, { firstName, lastName }: Person, options: NameFormOptions): TemplateResult {
  const { language, busy, rename, leave } = options;
  const save = (domEvent: SubmitEvent) => {
    domEvent.preventDefault();
    const given = new FormData(domEvent.target as HTMLFormElement);
    rename(String(given.get('first')).trim(), String(given.get('last')).trim());
  };
  const field = (name: string, label: string, value: string | null) => html`
    <input name=${name} aria-label=${label} placeholder=${label} maxlength="100" .value=${value ?? ''} autocomplete="off" />
  `;
  return html`
    <form class="name" @submit=${save} @keydown=${({ key }: KeyboardEvent) => key === 'Escape' && leave()}>
      ${field('first', language.say('firstName'), firstName)} ${field('last', language.say('lastName'), lastName)}
      <button class="plain" ?disabled=${busy}>${language.say('save')}</button>
      <button type="button" class="plain" @click=${leave}>${language.say('cancel')}</button>
    </form>
  `;
}
