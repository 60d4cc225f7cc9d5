// Text of an event with its links, as elements. See links.ts for what becomes one.
import { html, nothing, type TemplateResult } from 'lit';
import { type LinkPolicy, mayFollow, safeUrl, splitLinks } from './links.ts';

export function richText(text: string, policy: LinkPolicy): TemplateResult {
  return html`<bdi>${splitLinks(text, policy).map(({ text: shown, href, target }) => {
    const where = target ? html` <span class="host">(${target})</span>` : nothing;
    return href ? html`${anchor(href, shown)}${where}` : html`${shown}${where}`;
  })}</bdi>`;
}

/** The page of an event: host and path, as a link where it may be followed. */
export function pageLink(address: string, policy: LinkPolicy): TemplateResult | typeof nothing {
  const url = safeUrl(address);
  if (!url?.protocol.startsWith('http')) return nothing;
  const label = (url.host + url.pathname + url.search).slice(0, 300);
  return mayFollow(url, policy)
    ? html`<span class="page">${anchor(url.href, label)}</span>`
    : html`<span class="page"><bdi>${label}</bdi></span>`;
}

function anchor(href: string, text: string): TemplateResult {
  return html`<a href=${href} title=${href} target="_blank" rel="noopener noreferrer"><bdi>${text}</bdi></a>`;
}
