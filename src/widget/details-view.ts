// Everything a sender told with one event, as rows (jds-contract 7.4): nested members by their path, links, click to copy,
// and a transcript in a dialog of its own.
import type { TemplateResult } from 'lit';
import type { Json } from '../protocol/index.ts';
import { cut, fullTextIn, isContact } from './describe-event.ts';
import type { FeedItem } from './journey-event.ts';
import type { LinkPolicy } from './links.ts';
import type { Kit } from './more.ts';
import type { ViewContext } from './view-context.ts';
import { fullTime } from './when.ts';

const maxRows = 80;
const maxDepth = 6;
const maxValueLength = 2000;
const maxTranscriptLength = 200_000;

export function detailsView(
  kit: Kit,
  { event, time, trust }: FeedItem,
  policy: LinkPolicy,
  context: ViewContext,
): TemplateResult {
  const { html, nothing, richText } = kit;
  const { language, copy } = context;
  const { uiData: _, transcript: __, ...told } = event.data;
  const { type, source, identity, identitytype } = event;
  const own: [string, string][] = [
    ['time', fullTime(time, language)],
    ['type', type],
    ['source', source],
    [identitytype, identity],
  ];
  const rows = [...flatten(told), ...own].slice(0, maxRows);
  return html`
    <div class="details" part="details">
      ${trust && !isContact(event) ? html`<p class="sure ${trust}">${language.say(`sure_${trust}`)}</p>` : nothing}
      <dl>
        ${rows.map(([name, value]) => {
          const shown = cut(value, maxValueLength);
          return html`
            <div>
              <dt><bdi>${cut(name, 80)}</bdi></dt>
              <dd>${richText(shown, policy)}<button type="button" class="copy" aria-label=${language.say('copy', { value: cut(name, 80) })}
                @click=${() => copy(value)}>⧉</button></dd>
            </div>
          `;
        })}
      </dl>
      ${transcriptButton(kit, event.data, policy, context)}
    </div>
  `;
}

function transcriptButton(
  { html, nothing, richText }: Kit,
  data: FeedItem['event']['data'],
  policy: LinkPolicy,
  context: ViewContext,
) {
  const text = fullTextIn(data, 'transcript');
  if (text === undefined) return nothing;
  const title = context.language.say('transcript');
  const open = () =>
    context.showDialog(
      title,
      () => html`<div class="transcript">${richText(cut(text, maxTranscriptLength), policy)}</div>`,
    );
  return html`<button type="button" class="plain" @click=${open}>${title}</button>`;
}

/** Members in the order in which they were sent, nested ones by their path. */
function flatten(value: Json | undefined, path = '', depth = 0): [string, string][] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value !== 'object') return [[path, String(value)]];
  if (depth >= maxDepth) return [[path, JSON.stringify(value)]];
  return Object.entries(value)
    .slice(0, maxRows)
    .flatMap(([name, inner]) => flatten(inner, path === '' ? name : `${path}.${name}`, depth + 1));
}
