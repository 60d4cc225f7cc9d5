// The rows of the profile, above the journey. A value that is shown short has the whole of it on hover, and to copy.
import type { TemplateResult } from 'lit';
import type { Kit } from './more.ts';
import type { Profile } from './profile.ts';
import { readRows, valuesOf } from './profile-values.ts';
import type { ViewContext } from './view-context.ts';

const maxShown = 6;

export function profileView(
  { html, nothing }: Kit,
  profile: Profile,
  { language, now, copy }: Pick<ViewContext, 'language' | 'now' | 'copy'>,
): TemplateResult | undefined {
  const rows = readRows(profile);
  if (rows.length === 0) return undefined;
  return html`
    <table class="profile" part="profile" aria-label=${language.say('profile')}>
      <tbody>
        ${rows.map((row) => {
          const values = valuesOf(row, language, now);
          const rest = values.slice(maxShown);
          return html`
            <tr>
              <th scope="row"><bdi>${row.name}</bdi></th>
              <td title=${values.length > 1 ? nothing : (values[0]?.whole ?? nothing)}>
                ${values
                  .slice(0, maxShown)
                  .map(({ short, whole }) =>
                    short === whole
                      ? html`<bdi>${short}</bdi>`
                      : html`<button type="button" class="value" title=${whole} aria-label="${short}. ${language.say('copy', { value: whole })}" @click=${() => copy(whole)}><bdi>${short}</bdi></button>`,
                  )}
                ${rest.length > 0 ? html`<span title=${rest.map(({ whole }) => whole).join('\n')}>${language.say('andMore', { count: rest.length })}</span>` : nothing}
              </td>
            </tr>
          `;
        })}
      </tbody>
    </table>
  `;
}
