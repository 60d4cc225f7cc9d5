// POST /call-code?key=pk_…: gives a visitor the short code with which a phone call finds the journey in their browser.
// Who asks proves to hold the temporaryId by its secret, as whoever writes under it does. Nothing is said about anybody:
// a temporaryId that nobody holds and a wrong secret are answered alike.
import type { IncomingMessage } from 'node:http';
import { type Access, type CallCodes, createGcra, type Rate } from '../access/index.ts';
import { type CallCodeAnswer, Problem, parseCallCodeRequest } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';
import { admit, keyLabel } from './admit.ts';
import { answerHeaders, sendAnswer, sendPreflight, sendProblem } from './answering.ts';
import { clientAddress, networkOf } from './client-address.ts';
import type { CollectLog } from './collect.ts';
import { type Endpoint, isAt, queryOf } from './endpoint.ts';
import type { RelayMetrics } from './metrics.ts';
import { createBodyReader } from './request-body.ts';
import { createRequestIds } from './request-ids.ts';

export interface CallCodeOptions {
  access: Access;
  store: Pick<Store, 'holdsTemporaryId'>;
  callCodes: CallCodes;
  /** Default `/call-code`. */
  path?: string;
  rates?: Partial<CallCodeRates>;
  /** Proxies in front whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  metrics?: Pick<RelayMetrics, 'refused'>;
  log?: Pick<CollectLog, 'error'>;
}

export interface CallCodeRates {
  /** Requests of one site key. Default 50 a second, 500 at once. */
  key: Rate;
  /** Requests from one IPv4 address or IPv6 /64, which an office shares. Default one a second, 60 at once. */
  address: Rate;
}

export const callCodeRates: CallCodeRates = {
  key: { perSecond: 50, burst: 500 },
  address: { perSecond: 1, burst: 60 },
};

export function createCallCodeEndpoint(options: CallCodeOptions): Endpoint {
  const { access, store, callCodes, path = '/call-code', trustedProxies = 0, metrics, log } = options;
  const rates = { ...callCodeRates, ...options.rates };
  const keys = createGcra({ rate: rates.key, maxNames: 10_000 });
  const addresses = createGcra({ rate: rates.address });
  const bodies = createBodyReader({ maxBodyBytes: 2_000, bodyTimeoutMs: 10_000 });
  const newRequestId = createRequestIds();
  let stopping = false;

  function closeIfStopping(headers: Record<string, string>): void {
    if (stopping) headers['connection'] = 'close';
  }

  async function take(request: IncomingMessage): Promise<CallCodeAnswer> {
    if (request.method !== 'POST') throw new Problem('method-not-allowed', `expected POST, got ${request.method}`);
    const { workspace, site, name } = admit(access, queryOf(request)['key'], request);
    if (!site) throw new Problem('not-authorized', 'call codes are for pages: expected a site key');
    const network = networkOf(clientAddress(request, trustedProxies));
    const waitMs = Math.max(addresses.waitMs(network, 1), keys.waitMs(name, 1));
    if (waitMs > 0) throw new Wait(waitMs);
    addresses.take(network, 1);
    keys.take(name, 1);
    const { temporaryId, secret } = parseCallCodeRequest(readJson(await bodies.read(request)));
    if (!(await store.holdsTemporaryId(workspace.id, temporaryId, secret))) {
      throw new Problem('visitor-unknown', 'the temporaryId is not known here, or this is not its secret');
    }
    const { code, expiresAt } = await callCodes.issue(workspace.id, temporaryId);
    return { code, expiresAt: new Date(expiresAt).toISOString() };
  }

  return {
    owns: (request) => isAt(path, request),
    async handle(request, response) {
      const requestId = newRequestId();
      const headers = answerHeaders(request, requestId);
      if (request.method === 'OPTIONS') return sendPreflight(response, headers);
      try {
        const answer = await take(request);
        closeIfStopping(headers);
        sendAnswer(response, headers, answer, 200);
      } catch (error) {
        if (!(error instanceof Problem)) log?.error({ requestId, err: error }, 'issuing a call code failed');
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

  constructor(retryAfterMs: number) {
    super('rate-limited', 'too many call codes were asked for');
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
