// What the element's properties and attributes mean (jds-contract 7.2): which host, whose journey, and words for true and false.
import { isObject } from '../protocol/index.ts';

/** `base-url` goes before the data centre; undefined while neither is there or they make no address. */
export function baseUrlOf(baseUrl: string | undefined, dataCenter: string | undefined): string | undefined {
  if (baseUrl) return URL.canParse(baseUrl) ? baseUrl : undefined;
  const region = dataCenter?.replace(/^prod/, '');
  return region && /^[a-z]{2,8}\d$/.test(region) ? `https://api.wxcc-${region}.cisco.com` : undefined;
}

/** The caller of the desk's contact, the dialled number of an outbound one, else the customer that the page names. */
export function customerOf(interactionData: unknown, customer: string | null | undefined): string {
  if (isObject(interactionData)) {
    const outbound = interactionData['contactDirection'] === 'OUTBOUND' || interactionData['isOutbound'] === true;
    const caller = outbound ? interactionData['dn'] : interactionData['ani'];
    if (typeof caller === 'string' && caller.trim() !== '') return caller.trim();
  }
  return customer?.trim() ?? '';
}

/** A boolean attribute as pages write it: present is true, but `"false"` is false. */
export function isNotFalse(value: string | null): boolean {
  return value !== null && value.trim().toLowerCase() !== 'false';
}
