// One event of the timeline: icon, title, second line, time, and its details on demand.
import { html, nothing, type TemplateResult } from 'lit';
import { type EventDescription, isContact, type Sentiment } from './describe-event.ts';
import { icon } from './icons.ts';
import type { FeedItem } from './journey-event.ts';
import type { LinkPolicy } from './links.ts';
import { kit, loadedMore } from './on-demand.ts';
import { pageLink, richText } from './rich-text.ts';
import { idOf, type ViewContext } from './view-context.ts';
import { fullTime, timeOfDay } from './when.ts';

export type Tone = 'anonymous' | 'identified' | 'contact';

/** Whom the event is by, at that moment: yellow before somebody was identified, green from then on. */
export function toneOf(item: FeedItem, { identified }: ViewContext): Tone {
  return isContact(item.event) ? 'contact' : identified.has(item.key) ? 'identified' : 'anonymous';
}

/** `pill`: what its entry has to say beside the time. */
export function eventView(item: FeedItem, context: ViewContext, pill: unknown = nothing): TemplateResult {
  const { language, condensed } = context;
  const description = context.describe(item.event);
  const { title, subtitle, page, sentiment } = description;
  const tone = toneOf(item, context);
  const policy = policyFor(item, tone, context);
  const detailsId = idOf('details', item.key);
  const open = context.isOpen(detailsId, !condensed);
  const toggle = () => context.setOpen(detailsId, !open);
  return html`
    <article class="event ${context.isFresh(item) ? 'fresh' : ''}" part="event" data-type=${item.event.type}
      @click=${(domEvent: MouseEvent) => isOnRow(domEvent) && toggle()}>
      ${badge(description, tone, item, context)}
      <div class="text">
        ${titleLine(description)}
        <span class="hidden-text">${whoText(item, tone, context)}</span>
        <span class="second">
          ${subtitle ? html`<span>${richText(subtitle, policy)}</span>` : nothing}
          ${page ? pageLink(page, policy) : nothing}
        </span>
        ${sentimentBadge(sentiment, context)}
      </div>
      <span class="pills">${pill}<time datetime=${item.event.time ?? ''} title=${fullTime(item.time, language)}>${timeOfDay(item.time, language)}</time></span>
      <button type="button" class="disclose" aria-expanded=${open} aria-controls=${detailsId}
        aria-label="${language.say('details')}: ${title}" @click=${toggle}>${icon('chevron')}</button>
      <div id=${detailsId} class="more-of" ?hidden=${!open}>${open ? loadedMore()?.detailsView(kit, item, policy, context) : nothing}</div>
    </article>
    ${momentView(item, context)}
  `;
}

/** A click on the row itself opens it; one on a link or a button, or the end of selecting text, does not. */
function isOnRow(domEvent: MouseEvent): boolean {
  const target = domEvent.target as Element;
  return !target.closest('a, button, .more-of') && String(getSelection() ?? '') === '';
}

function policyFor({ trust }: FeedItem, tone: Tone, { allowedHosts }: ViewContext): LinkPolicy {
  const proven = tone === 'contact' || (trust ? trust !== 'anonymous' : tone === 'identified');
  return { proven, allowedHosts };
}

export function badge(
  { iconKeys }: EventDescription,
  tone: Tone,
  item: FeedItem,
  context: ViewContext,
): TemplateResult {
  const { icon: name, colour } = context.icons.find(iconKeys);
  const sure = tone === 'identified' && item.trust ? item.trust : '';
  return html`<span class="badge ${colour ? `c-${colour}` : tone} ${sure}" part="icon" title=${whoText(item, tone, context)}>${icon(name)}</span>`;
}

export function whoText({ trust }: FeedItem, tone: Tone, { language }: ViewContext): string {
  const who = language.say(tone);
  return trust && tone !== 'contact' ? language.list(who, language.say(`sure_${trust}`)) : who;
}

/** Isolated, so that a text that runs from right to left turns nothing but itself. */
export function titleLine({ title, type }: EventDescription): TemplateResult {
  return html`<span class="title"><bdi>${title}</bdi>${type ? html` <span class="type"><span class="hidden-text">— </span><bdi>${type}</bdi></span>` : nothing}</span>`;
}

export function sentimentBadge(
  sentiment: Sentiment | undefined,
  { language }: ViewContext,
): TemplateResult | typeof nothing {
  return sentiment ? html`<span class="pill ${sentiment}">${language.say(sentiment)}</span>` : nothing;
}

/** Read from above, this is where the known customer's part of the list ends. */
function momentView(item: FeedItem, { moments, language, unlink }: ViewContext) {
  const moment = moments.get(item.key);
  if (!moment) return nothing;
  const { name, link } = moment;
  return html`
    <p class="moment" part="moment">
      ${icon('link')}<span>${language.say('moment', { name })}${link ? html` <small>${language.say(`by_${link.trust}`)}</small>` : nothing}</span>
      ${link && unlink ? html`<button type="button" class="plain" @click=${() => unlink(link)}>${language.say('unlink')}</button>` : nothing}
    </p>
  `;
}
