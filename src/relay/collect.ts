// POST /collect: the public door. Authenticates the site key and the page's origin, checks each event, hands the good
// ones to the store, and answers 202 only for what is on disk, with a result per event (design, "Answers").
// A plain handler of node:http and not a route, because most requests of a server are this one (decision 0040).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, createGcra } from '../access/index.ts';
import { Problem, type ProblemCode, problems } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';
import { admit, keyLabel } from './admit.ts';
import { answerHeaders, sendAnswer, sendPreflight, sendProblem } from './answering.ts';
import { type BatchLimits, batchLimits, readBatch } from './batch-reader.ts';
import { clientAddress, networkOf } from './client-address.ts';
import type { CookieRenewal } from './cookie-renewal.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type Endpoint, isAt, queryOf } from './endpoint.ts';
import type { RelayMetrics } from './metrics.ts';
import { createPageCounters } from './page-counters.ts';
import { createBodyReader } from './request-body.ts';
import { createRequestIds } from './request-ids.ts';
import { settle } from './settle.ts';
import { createThrottle, type ThrottleLimits, throttleLimits } from './throttle.ts';
import type { FactsOptions } from './visitor-facts.ts';

export interface CollectOptions {
  access: Access;
  store: Store;
  /** Default `/collect`; blockers know the word. */
  path?: string;
  batch?: Partial<BatchLimits>;
  rates?: Partial<ThrottleLimits>;
  /** Milliseconds until a body has to be there. Default 15,000. */
  bodyTimeoutMs?: number;
  /** Proxies in front whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  facts?: FactsOptions;
  /** Default none: the relay sets no cookie. */
  cookie?: CookieRenewal;
  metrics?: RelayMetrics;
  deadLetters?: DeadLetters;
  log?: CollectLog;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** What is logged about a request that was refused or failed; never whose it was. */
export interface CollectLog {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Thrown where the sender has to wait. */
class Wait extends Problem {
  readonly retryAfterMs: number;

  constructor(code: ProblemCode, detail: string, retryAfterMs: number) {
    super(code, detail);
    this.retryAfterMs = retryAfterMs;
  }
}

export function createCollect(options: CollectOptions): Endpoint {
  const { access, path = '/collect', now = Date.now, log, metrics } = options;
  const limits = { ...batchLimits, ...options.batch };
  const bodies = createBodyReader({
    maxBodyBytes: limits.maxBodyBytes,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 15_000,
  });
  const newRequestId = createRequestIds();
  const rates = { ...throttleLimits, ...options.rates };
  const throttle = createThrottle(rates);
  metrics?.watchPending(throttle.pending);
  const quota = createQuota(now);
  // Whoever is refused all day must not fill the disk with it.
  const logGate = createGcra({ rate: { perSecond: 10, burst: 100 } });
  let unlogged = 0;
  let stopping = false;
  const context = { ...options, now, throttle, pageCounters: createPageCounters() };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = newRequestId();
    const headers = answerHeaders(request, requestId);
    if (request.method === 'OPTIONS') return sendPreflight(response, headers);
    let code: ProblemCode | undefined;
    try {
      const answer = await take(request, headers);
      closeIfStopping(headers);
      sendAnswer(response, headers, answer);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('internal', `request ${requestId}`);
      code = problem.code;
      metrics?.refused(keyLabel(access, queryOf(request)['key'], request), code);
      report(error, problem, request, requestId);
      closeIfStopping(headers);
      sendProblem(response, headers, problem, problem instanceof Wait ? problem.retryAfterMs : undefined);
    }
    metrics?.answered(code === undefined ? 202 : problems[code].status, code, (performance.now() - startedAt) / 1000);
  }

  /** Asked when the answer goes out: the request may have come before the server was told to stop. */
  function closeIfStopping(headers: Record<string, string>): void {
    if (stopping) headers['connection'] = 'close';
  }

  async function take(request: IncomingMessage, headers: Record<string, string>) {
    const receivedAt = now();
    if (request.method !== 'POST') throw new Problem('method-not-allowed', `expected POST, got ${request.method}`);
    const query = queryOf(request);
    const sender = admit(access, query['key'], request);
    const address = clientAddress(request, options.trustedProxies ?? 0);
    const source = { key: sender.name, network: networkOf(address), keyRate: { ...rates.key, ...sender.rate } };

    // Who has used up everything is told so before the body is read. Only the batch tells whether they are known.
    refuseIf(throttle.check(source, 1, true), 1);
    const raw = await bodies.read(request);
    if (!quota.take(sender.name, raw.length, sender.bytesPerDay)) {
      metrics?.shed('quota', 1);
      throw new Wait('over-quota', `the key may send ${sender.bytesPerDay} bytes a day`, quota.resetMs());
    }
    const batch = await readBatch(raw, limits);
    return settle(batch, {
      ...context,
      request,
      headers,
      receivedAt,
      query,
      sender,
      address,
      shed: (known, events) => refuseIf(throttle.check(source, events, known), events),
      taken: (events) => throttle.take(source, events),
    });
  }

  function refuseIf(shed: ReturnType<typeof throttle.check>, events: number): void {
    if (!shed) return;
    metrics?.shed(shed.by, events);
    if (shed.by === 'queue') throw new Wait('busy', 'too many events wait for the disk', shed.waitMs);
    throw new Wait('rate-limited', `too many events of this ${shed.by}`, shed.waitMs);
  }

  function report(error: unknown, problem: Problem, request: IncomingMessage, requestId: string): void {
    const fields = { requestId, code: problem.code };
    if (problem.code === 'internal') log?.error({ ...fields, err: error }, 'collect failed');
    // The origin is what one needs to mend a key; it names a site, not a person.
    else if (logGate.waitMs('', 1) > 0) unlogged++;
    else {
      logGate.take('', 1);
      log?.info({ ...fields, origin: request.headers.origin?.slice(0, 100), unlogged }, 'collect refused a request');
      unlogged = 0;
    }
  }

  return {
    owns: (request) => isAt(path, request),
    handle,
    stop() {
      stopping = true;
    },
  };
}

/** Bytes of each key since midnight UTC. Counted in memory: a restart forgets. */
function createQuota(now: () => number) {
  const dayMs = 86_400_000;
  let day = 0;
  let used = new Map<string, number>();
  return {
    take(key: string, bytes: number, bytesPerDay: number | undefined): boolean {
      if (bytesPerDay === undefined) return true;
      const today = Math.floor(now() / dayMs);
      if (today !== day) used = new Map();
      day = today;
      const sum = (used.get(key) ?? 0) + bytes;
      if (sum > bytesPerDay) return false;
      used.set(key, sum);
      return true;
    },
    resetMs: () => dayMs - (now() % dayMs),
  };
}
