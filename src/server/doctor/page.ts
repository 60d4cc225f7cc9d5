// A page of the site: whether it loads the script with a key that is known, whether what it sends arrives, whether its
// content security policy lets the script load and send, and whether blockers are likely to stop either.
import { compileRules, type SiteKey } from '../../access/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import { reasonOf } from './reach.ts';

interface PageOptions {
  /** Of the collect endpoint. */
  path: string;
  siteKeys: readonly SiteKey[];
  /** Where the relay is, if that was said. */
  url?: string;
}

/** Words in addresses that common filter lists act on. */
const blocked = /(^|[/._-])(collect|track(er|ing)?|analytics|beacon|pixel|telemetry|stats|metrics|events?)([/._-]|$)/i;

export async function checkPage(page: string, options: PageOptions): Promise<Finding[]> {
  let html: string;
  let policy: string;
  try {
    const response = await fetch(page, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return [fault(`page: ${page} answered ${response.status}`)];
    html = (await response.text()).slice(0, 2_000_000);
    policy = response.headers.get('content-security-policy') ?? '';
  } catch (error) {
    return [fault(`page: ${page} cannot be read (${reasonOf(error)})`)];
  }
  const script = findScript(html, page);
  if (!script)
    return [fault(`page: ${page} has no script tag with waymark.js (a tag manager may add it; look in a browser)`)];
  const { src, key, collectUrl } = script;
  return [
    checkKey(key, new URL(page).origin, options.siteKeys),
    ...(key === undefined ? [] : [await checkArrival(collectUrl, key, new URL(options.path, options.url ?? src))]),
    ...checkPolicy([policy, ...metaPolicies(html)].filter(Boolean), { page, script: src, collectUrl }),
    ...checkBlockers(page, src, collectUrl),
  ];
}

interface Script {
  src: URL;
  key: string | undefined;
  /** Where the page sends its events, as the script reads its tag. */
  collectUrl: URL;
}

function findScript(html: string, page: string): Script | undefined {
  for (const [tag] of html.matchAll(/<script\b[^>]*>/gi)) {
    const address = attribute(tag, 'src');
    // With a version and a hash, or without; the other scripts have a word there.
    if (address === undefined || !/waymark(-\d[\w.-]*)?\.js/.test(address) || !URL.canParse(address, page)) continue;
    const src = new URL(address, page);
    const endpoint = attribute(tag, 'data-endpoint');
    const collectUrl =
      endpoint !== undefined && URL.canParse(endpoint, page) ? new URL(endpoint, page) : new URL('/collect', src);
    return { src, key: attribute(tag, 'data-key'), collectUrl };
  }
  return undefined;
}

/** An empty batch; whether the key and the origin fit is asked elsewhere, here whether there is a relay at all. */
async function checkArrival(collectUrl: URL, key: string, expected: URL): Promise<Finding> {
  const advice = `if the relay is reached at ${expected}, put data-endpoint="${expected}" into the tag`;
  try {
    const response = await fetch(`${collectUrl}?key=${encodeURIComponent(key)}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '[]',
      signal: AbortSignal.timeout(10_000),
    });
    return [202, 401, 403].includes(response.status)
      ? ok(`page: its events arrive at ${collectUrl}`)
      : fault(`page: it sends to ${collectUrl}, which answered ${response.status}; ${advice}`);
  } catch (error) {
    return fault(`page: it sends to ${collectUrl}, which cannot be reached (${reasonOf(error)}); ${advice}`);
  }
}

function checkKey(key: string | undefined, origin: string, siteKeys: readonly SiteKey[]): Finding {
  if (key === undefined) return warning('page: the script tag has no data-key');
  const siteKey = siteKeys.find((one) => one.key === key);
  if (!siteKey) return fault(`page: its data-key ${key} is not known here`);
  return compileRules(siteKey).allowsOrigin(origin)
    ? ok(`page: its key is known and allows ${origin}`)
    : fault(`page: its key does not allow ${origin}; add the origin`);
}

interface Loads {
  page: string;
  script: URL;
  collectUrl: URL;
}

function checkPolicy(policies: readonly string[], { page, script, collectUrl }: Loads): Finding[] {
  const findings: Finding[] = [];
  for (const policy of policies) {
    if (!lets(policy, ['script-src-elem', 'script-src', 'default-src'], script, page)) {
      findings.push(fault(`page: its content security policy stops the script; add ${script.origin} to script-src`));
    }
    if (!lets(policy, ['connect-src', 'default-src'], collectUrl, page)) {
      findings.push(fault(`page: its content security policy stops sending; add ${collectUrl.origin} to connect-src`));
    }
  }
  return findings.length > 0 ? findings : [ok('page: its content security policy lets the script load and send')];
}

function lets(policy: string, names: readonly string[], url: URL, page: string): boolean {
  const directives = new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      return [name.toLowerCase(), sources] as const;
    }),
  );
  const sources = names.map((name) => directives.get(name)).find((found) => found !== undefined);
  if (!sources) return true;
  return sources.some((source) => {
    // With a nonce or a hash only a browser can tell.
    if (source === '*' || /^'(nonce-|sha\d+-|strict-dynamic)/.test(source)) return true;
    if (source === "'self'") return url.origin === new URL(page).origin;
    if (/^[a-z]+:$/.test(source)) return url.protocol === source;
    const [, scheme, host = ''] = /^(?:([a-z]+):\/\/)?([^/:]+)/.exec(source) ?? [];
    const hostFits = host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
    return hostFits && (scheme === undefined || `${scheme}:` === url.protocol);
  });
}

function checkBlockers(page: string, script: URL, collectUrl: URL): Finding[] {
  const findings: Finding[] = [];
  if (site(script.hostname) !== site(new URL(page).hostname)) {
    findings.push(
      warning(`page: ${script.hostname} is another site than the page; blockers and Safari treat it as a third party`),
    );
  }
  if (blocked.test(collectUrl.pathname)) {
    findings.push(warning(`page: filter lists know words such as ${collectUrl.pathname}; choose another collect.path`));
  }
  return findings.length > 0 ? findings : [ok('page: nothing in the addresses that filter lists know')];
}

/** Roughly the registrable domain; wrong only under suffixes such as co.uk, where it warns too little. */
function site(host: string): string {
  return host.split('.').slice(-2).join('.');
}

function metaPolicies(html: string): string[] {
  return [...html.matchAll(/<meta\b[^>]*>/gi)]
    .filter(([tag]) => attribute(tag, 'http-equiv')?.toLowerCase() === 'content-security-policy')
    .map(([tag]) => attribute(tag, 'content') ?? '');
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
