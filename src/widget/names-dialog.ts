// The names of a person and what holds them together, in a dialog: each link with who vouched for it, when, and a way to
// take it away, which undoes the join exactly. Names are added and removed only where the page allows it.
import type { TemplateResult } from 'lit';
import { type Identitytype, inferIdentitytype, type Person, phoneDigits } from '../protocol/index.ts';
import { identityOrder } from './identities.ts';
import type { PersonLink } from './jds-client.ts';
import type { Language } from './language.ts';
import type { Kit } from './more.ts';
import { fullTime } from './when.ts';

export interface NamesDialogOptions {
  language: Language;
  readOnly: boolean;
  busy: boolean;
  add(identitytype: Identitytype, value: string): void;
  /** `index` within the person's list of that type. */
  remove(identitytype: Identitytype, index: number): void;
  /** Undefined where the agent may only read. */
  unlink: ((link: PersonLink) => void) | undefined;
}

export function namesDialog(
  kit: Kit,
  person: Person,
  links: readonly PersonLink[],
  options: NamesDialogOptions,
): TemplateResult {
  const { html, nothing } = kit;
  const { language, readOnly, busy, remove, unlink } = options;
  const joining = links.filter(({ trust }) => trust !== 'provisional');
  const removeButton = (type: Identitytype, value: string, index: number) => html`
    <button type="button" class="plain" ?disabled=${busy} aria-label="${language.say('remove')}: ${value}"
      @click=${() => remove(type, index)}>${language.say('remove')}</button>
  `;
  return html`
    <table class="names">
      ${identityOrder.flatMap((type) =>
        (person[type] ?? []).map(
          (value, index) => html`
            <tr>
              <th scope="row">${language.say(type)}</th>
              <td><bdi>${value}</bdi></td>
              <td>${readOnly ? nothing : removeButton(type, value, index)}</td>
            </tr>
          `,
        ),
      )}
    </table>
    ${readOnly ? nothing : addForm(kit, options)}
    ${joining.length === 0 ? html`<p class="state">${language.say('noLinks')}</p>` : nothing}
    <ul class="links">
      ${joining.map((link) => {
        const joined = `${link.from.value} ↔ ${link.to.value}`;
        return html`
          <li>
            <span><bdi>${joined}</bdi><small>${language.say(`by_${link.trust}`)} · ${fullTime(Date.parse(link.at), language)}</small></span>
            ${unlink ? html`<button type="button" class="plain" ?disabled=${busy} aria-label="${language.say('unlink')}: ${joined}" @click=${() => unlink(link)}>${language.say('unlink')}</button>` : nothing}
          </li>
        `;
      })}
    </ul>
  `;
}

function addForm({ html }: Kit, { language, busy, add }: NamesDialogOptions): TemplateResult {
  const submit = (domEvent: SubmitEvent) => {
    domEvent.preventDefault();
    const form = domEvent.target as HTMLFormElement;
    const given = new FormData(form);
    const value = String(given.get('value')).trim();
    if (value === '') return;
    add(String(given.get('kind')) as Identitytype, value);
    form.reset();
    delete form.dataset['chosen'];
  };
  /** A kind that the agent chose is not guessed again. */
  const typed = ({ target }: Event) => {
    const field = target as HTMLInputElement;
    const kind = field.form?.elements.namedItem('kind') as HTMLSelectElement;
    if (!field.form?.dataset['chosen']) kind.value = guessKind(field.value.trim());
  };
  const chosen = ({ target }: Event) => {
    const { form } = target as HTMLSelectElement;
    if (form) form.dataset['chosen'] = 'by the agent';
  };
  return html`
    <form class="add" @submit=${submit}>
      <select name="kind" aria-label=${language.say('kind')} @change=${chosen}>
        ${identityOrder.filter((type) => type !== 'temporaryId').map((type) => html`<option value=${type}>${language.say(type)}</option>`)}
      </select>
      <input name="value" aria-label=${language.say('value')} maxlength="256" autocomplete="off" @input=${typed} />
      <button class="plain" ?disabled=${busy}>${language.say('add')}</button>
    </form>
  `;
}

/** Digits with a leading zero or with blanks and dashes are a number as people write it; bare ones are a customer's. */
export function guessKind(value: string): Identitytype {
  const spoken = phoneDigits(value) && /^0|[\s().-]/.test(value) ? 'phone' : 'customerId';
  return value === '' ? 'email' : (inferIdentitytype(value) ?? (value.includes('@') ? 'email' : spoken));
}
