// What an agent reads of one event: title, second line, page and icon, taken from where senders put them (jds-contract 1.4, 7.4).
// Everything here is untrusted text. It is only ever shown as text, and a page becomes a link only over http(s).
import type { CloudEvent, JsonObject } from '../protocol/index.ts';
import type { IconName } from './icons.ts';

export interface EventDescription {
  title: string;
  /** The event type, where the title does not already say it. */
  type: string | undefined;
  subtitle: string | undefined;
  page: { label: string; href: string } | undefined;
  icon: IconName;
  /** `anonymous`: an unidentified visitor. `contact`: a call, chat or message of the contact centre itself. */
  tone: 'anonymous' | 'identified' | 'contact';
  sentiment: 'positive' | 'neutral' | 'negative' | undefined;
}

/** `identified`: made by somebody known (`identifiedItems`). */
export function describeEvent(event: CloudEvent, identified: boolean): EventDescription {
  const { data } = event;
  const uiData = objectIn(data, 'uiData');
  const title = textIn(uiData, 'title');
  const contact = event.source.includes('wxcc');
  const page = pageOf(data);
  const sentiment = textIn(data, 'customerSentiment')?.toLowerCase();
  return {
    title: title ?? (contact ? contactTitle(event) : webTitle(event)),
    type: title || contact ? undefined : event.type,
    subtitle: textIn(uiData, 'subTitle') ?? (contact ? queueOf(data) : (page?.title ?? textIn(data, 'notes'))),
    page: page?.link,
    icon: iconFor(event, uiData),
    tone: contact ? 'contact' : identified ? 'identified' : 'anonymous',
    sentiment: sentiment === 'positive' || sentiment === 'neutral' || sentiment === 'negative' ? sentiment : undefined,
  };
}

/** A link for text that is an absolute http(s) address; undefined for all else. */
export function safeHref(value: string): URL | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

function webTitle({ type, data }: CloudEvent): string {
  return textIn(data, 'origin') ?? textIn(data, 'notes') ?? type;
}

/** Direction and channel; a telephone contact is a call. */
function contactTitle({ type, data }: CloudEvent): string {
  const channel = textIn(data, 'channelType');
  if (!channel) return type;
  const words = [textIn(data, 'direction'), channel === 'telephony' ? 'call' : channel];
  const title = words.filter(Boolean).join(' ').toLowerCase();
  const step = type.startsWith('task:') ? ` ${type.slice('task:'.length)}` : '';
  return title.charAt(0).toUpperCase() + title.slice(1) + step;
}

function queueOf(data: JsonObject): string | undefined {
  const id = textIn(data, 'queueId');
  return textIn(data, 'queueName') ?? (id ? `Queue ID: ${id}` : undefined);
}

function pageOf(data: JsonObject): { title: string | undefined; link: EventDescription['page'] } | undefined {
  const page = objectIn(data, 'page') ?? {};
  const title = textIn(data, 'pageTitle') ?? textIn(data, 'title') ?? textIn(page, 'title');
  const address = fullTextIn(data, 'url') ?? fullTextIn(data, 'pageUrl') ?? fullTextIn(page, 'url');
  const url = address ? safeHref(address) : undefined;
  const link = url
    ? { href: url.href, label: (url.host + url.pathname + url.search).slice(0, maxTextLength) }
    : undefined;
  return title || link ? { title, link } : undefined;
}

/** Tried in order on icon type, channel type, event type and identity type; the first pattern that fits names the icon. */
const iconPatterns: readonly (readonly [RegExp, IconName])[] = [
  [/log.?in|identify/i, 'login'],
  [/mortgage|rate|quote/i, 'rates'],
  [/sms|chat|messenger|whatsapp/i, 'message'],
  [/telephony|voice|call|phone/i, 'phone'],
  [/e-?mail/i, 'email'],
  [/form|contact/i, 'form'],
  [/new.?visit|web|page/i, 'page'],
];

function iconFor(event: CloudEvent, uiData: JsonObject | undefined): IconName {
  const keys = [textIn(uiData, 'iconType'), textIn(event.data, 'channelType'), event.type, event.identitytype];
  for (const key of keys) {
    const match = key && iconPatterns.find(([pattern]) => pattern.test(key));
    if (match) return match[1];
  }
  return 'activity';
}

/** More than anybody reads in a list; a page may send a text as long as a book. */
const maxTextLength = 300;

function textIn(object: JsonObject | undefined, member: string): string | undefined {
  const value = fullTextIn(object, member);
  // Not through the middle of a character of two units.
  return value && value.length > maxTextLength
    ? `${value.slice(0, maxTextLength).replace(/[\ud800-\udbff]$/, '')}…`
    : value;
}

function fullTextIn(object: JsonObject | undefined, member: string): string | undefined {
  const value = object?.[member];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function objectIn(object: JsonObject, member: string): JsonObject | undefined {
  const value = object[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
