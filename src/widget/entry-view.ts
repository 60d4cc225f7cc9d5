// One entry of the timeline: a single event, or a session whose events open and close together.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { describeEvent, type EventDescription } from './describe-event.ts';
import type { Entry } from './group-items.ts';
import { icon } from './icons.ts';
import type { FeedItem } from './journey-event.ts';
import type { Texts } from './texts.ts';
import { fullTime, timeOfDay, timeRange } from './when.ts';

export interface EntryViewOptions {
  texts: Texts;
  /** Keys of the events made by somebody known (`identifiedItems`). */
  identified: ReadonlySet<string>;
  open: boolean;
  toggle(entry: Entry): void;
  /** Arrived live a moment ago. */
  isFresh(item: FeedItem): boolean;
}

export function entryView(entry: Entry, options: EntryViewOptions): TemplateResult {
  const { texts, identified, open, toggle } = options;
  const [latest] = entry.items;
  if (entry.items.length === 1) return html`<li class="entry" part="entry">${eventView(latest, options)}</li>`;

  const description = describeEvent(latest.event, identified.has(latest.key));
  const earliest = entry.items.at(-1) ?? latest;
  const listId = `events-${hash(entry.key)}`;
  return html`
    <li class="entry session" part="entry">
      <button type="button" class="summary" aria-expanded=${open ? 'true' : 'false'} aria-controls=${listId}
        @click=${() => toggle(entry)}>
        ${badge(description)}
        <span class="text">
          ${titleLine(description)}
          <span class="second">${texts.events(entry.items.length)} · ${timeRange(earliest.time, latest.time)}</span>
        </span>
        <span class="chevron">${icon('chevron')}</span>
      </button>
      <ol id=${listId} class="events" ?hidden=${!open}>
        ${repeat(
          open ? entry.items : [],
          (item) => item.key,
          (item) => html`<li>${eventView(item, options)}</li>`,
        )}
      </ol>
    </li>
  `;
}

function eventView(item: FeedItem, { texts, identified, isFresh }: EntryViewOptions): TemplateResult {
  const description = describeEvent(item.event, identified.has(item.key));
  const { subtitle, page, tone, sentiment } = description;
  return html`
    <article class="event ${isFresh(item) ? 'fresh' : ''}" part="event" data-type=${item.event.type}>
      ${badge(description)}
      <div class="text">
        ${titleLine(description)}
        <span class="hidden-text">${texts[tone]}</span>
        ${subtitle ? html`<span class="second"><bdi>${subtitle}</bdi></span>` : nothing}
        ${
          page
            ? html`<a class="page" href=${page.href} title=${page.href} target="_blank" rel="noopener noreferrer">${page.label}</a>`
            : nothing
        }
        ${sentiment ? html`<span class="sentiment ${sentiment}">${sentiment}</span>` : nothing}
      </div>
      <time datetime=${item.event.time ?? ''} title=${fullTime(item.time)}>${timeOfDay(item.time)}</time>
    </article>
  `;
}

function badge({ icon: name, tone }: EventDescription): TemplateResult {
  return html`<span class="badge ${tone}">${icon(name)}</span>`;
}

/** Isolated, so that a text that runs from right to left turns nothing but itself. */
function titleLine({ title, type }: EventDescription): TemplateResult {
  return html`<span class="title"><bdi>${title}</bdi>${type ? html` <span class="type"><span class="hidden-text">— </span><bdi>${type}</bdi></span>` : nothing}</span>`;
}

/** A short name for an element id; keys hold text of events, which does not belong there. */
function hash(text: string): string {
  let value = 5381;
  for (let index = 0; index < text.length; index += 1) value = (value * 33 + text.charCodeAt(index)) >>> 0;
  return value.toString(36);
}
