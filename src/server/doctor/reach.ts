// The relay as a visitor's browser sees it: answering, letting the site's pages read the answers, with the right time.
import type { SiteKey } from '../../access/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const timeoutMs = 10_000;
const clockToleranceMs = 5_000;

interface RelayOptions {
  path: string;
  siteKeys: readonly SiteKey[];
}

export async function checkRelay(url: string, { path, siteKeys }: RelayOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
    findings.push(
      ready.ok
        ? ok(`relay: ${url} takes events`)
        : fault(`relay: ${url}/readyz answered ${ready.status}: ${(await ready.text()).slice(0, 200)}`),
    );
  } catch (error) {
    return [fault(`relay: ${url} cannot be reached (${reasonOf(error)})`)];
  }
  if (!url.startsWith('https:'))
    findings.push(warning(`relay: ${url} has no https; pages with https cannot send to it`));
  for (const { key, origins } of siteKeys) {
    for (const origin of origins.filter((one) => !one.includes('*') && one !== 'null')) {
      findings.push(await checkOrigin(`${url}${path}?key=${encodeURIComponent(key)}`, origin));
    }
  }
  return findings;
}

/** An empty batch: stores nothing, and passes key and origin. */
async function checkOrigin(endpoint: string, origin: string): Promise<Finding> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { origin, 'content-type': 'text/plain' },
      body: '[]',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 202)
      return fault(`relay: pages of ${origin} get ${response.status}: ${(await response.text()).slice(0, 200)}`);
    if (response.headers.get('access-control-allow-origin') === origin) return ok(`relay: pages of ${origin} may send`);
    return fault(
      `relay: pages of ${origin} cannot read the answer; something in front takes off access-control-allow-origin`,
    );
  } catch (error) {
    return fault(`relay: a page of ${origin} cannot send (${reasonOf(error)})`);
  }
}

export async function checkClock(url: string, now: () => number): Promise<Finding[]> {
  try {
    const sentAt = now();
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
    const theirs = Date.parse(response.headers.get('date') ?? '');
    const differenceMs = Math.round(theirs - (sentAt + now()) / 2);
    if (Number.isNaN(differenceMs)) return [];
    return Math.abs(differenceMs) < clockToleranceMs
      ? [ok('clock: here and at the relay are the same')]
      : [warning(`clock: ${differenceMs} ms between here and the relay; tokens may be refused, run NTP on both`)];
  } catch {
    return [];
  }
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
