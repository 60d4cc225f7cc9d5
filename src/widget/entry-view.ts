// One entry of the timeline: a single event, or a session whose events open and close together, with the icon of its last.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isContact } from './describe-event.ts';
import { badge, eventView, sentimentBadge, titleLine, toneOf, whoText } from './event-view.ts';
import { type Entry, isOngoing, summaryEvent } from './group-items.ts';
import { icon } from './icons.ts';
import { sessionStrip } from './session-strip.ts';
import { idOf, type ViewContext } from './view-context.ts';
import { timeRange } from './when.ts';

/** `newest`: open unless the agent closed it. */
export function entryView(entry: Entry, newest: boolean, context: ViewContext): TemplateResult {
  const { language } = context;
  const [latest] = entry.items;
  const ongoing = isOngoing(entry, context.now)
    ? html`<span class="pill ongoing">${language.say('ongoing')}</span>`
    : nothing;
  const event = summaryEvent(entry);
  if (entry.items.length === 1 || (context.compactContacts && isContact(event)))
    return html`<li class="entry" part="entry">${eventView({ ...latest, event }, context, ongoing)}</li>`;

  const description = context.describe(event);
  const tone = toneOf(latest, context);
  const earliest = entry.items.at(-1) ?? latest;
  const listId = idOf('events', entry.key);
  const open = context.isOpen(entry.key, newest);
  const draw = (items: Entry['items'][number][]) =>
    repeat(
      items,
      (item) => item.key,
      (item) => html`<li>${eventView(item, context)}</li>`,
    );
  return html`
    <li class="entry session" part="entry">
      <button type="button" class="summary" aria-expanded=${open} aria-controls=${listId}
        @click=${() => context.setOpen(entry.key, !open)}>
        ${badge(description, tone, latest, context)}
        <span class="text">
          ${titleLine(description)}
          <span class="hidden-text">${whoText(latest, tone, context)}</span>
          <span class="second">
            ${tone === 'contact' && description.subtitle ? html`<span>${description.subtitle}</span>` : nothing}
            <span>${language.say('events', { count: entry.items.length })} · ${timeRange(earliest.time, latest.time, language)}</span>
            ${sessionStrip(entry, context)}
          </span>
        </span>
        <span class="pills">${ongoing}${sentimentBadge(description.sentiment, context)}</span>
        <span class="chevron">${icon('chevron')}</span>
      </button>
      <div id=${listId} class="events" ?hidden=${!open}>
        ${open ? context.chunks.list(listId, 'rows', entry.items, (items) => draw([...items])) : nothing}
      </div>
    </li>
  `;
}
