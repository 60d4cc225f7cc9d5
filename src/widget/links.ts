// Finds links in the text of events: `[label](address)`, bare addresses, e-mail addresses (jds-contract 1.4). The text comes
// from visitors, so only http(s), mailto and tel become links, the host always stands beside a label, and what somebody
// unproven wrote leads only to hosts that the page allows.
export interface TextPiece {
  text: string;
  /** Absent for plain text, and for a link that may not be followed. */
  href?: string;
  /** Where a label hides it: the host, the address or the number to which the link leads. */
  target?: string;
}

export interface LinkPolicy {
  /** Whoever wrote it is proven to be the customer, or is the contact centre. */
  proven: boolean;
  /** `home.com`, `*.home.com`; for what is not proven. */
  allowedHosts: readonly string[];
}

const pattern =
  /\[([^\][]{1,200})\]\(([^\s()]{1,2000})\)|https?:\/\/[^\s<>"']{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/gi;

export function splitLinks(text: string, policy: LinkPolicy): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, label, address] = match;
    // A full stop or bracket after an address ends the sentence and not the address.
    const shown = label === undefined ? whole.replace(/[.,;:!?)\]}]+$/, '') : whole;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    end = match.index + shown.length;
    if (label !== undefined && address !== undefined) pieces.push(linkPiece(label, address, policy, true));
    else pieces.push(linkPiece(shown, shown.includes('://') ? shown : `mailto:${shown}`, policy, false));
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

function linkPiece(text: string, address: string, policy: LinkPolicy, labelled: boolean): TextPiece {
  const url = safeUrl(address);
  if (!url) return { text: labelled ? `${text} (${address})` : text };
  const target = labelled ? { target: url.host || decode(url.pathname) } : {};
  return { text, ...(mayFollow(url, policy) ? { href: url.href } : {}), ...target };
}

/** An absolute http(s), mailto or tel address; undefined for all else. */
export function safeUrl(address: string): URL | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // A name before the host is only there to look like another host.
  if (url.username !== '' || url.password !== '') return undefined;
  return /^(https?|mailto|tel):$/.test(url.protocol) ? url : undefined;
}

/** Whether a link may be followed; without a host there is nothing to allow. */
export function mayFollow({ protocol, hostname }: URL, { proven, allowedHosts }: LinkPolicy): boolean {
  if (proven) return true;
  return protocol.startsWith('http') && allowedHosts.some((host) => fits(hostname.toLowerCase(), host));
}

function fits(hostname: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
