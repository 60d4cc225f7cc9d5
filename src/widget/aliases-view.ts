// The names of a person and what holds them together, in a dialog: each link with who vouched for it, when, and a way to
// take it away, which undoes the join exactly. Names are added and removed only where the page allows it.
import { html, nothing, type TemplateResult } from 'lit';
import type { Identitytype, Person } from '../protocol/index.ts';
import { identityOrder } from './customer-view.ts';
import type { PersonLink } from './jds-client.ts';
import type { Language } from './language.ts';
import { fullTime } from './when.ts';

export interface AliasesViewOptions {
  language: Language;
  readOnly: boolean;
  busy: boolean;
  add(identitytype: Identitytype, value: string): void;
  /** `index` within the person's list of that type. */
  remove(identitytype: Identitytype, index: number): void;
  unlink(link: PersonLink): void;
}

export function aliasesView(person: Person, links: readonly PersonLink[], options: AliasesViewOptions): TemplateResult {
  const { language, readOnly, busy, remove, unlink } = options;
  const joining = links.filter(({ trust }) => trust !== 'provisional');
  return html`
    <table class="names">
      ${identityOrder.flatMap((type) =>
        (person[type] ?? []).map(
          (value, index) => html`
            <tr>
              <th scope="row">${language.say(type)}</th>
              <td><bdi>${value}</bdi></td>
              <td>${readOnly ? nothing : html`<button type="button" class="plain" ?disabled=${busy} aria-label="${language.say('remove')}: ${value}" @click=${() => remove(type, index)}>${language.say('remove')}</button>`}</td>
            </tr>
          `,
        ),
      )}
    </table>
    ${readOnly ? nothing : addForm(options)}
    ${joining.length === 0 ? html`<p class="state">${language.say('noLinks')}</p>` : nothing}
    <ul class="links">
      ${joining.map((link) => {
        const joined = `${link.from.value} ↔ ${link.to.value}`;
        return html`
          <li>
            <span><bdi>${joined}</bdi><small>${language.say(`by_${link.trust}`)} · ${fullTime(Date.parse(link.at), language)}</small></span>
            <button type="button" class="plain" ?disabled=${busy} aria-label="${language.say('unlink')}: ${joined}" @click=${() => unlink(link)}>${language.say('unlink')}</button>
          </li>
        `;
      })}
    </ul>
  `;
}

function addForm({ language, busy, add }: AliasesViewOptions): TemplateResult {
  const submit = (domEvent: SubmitEvent) => {
    domEvent.preventDefault();
    const form = domEvent.target as HTMLFormElement;
    const given = new FormData(form);
    const value = String(given.get('value')).trim();
    if (value === '') return;
    add(String(given.get('kind')) as Identitytype, value);
    form.reset();
  };
  return html`
    <form class="add" @submit=${submit}>
      <select name="kind" aria-label=${language.say('kind')}>
        ${identityOrder.filter((type) => type !== 'temporaryId').map((type) => html`<option value=${type}>${language.say(type)}</option>`)}
      </select>
      <input name="value" aria-label=${language.say('value')} maxlength="256" autocomplete="off" />
      <button class="plain" ?disabled=${busy}>${language.say('add')}</button>
    </form>
  `;
}
