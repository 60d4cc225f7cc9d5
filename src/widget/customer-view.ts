// The head of the widget: who the customer is, by which identities, what is only claimed, and whether the feed is live.
import { html, nothing, type TemplateResult } from 'lit';
import type { Person } from '../protocol/index.ts';
import { ownsAlias } from './feed.ts';
import type { FeedSnapshot } from './feed-controller.ts';
import { foldable } from './foldable.ts';
import { icon } from './icons.ts';
import { identityOrder, isKnown, nameOf } from './identities.ts';
import type { PersonLink } from './jds-client.ts';
import type { Language } from './language.ts';

const shownPerType = 4;

export interface CustomerViewOptions {
  language: Language;
  showName: boolean;
  showAliasIcon: boolean;
  /** The list of identities is folded at first. */
  foldAliases: boolean;
  /** The page allows live events at all. */
  canLive: boolean;
  /** In place of the name while it is edited. */
  form: TemplateResult | undefined;
  /** An edit is on its way. */
  busy: boolean;
  edit(): void;
  setLive(live: boolean): void;
  showAliases(): void;
  confirm(link: PersonLink): void;
  unlink(link: PersonLink): void;
  copy(value: string): void;
}

export function customerView(snapshot: FeedSnapshot, options: CustomerViewOptions): TemplateResult {
  const { person, phase } = snapshot;
  const { language, showName, showAliasIcon, form } = options;
  const state = person && isKnown(person) ? 'identified' : 'anonymous';
  const label = person ? language.say(state) : phase === 'ready' ? language.say('unknown') : nothing;
  const aliasesButton = html`
    <button type="button" class="quiet" title=${language.say('aliases')} aria-label=${language.say('aliases')}
      @click=${options.showAliases}>${icon('link')}</button>
  `;
  return html`
    <header part="customer">
      <span class="badge ${state}">${icon('person')}</span>
      ${
        showName
          ? html`<div class="who">
              ${form ?? nameLine(snapshot, options)}
              <p class="state ${state}">${label}</p>
            </div>`
          : html`<p class="who state ${state}">${label}</p>`
      }
      <div class="tools">${showName && showAliasIcon && person ? aliasesButton : nothing}${liveButton(snapshot, options)}</div>
      ${showName && person ? foldable(options.foldAliases, language.say('aliases'), aliasList(person, options)) : nothing}
    </header>
    ${person ? claims(snapshot, person, options) : nothing}
  `;
}

function nameLine(
  { person, identity, mayEdit }: FeedSnapshot,
  { language, edit }: CustomerViewOptions,
): TemplateResult {
  const pencil = html`<button type="button" class="quiet" title=${language.say('edit')} aria-label=${language.say('edit')}
    @click=${edit}>${icon('pencil')}</button>`;
  // Where an address is too long for its line, it breaks before its host.
  const name = nameOf(person, identity)
    .split(/(?=@)/)
    .map((part, index) => (index === 0 ? part : html`<wbr />${part}`));
  return html`<div class="name"><h2 part="name"><bdi>${name}</bdi></h2>${person && mayEdit ? pencil : nothing}</div>`;
}

function liveButton({ live }: FeedSnapshot, { language, canLive, setLive }: CustomerViewOptions): TemplateResult {
  const text = html`<span class="dot"></span>${language.say(live)}`;
  if (!canLive) return html`<p class="feed ${live}" part="live">${text}</p>`;
  return html`<button type="button" class="feed ${live}" part="live" aria-pressed=${live !== 'off'} title=${language.say('goLive')}
    @click=${() => setLive(live === 'off')}>${text}</button>`;
}

function aliasList(person: Person, { language, copy }: CustomerViewOptions): TemplateResult {
  const types = identityOrder.filter((type) => (person[type]?.length ?? 0) > 0);
  return html`
    <dl class="aliases" part="aliases">
      ${types.map((type) => {
        const values = person[type] ?? [];
        const rest = values.length - shownPerType;
        return html`
          <div>
            <dt>${language.say(type)}</dt>
            ${values.slice(0, shownPerType).map((value) => html`<dd title=${value} data-identitytype=${type}><button type="button" aria-label=${language.say('copy', { value })} @click=${() => copy(value)}><bdi>${value}</bdi></button></dd>`)}
            ${rest > 0 ? html`<dd class="rest">${language.say('andMore', { count: rest })}</dd>` : nothing}
          </div>
        `;
      })}
    </dl>
  `;
}

/** Who says to be whom, without proof; the agent asks the caller and then decides. */
function claims({ links, mayEdit }: FeedSnapshot, person: Person, options: CustomerViewOptions) {
  const { language, busy, confirm, unlink } = options;
  const open = links.filter(({ trust }) => trust === 'provisional');
  if (open.length === 0) return nothing;
  const buttons = (link: PersonLink) => html`
    <button type="button" class="plain strong" ?disabled=${busy} @click=${() => confirm(link)}>${language.say('confirm')}</button>
    <button type="button" class="plain" ?disabled=${busy} @click=${() => unlink(link)}>${language.say('dismiss')}</button>
  `;
  return html`
    <ul class="claims" part="claims">
      ${open.map((link) => {
        const claimed = ownsAlias(person, link.to.value) ? link.from : link.to;
        return html`
          <li>
            <p><strong>${claimOf(claimed, language)}</strong> ${language.say('claimsNote')}</p>
            ${mayEdit ? buttons(link) : nothing}
          </li>
        `;
      })}
    </ul>
  `;
}

/** Seen from the customer, it is a visitor without a name who claims. */
function claimOf({ value, identitytype }: PersonLink['to'], language: Language): string {
  return identitytype === 'temporaryId' ? language.say('claimed') : language.say('claims', { name: value });
}
