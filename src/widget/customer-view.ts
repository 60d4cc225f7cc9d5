// The head of the widget: who the customer is, by which identities, and whether the feed is live.
import { html, nothing, type TemplateResult } from 'lit';
import type { Identitytype, Person } from '../protocol/index.ts';
import type { FeedSnapshot } from './feed-controller.ts';
import { icon } from './icons.ts';
import type { Texts } from './texts.ts';

/** In the order in which they are shown; the first that the person has is the best name where no name is known. */
const order: readonly Identitytype[] = ['email', 'phone', 'customerId', 'socialId', 'temporaryId'];
const shownPerType = 4;

export function customerView(snapshot: FeedSnapshot, texts: Texts): TemplateResult {
  const { person, identity, live, phase } = snapshot;
  const state = person && isKnown(person) ? 'identified' : 'anonymous';
  const label = person ? texts[state] : phase === 'ready' ? texts.unknown : nothing;
  return html`
    <header part="customer">
      <span class="badge ${state}">${icon('person')}</span>
      <div class="who">
        <h2 part="name">${nameOf(person, identity)}</h2>
        <p class="state ${state}">${label}</p>
      </div>
      <p class="feed ${live}" part="live"><span class="dot"></span>${texts.live[live]}</p>
      ${person ? aliasList(person, texts) : nothing}
    </header>
  `;
}

export function isKnown(person: Person): boolean {
  return order.some((type) => type !== 'temporaryId' && (person[type]?.length ?? 0) > 0);
}

function nameOf(person: Person | undefined, identity: string): string {
  const name = [person?.firstName, person?.lastName].filter(Boolean).join(' ');
  if (name !== '' || !person) return name || identity;
  return order.map((type) => person[type]?.[0]).find((value) => value !== undefined) ?? identity;
}

function aliasList(person: Person, texts: Texts): TemplateResult {
  const types = order.filter((type) => (person[type]?.length ?? 0) > 0);
  return html`
    <dl class="aliases" part="aliases">
      ${types.map((type) => {
        const values = person[type] ?? [];
        const rest = values.length - shownPerType;
        return html`
          <div>
            <dt>${texts.aliasTypes[type]}</dt>
            ${values.slice(0, shownPerType).map((value) => html`<dd title=${value} data-identitytype=${type}>${value}</dd>`)}
            ${rest > 0 ? html`<dd class="rest">${texts.allAliases(rest)}</dd>` : nothing}
          </div>
        `;
      })}
    </dl>
  `;
}
