// What an agent reads of one event: title, second line, page and icon, taken from where senders put them (jds-contract 1.4, 7.4).
// Everything here is untrusted text. It is only ever shown as text, and becomes a link only through links.ts.
import type { CloudEvent, Json, JsonObject } from '../protocol/index.ts';
import type { Language } from './language.ts';
import { capitalised } from './when.ts';

export type Sentiment = 'positive' | 'neutral' | 'negative';

export interface EventDescription {
  title: string;
  /** The event type, where the title does not already say it. */
  type: string | undefined;
  subtitle: string | undefined;
  /** The page where it happened, an absolute address; not yet checked. */
  page: string | undefined;
  /** Asked of the icon map (jds-contract 7.5), in this order. */
  iconKeys: string[];
  sentiment: Sentiment | undefined;
}

/** An event of the contact centre itself, whose sources no page may use. */
export function isContact(event: CloudEvent): boolean {
  return event.source.includes('wxcc');
}

/** `badgeKeyword`: the member of data that names the icon where the sender has no word for it. */
export function describeEvent(event: CloudEvent, language: Language, badgeKeyword = 'channelType'): EventDescription {
  const { data, type } = event;
  const uiData = objectIn(data, 'uiData');
  const own = textIn(uiData, 'title');
  const contact = isContact(event);
  const title = own ?? (contact ? contactTitle(event, language) : webTitle(event));
  const page = addressOf(data);
  const second = contact ? queueOf(data, language) : (pageTitle(data) ?? notesBeside(title, data) ?? pairsOf(data));
  const sentiment = textIn(data, 'customerSentiment')?.toLowerCase();
  return {
    title,
    type: own || contact || title === type ? undefined : cut(type),
    subtitle: textIn(uiData, 'subTitle') ?? second,
    page,
    iconKeys: iconKeysOf(event, uiData, badgeKeyword),
    sentiment: sentiment === 'positive' || sentiment === 'neutral' || sentiment === 'negative' ? sentiment : undefined,
  };
}

/** A page says where it is; what says nothing has the name of whom it is about. */
function webTitle({ identity, data }: CloudEvent): string {
  return textIn(data, 'origin') ?? textIn(data, 'notes') ?? cut(identity);
}

/** Direction and channel; a telephone contact is a call. */
function contactTitle({ type, data }: CloudEvent, language: Language): string {
  const channel = textIn(data, 'channelType')?.toLowerCase();
  if (!channel) return cut(type);
  const direction = textIn(data, 'direction')?.toLowerCase();
  const name = channel === 'telephony' ? language.say('call') : channel;
  const title = direction === 'inbound' || direction === 'outbound' ? language.say(direction, { channel: name }) : name;
  return capitalised(title, language);
}

function queueOf(data: JsonObject, language: Language): string | undefined {
  const id = textIn(data, 'queueId');
  return textIn(data, 'queueName') ?? (id ? language.say('queue', { id }) : undefined);
}

function pageTitle(data: JsonObject): string | undefined {
  return textIn(data, 'pageTitle') ?? textIn(data, 'title') ?? textIn(objectIn(data, 'page'), 'title');
}

function addressOf(data: JsonObject): string | undefined {
  const address = fullTextIn(data, 'url') ?? fullTextIn(data, 'pageUrl') ?? fullTextIn(objectIn(data, 'page'), 'url');
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

function notesBeside(title: string, data: JsonObject): string | undefined {
  const notes = textIn(data, 'notes');
  return notes === title ? undefined : notes;
}

/** What every event of a kind has in common, or what stands elsewhere already. */
const notInPairs =
  /^(taskId|uiData|transcript|customerSentiment|channel\w*|origin|notes|url|pageUrl|userAgent|platform|app\w+)$/i;
const maxPairs = 4;

/** `key: value` of what else the sender told (jds-contract 7.4). */
function pairsOf(data: JsonObject): string | undefined {
  const pairs = Object.entries(data).flatMap(([key, value]) => {
    const told = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return told && !notInPairs.test(key) && String(value).trim() !== '' ? [`${key}: ${value}`] : [];
  });
  return pairs.length === 0 ? undefined : cut(pairs.slice(0, maxPairs).join(' · '));
}

function iconKeysOf(event: CloudEvent, uiData: JsonObject | undefined, badgeKeyword: string): string[] {
  const { data, identitytype, type } = event;
  const channel = textIn(data, 'channelType');
  const direction = textIn(data, 'direction')?.toLowerCase();
  const call =
    isContact(event) && channel?.toLowerCase() === 'telephony' && direction ? `${direction}-call` : undefined;
  return [textIn(uiData, 'iconType'), call, textIn(data, badgeKeyword), identitytype, type].filter(
    (key) => key !== undefined,
  );
}

/** More than anybody reads in a list; a page may send a text as long as a book. */
const maxTextLength = 300;

/** Not through the middle of a character of two units. */
export function cut(text: string, most: number = maxTextLength): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

export function textIn(object: JsonObject | undefined, member: string): string | undefined {
  const text = fullTextIn(object, member);
  return text === undefined ? undefined : cut(text);
}

export function fullTextIn(object: JsonObject | undefined, member: string): string | undefined {
  const value = object?.[member];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export function objectIn(object: JsonObject, member: string): JsonObject | undefined {
  const value: Json | undefined = object[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
