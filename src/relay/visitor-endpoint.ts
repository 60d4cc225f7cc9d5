// What the small endpoints have in common that a page asks for its visitor, beside the events: a site key, limits, a
// short body, and the secret of the temporaryId, as whoever writes under it proves to hold it. Nothing is said about
// anybody: a temporaryId that nobody holds and a wrong secret are answered alike.
import type { IncomingMessage } from 'node:http';
import { type Access, createGcra, type Rate, type Workspace } from '../access/index.ts';
import { Problem, type VisitorProof } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';
import { admit, keyLabel } from './admit.ts';
import { answerHeaders, type EndpointAnswer, sendAnswer, sendPreflight, sendProblem } from './answering.ts';
import { clientAddress, networkOf } from './client-address.ts';
import type { CollectLog } from './collect.ts';
import { type Endpoint, isAt, queryOf } from './endpoint.ts';
import type { RelayMetrics } from './metrics.ts';
import { createBodyReader } from './request-body.ts';
import { createRequestIds } from './request-ids.ts';

export interface VisitorEndpointOptions {
  access: Access;
  store: Pick<Store, 'holdsTemporaryId'>;
  path?: string;
  rates?: Partial<VisitorRates>;
  /** Proxies in front whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  metrics?: Pick<RelayMetrics, 'refused'>;
  log?: Pick<CollectLog, 'error'>;
}

export interface VisitorRates {
  /** Requests of one site key. Default 50 a second, 500 at once. */
  key: Rate;
  /** Requests from one IPv4 address or IPv6 /64, which an office shares. Default one a second, 60 at once. */
  address: Rate;
}

export const visitorRates: VisitorRates = {
  key: { perSecond: 50, burst: 500 },
  address: { perSecond: 1, burst: 60 },
};

export interface VisitorEndpointParts<Asked extends VisitorProof> {
  path: string;
  /** What is asked for, as messages name it: `call codes`. */
  things: string;
  /** Throws a Problem. */
  parse(value: unknown): Asked;
  /** The visitor has proven to hold the temporaryId. */
  answer(asked: Asked, workspace: Workspace, request: IncomingMessage): Promise<EndpointAnswer>;
}

export function createVisitorEndpoint<Asked extends VisitorProof>(
  { access, store, log, metrics, trustedProxies = 0, ...options }: VisitorEndpointOptions,
  { path, things, parse, answer }: VisitorEndpointParts<Asked>,
): Endpoint {
  const rates = { ...visitorRates, ...options.rates };
  const keys = createGcra({ rate: rates.key, maxNames: 10_000 });
  const addresses = createGcra({ rate: rates.address });
  const bodies = createBodyReader({ maxBodyBytes: 2_000, bodyTimeoutMs: 10_000 });
  const newRequestId = createRequestIds();
  let stopping = false;

  function closeIfStopping(headers: Record<string, string>): void {
    if (stopping) headers['connection'] = 'close';
  }

  async function take(request: IncomingMessage): Promise<EndpointAnswer> {
    if (request.method !== 'POST') throw new Problem('method-not-allowed', `expected POST, got ${request.method}`);
    const { workspace, site, name } = admit(access, queryOf(request)['key'], request);
    if (!site) throw new Problem('not-authorized', `${things} are for pages: expected a site key`);
    const network = networkOf(clientAddress(request, trustedProxies));
    const waitMs = Math.max(addresses.waitMs(network, 1), keys.waitMs(name, 1));
    if (waitMs > 0) throw new Wait(`too many ${things} were asked for`, waitMs);
    addresses.take(network, 1);
    keys.take(name, 1);
    const asked = parse(readJson(await bodies.read(request)));
    if (!(await store.holdsTemporaryId(workspace.id, asked.temporaryId, asked.secret))) {
      throw new Problem('visitor-unknown', 'the temporaryId is not known here, or this is not its secret');
    }
    return answer(asked, workspace, request);
  }

  return {
    owns: (request) => isAt(path, request),
    async handle(request, response) {
      const requestId = newRequestId();
      const headers = answerHeaders(request, requestId);
      if (request.method === 'OPTIONS') return sendPreflight(response, headers);
      try {
        const answered = await take(request);
        closeIfStopping(headers);
        sendAnswer(response, headers, answered, 200);
      } catch (error) {
        if (!(error instanceof Problem)) log?.error({ requestId, err: error }, `answering about ${things} failed`);
        const problem = error instanceof Problem ? error : new Problem('internal', `request ${requestId}`);
        metrics?.refused(keyLabel(access, queryOf(request)['key'], request), problem.code);
        closeIfStopping(headers);
        sendProblem(response, headers, problem, error instanceof Wait ? error.retryAfterMs : undefined);
      }
    },
    stop() {
      stopping = true;
    },
  };
}

class Wait extends Problem {
  readonly retryAfterMs: number;

  constructor(detail: string, retryAfterMs: number) {
    super('rate-limited', detail);
    this.retryAfterMs = retryAfterMs;
  }
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem('not-json', 'expected a JSON object');
  }
}
