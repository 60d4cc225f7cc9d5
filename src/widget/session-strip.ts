// A visit as a small chart: one bar a page in the order of the visit, as wide as the visitor was engaged with it. Where
// nothing was measured, the time until the next page stands in for it, five minutes at most.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { fullTextIn } from './describe-event.ts';
import { toneOf } from './event-view.ts';
import type { Entry } from './group-items.ts';
import type { ViewContext } from './view-context.ts';
import { duration } from './when.ts';

const longestGuessMs = 5 * 60_000;
const leastMs = 2000;
const [width, height, gap] = [120, 8, 1];
const maxBars = 40;

export function sessionStrip(entry: Entry, context: ViewContext): TemplateResult | typeof nothing {
  const items = [...entry.items].reverse();
  const visits = items.filter(
    ({ event }) => fullTextIn(event.data, 'url') !== undefined || /^webvisit/i.test(event.type),
  );
  const pages = visits.slice(-maxBars);
  const engagedMs = entry.engaged.reduce((sum, { ms }) => sum + ms, 0);
  if (pages.length < 2 || toneOf(entry.items[0], context) === 'contact') return nothing;

  const measured = new Map<string, number>();
  for (const { page, ms } of entry.engaged) measured.set(page, (measured.get(page) ?? 0) + ms);
  const times = pages.map(({ time, event }, index) => {
    const next = pages[index + 1]?.time ?? time;
    return Math.max(leastMs, measured.get(String(event.data['url'])) ?? Math.min(next - time, longestGuessMs));
  });
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const room = width - gap * (times.length - 1);
  let x = 0;
  const bars = pages.map((item, index) => {
    const wide = Math.max(1, ((times[index] ?? 0) / total) * room);
    const bar = svg`<rect x=${x.toFixed(1)} y="0" width=${wide.toFixed(1)} height=${height} rx="1.5" class=${toneOf(item, context)}/>`;
    x += wide + gap;
    return bar;
  });
  const { language } = context;
  const told = [language.say('pages', { count: visits.length })];
  if (engagedMs > 0) told.push(language.say('engaged', { time: duration(engagedMs, language) }));
  return html`<span class="strip" part="strip"><svg viewBox="0 0 ${Math.max(width, Math.ceil(x))} ${height}" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>${told.join(' · ')}</span>`;
}
