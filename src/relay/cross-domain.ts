// POST /cross-domain?key=pk_…: a visitor follows a link from one of the company's domains to another, and the two
// temporaryIds become one person. The page that is left announces the code in the link, the page that is reached redeems
// it, each with a temporaryId and secret of its own. What stands in a link anybody may have put there: so a code counts only
// for the very crossing that was announced, and never joins two people who are known (decision 0065).
import type { IncomingMessage } from 'node:http';
import type { CrossDomainCodes, Workspace } from '../access/index.ts';
import {
  type CrossDomainAnswer,
  type CrossDomainArrival,
  type CrossDomainDeparture,
  Problem,
  parseCrossDomainRequest,
} from '../protocol/index.ts';
import type { LinkOutcome, Store } from '../store/index.ts';
import type { Endpoint } from './endpoint.ts';
import { createVisitorEndpoint, type VisitorEndpointOptions } from './visitor-endpoint.ts';

export interface CrossDomainOptions extends VisitorEndpointOptions {
  store: Pick<Store, 'holdsTemporaryId' | 'joinVisitors'>;
  codes: CrossDomainCodes;
  /** Default `/cross-domain`. */
  path?: string;
}

export function createCrossDomainEndpoint({ codes, ...options }: CrossDomainOptions): Endpoint {
  const { store } = options;

  async function announce(asked: CrossDomainDeparture, workspace: Workspace, request: IncomingMessage) {
    const crossing = { from: originOf(request), to: asked.target, userAgent: userAgentOf(request) };
    await codes.announce(workspace.id, asked.code, asked.temporaryId, crossing);
    return { ok: true };
  }

  async function arrive(asked: CrossDomainArrival, workspace: Workspace, request: IncomingMessage) {
    requireScript(request);
    const crossing = { from: asked.referrer, to: originOf(request), userAgent: userAgentOf(request) };
    const from = await codes.redeem(workspace.id, asked.code, crossing);
    if (from === undefined) throw unknownCode();
    const outcome = await join(workspace.id, from, asked.temporaryId, `cross-domain:${crossing.from}`);
    return { ok: outcome.result !== 'refused' };
  }

  async function join(workspace: string, from: string, to: string, cause: string): Promise<LinkOutcome> {
    try {
      return await store.joinVisitors(workspace, from, to, { cause, trust: 'verified' });
    } catch (error) {
      // Erased since the code was announced.
      throw error instanceof Problem && error.code === 'not-found' ? unknownCode() : error;
    }
  }

  return createVisitorEndpoint(options, {
    path: options.path ?? '/cross-domain',
    things: 'links to other domains',
    parse: parseCrossDomainRequest,
    answer: (asked, workspace, request): Promise<CrossDomainAnswer> =>
      'target' in asked ? announce(asked, workspace, request) : arrive(asked, workspace, request),
  });
}

/** Which the key allows, as `admit` has found; a browser sends it with each POST. */
function originOf({ headers: { origin } }: IncomingMessage): string {
  if (origin !== undefined && origin !== 'null') return origin;
  throw new Problem('wrong-origin', 'expected an Origin header that names the page');
}

function userAgentOf({ headers }: IncomingMessage): string {
  return headers['user-agent'] ?? '';
}

/** What browsers say about a request (w3c.github.io/webappsec-fetch-metadata): that a script of a page made it, and reads the answer. */
function requireScript({ headers }: IncomingMessage): void {
  const [mode, site] = [headers['sec-fetch-mode'] ?? 'cors', headers['sec-fetch-site'] ?? 'cross-site'];
  if (mode !== 'cors' || site === 'none') throw unknownCode();
}

/** One answer for all that is wrong with a code: who tries learns nothing. */
function unknownCode(): Problem {
  return new Problem('cross-domain-unknown', 'never announced here, used already, expired, or for another page');
}
