// Live events as the agent notices them: marked for a moment, and read out when the screen reader is free.
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { toneOf, whoText } from './event-view.ts';
import type { FeedItem } from './journey-event.ts';
import type { ViewContext } from './view-context.ts';

const freshMs = 4000;

export interface Arrivals {
  welcome(item: FeedItem, context: ViewContext): void;
  isFresh(item: FeedItem): boolean;
  view(): TemplateResult;
  forget(): void;
}

export function createArrivals(onChange: () => void): Arrivals {
  const fresh = new Map<string, ReturnType<typeof setTimeout>>();
  let latest: { key: string; text: string } | undefined;
  return {
    welcome(item, context) {
      const { title, subtitle } = context.describe(item.event);
      const what = context.language.list(title, subtitle);
      const who = whoText(item, toneOf(item, context), context);
      latest = { key: item.key, text: context.language.say('newEvent', { what, who }) };
      const fade = () => {
        fresh.delete(item.key);
        onChange();
      };
      fresh.set(item.key, setTimeout(fade, freshMs));
    },
    isFresh: ({ key }) => fresh.has(key),
    // A new element for each: what says the same as the one before is read out again.
    view: () => html`
      <p class="hidden-text" role="status" aria-live="polite">
        ${repeat(
          latest ? [latest] : [],
          ({ key }) => key,
          ({ text }) => html`<span>${text}</span>`,
        )}
      </p>
    `,
    forget() {
      for (const timer of fresh.values()) clearTimeout(timer);
      fresh.clear();
      latest = undefined;
    },
  };
}
