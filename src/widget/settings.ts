// What the element's properties and attributes mean (jds-contract 7.2): which host, whose journey, and words for true and false.
import { isObject } from '../protocol/index.ts';

/** `base-url` goes before the data centre; undefined while neither is there or they make no address. */
export function baseUrlOf(baseUrl: string | undefined, dataCenter: string | undefined): string | undefined {
  if (baseUrl) return URL.canParse(baseUrl) ? baseUrl : undefined;
  const region = dataCenter?.replace(/^prod/, '');
  return region && /^[a-z]{2,8}\d$/.test(region) ? `https://api.wxcc-${region}.cisco.com` : undefined;
}

/** Cisco's cloud takes a stream's token in the query only, and knows nothing of links. */
export function isCisco(baseUrl: string): boolean {
  return /(^|\.)(cisco|webex|ciscowxdap)\.com$/i.test(new URL(baseUrl).hostname);
}

export interface CustomerSettings {
  interactionData: unknown;
  /** Name of the CAD variable that holds the identity. */
  cadVariableLookup: string | undefined;
  customer: string | null | undefined;
}

/** The CAD variable that the page names, the dialled number of an outbound contact, its caller, else the page's customer. */
export function customerOf({ interactionData, cadVariableLookup, customer }: CustomerSettings): string {
  const fromCad = cadVariableLookup ? cadVariable(interactionData, cadVariableLookup) : undefined;
  return fromCad ?? partnerOf(interactionData) ?? customer?.trim() ?? '';
}

function partnerOf(interaction: unknown): string | undefined {
  if (!isObject(interaction)) return undefined;
  const direction = isObject(interaction['contactDirection'])
    ? interaction['contactDirection']['type']
    : interaction['contactDirection'];
  const outbound = direction === 'OUTBOUND' || interaction['isOutbound'] === true;
  const details = isObject(interaction['callAssociatedDetails']) ? interaction['callAssociatedDetails'] : {};
  const names = outbound ? ['dn', 'dnis'] : ['ani'];
  return names
    .flatMap((name) => [textOf(interaction[name]), textOf(details[name])])
    .find((value) => value !== undefined);
}

/**
 * A variable of the call, wherever the desk keeps it: `{ name: { value } }` in `callAssociatedData`, plain in
 * `callAssociatedDetails` or in the contact itself.
 */
export function cadVariable(interaction: unknown, name: string): string | undefined {
  if (!isObject(interaction)) return undefined;
  for (const place of [interaction['callAssociatedData'], interaction['callAssociatedDetails'], interaction]) {
    const variable = isObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
    const value = textOf(isObject(variable) ? variable['value'] : variable);
    if (value !== undefined) return value;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text;
}

/** A boolean attribute as pages write it: present is true, but `"false"` is false. */
export function isNotFalse(value: string | null): boolean {
  return value !== null && value.trim().toLowerCase() !== 'false';
}

/** One that is true until it says `"false"`. */
export function isTrueByDefault(value: string | null): boolean {
  return value === null || isNotFalse(value);
}

/** `All`, `24-Hours`, `10-Days`, `6-Months`, in lower case. */
export type TimeFrame = string;

const hourMs = 3_600_000;
const unitMs: Record<string, number> = { hour: hourMs, day: 24 * hourMs, month: 30.4375 * 24 * hourMs };

/** `unit` as Intl names it; undefined for all time, and for what is no period. */
export function readTimeFrame(frame: string): { count: number; unit: string; ms: number } | undefined {
  const [, count, unit = ''] = /^(\d{1,4})-(hour|day|month)s?$/i.exec(frame.trim()) ?? [];
  const ms = Number(count) * (unitMs[unit.toLowerCase()] ?? 0);
  return ms > 0 ? { count: Number(count), unit: unit.toLowerCase(), ms } : undefined;
}

export function timeFrameOf(value: string | null | undefined): TimeFrame {
  return value && readTimeFrame(value) ? value.trim().toLowerCase() : 'all';
}

/** What the drop-down offers: the page's own periods, else those of the original, and always those that are wanted; shortest first. */
export function timeFramesOf(own: string | null | undefined, ...wanted: TimeFrame[]): TimeFrame[] {
  const offered = wordsOf(own || '24-Hours 7-Days 30-Days').map(timeFrameOf);
  return [...new Set(['all', ...wanted, ...offered])].sort(
    (a, b) => (readTimeFrame(a)?.ms ?? 0) - (readTimeFrame(b)?.ms ?? 0),
  );
}

/** Hosts to which links of unproven visitors may lead (`home.com *.home.com`), periods: by blanks or commas, in lower case. */
export function wordsOf(value: string | null | undefined): string[] {
  return (value ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}
