// Clicks and submitted forms that the page marks with `data-waymark-event="name"`, links to other hosts and to files.
// Tells what the markup says (`data-waymark-…` becomes data, the link's address without its query), never what is typed.
import type { JsonObject } from '../protocol/index.ts';
import type { Host } from './parts.ts';

const files = /\.(pdf|zip|docx?|xlsx?|pptx?|csv|txt|rtf|epub|dmg|exe|msi|pkg|apk|mp[34]|wav|mov|avi|gz|7z)$/i;

export function tellClicks({ options, listen, tell, cleanUrl }: Host): void {
  function tellMarked(domEvent: Event, isForm: boolean): void {
    const marked = closest<HTMLElement>(domEvent, '[data-waymark-event]');
    if (!marked || (marked.tagName === 'FORM') !== isForm) return;
    const { waymarkEvent = '', ...dataset } = marked.dataset;
    tell(waymarkEvent, dataOf(dataset));
  }

  function tellLink(domEvent: Event): void {
    const link = closest<HTMLAnchorElement>(domEvent, 'a[href]');
    // The right button follows no link.
    if (!link || (domEvent as MouseEvent).button > 1 || !/^https?:$/.test(link.protocol)) return;
    const about = { link: cleanUrl(link.href), text: (link.textContent ?? '').trim().slice(0, 100) };
    if (options.downloads && files.test(link.pathname)) tell('download', about);
    else if (options.outbound && link.host !== location.host) tell('outbound', about);
  }

  if (options.clicks) {
    listen(document, 'click', (domEvent) => tellMarked(domEvent, false));
    listen(document, 'submit', (domEvent) => tellMarked(domEvent, true));
  }
  if (options.outbound || options.downloads) for (const name of ['click', 'auxclick']) listen(document, name, tellLink);
}

/** The innermost fitting element around where it happened, through open shadow roots. */
function closest<Found extends Element>(domEvent: Event, selector: string): Found | undefined {
  return domEvent
    .composedPath()
    .find((target): target is Found => target instanceof Element && target.matches(selector));
}

/** `data-waymark-plan="gold"` becomes `plan: 'gold'`. */
function dataOf(dataset: DOMStringMap): JsonObject {
  const found: JsonObject = {};
  for (const [name, value] of Object.entries(dataset)) {
    const own = /^waymark([A-Z])(.*)$/.exec(name);
    if (own) found[`${own[1]?.toLowerCase()}${own[2]}`] = value ?? '';
  }
  return found;
}
