// The rows of the profile, above the journey. A value that is shown short has the whole of it on hover, and to copy.
import type { TemplateResult } from 'lit';
import type { Kit } from './more.ts';
import type { Profile } from './profile.ts';
import { type ProfileRow, type ProfileValue, readRows, valuesOf } from './profile-values.ts';
import type { ViewContext } from './view-context.ts';

const maxShown = 6;

type Context = Pick<ViewContext, 'language' | 'now' | 'copy'>;

export function profileView(kit: Kit, profile: Profile, context: Context): TemplateResult | undefined {
  const rows = readRows(profile);
  if (rows.length === 0) return undefined;
  const { html } = kit;
  return html`
    <table class="profile" part="profile" aria-label=${context.language.say('profile')}>
      <tbody>
        ${rows.map((row) => html`<tr><th scope="row"><bdi>${row.name}</bdi></th><td>${cell(kit, row, context)}</td></tr>`)}
      </tbody>
    </table>
  `;
}

function cell(kit: Kit, row: ProfileRow, context: Context) {
  const { html, nothing } = kit;
  const values = valuesOf(row, context.language, context.now);
  const rest = values.slice(maxShown);
  const all = rest.map(({ whole }) => whole).join('\n');
  const more = html`<span title=${all}>${context.language.say('andMore', { count: rest.length })}</span>`;
  return html`${values.slice(0, maxShown).map((value) => shown(kit, value, context))}${rest.length > 0 ? more : nothing}`;
}

function shown({ html }: Kit, { short, whole }: ProfileValue, { language, copy }: Context): TemplateResult {
  if (short === whole) return html`<bdi title=${whole}>${short}</bdi>`;
  const label = `${short}. ${language.say('copy', { value: whole })}`;
  return html`<button type="button" class="value" title=${whole} aria-label=${label} @click=${() => copy(whole)}><bdi>${short}</bdi></button>`;
}
