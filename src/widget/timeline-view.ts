// The journey by days, newest first, with what the agent chooses by above it and the way to more of it below.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Choices } from './choices.ts';
import { entryView } from './entry-view.ts';
import type { FeedSnapshot } from './feed-controller.ts';
import { filterEntries, tagsIn } from './filter-entries.ts';
import { type Entry, type EntryRules, groupByDay, groupIntoEntries } from './group-items.ts';
import type { TimeFrame } from './settings.ts';
import { toolbarView } from './toolbar-view.ts';
import type { ViewContext } from './view-context.ts';
import { dayName } from './when.ts';

export interface TimelineOptions {
  rules: EntryRules;
  tag: string;
  frame: TimeFrame;
  frames: readonly TimeFrame[];
  /** Entries at first, and how many more each time. */
  step: number;
  extra: number;
  choose(choice: Partial<Choices>): void;
  readOlder(): Promise<void>;
}

export function timelineView(
  { items, hasOlder }: Pick<FeedSnapshot, 'items' | 'hasOlder'>,
  options: TimelineOptions,
  context: ViewContext,
): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  const { rules, tag, frame, step, extra, choose, readOlder } = options;
  const { language, condensed, now } = context;
  const all = groupIntoEntries(items, rules);
  const entries = filterEntries(all, tag, frame, now);
  const shown = entries.slice(0, step + extra);
  const rest = entries.length - shown.length;
  const showMore = () => choose({ extra: extra + step });
  const more = (text: string, act: () => unknown) =>
    html`<button type="button" class="more" @click=${act}>${text}</button>`;
  return html`
    ${toolbarView({ ...options, language, condensed, tags: tagsIn(all) })}
    ${entries.length > 0 ? nothing : html`<p class="note">${language.say('noneFits')}<br /><button type="button" class="plain" @click=${() => choose({ tag: '', frame: 'all' })}>${language.say('showAll')}</button></p>`}
    ${days(shown, entries[0], context)}
    ${rest > 0 ? more(language.say('more', { count: Math.min(rest, step) }), showMore) : nothing}
    ${rest === 0 && hasOlder ? more(language.say('older'), () => readOlder().then(showMore)) : nothing}
  `;
}

function days(entries: readonly Entry[], newest: Entry | undefined, context: ViewContext) {
  const draw = (some: readonly Entry[]) =>
    repeat(
      some,
      ({ key }) => key,
      (entry) => entryView(entry, entry === newest, context),
    );
  return repeat(
    groupByDay(entries),
    ({ key }) => key,
    ({ key, time, entries: ofDay }) => html`
      <h3 class="day" part="day">${dayName(time, context.now, context.language)}</h3>
      ${context.chunks.list(`day-${key}`, 'timeline', ofDay, draw)}
    `,
  );
}
