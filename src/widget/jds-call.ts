// How the widget speaks HTTP to a Journey Data Service, Waymark's or Cisco's (jds-contract 0.3, 0.4): the token, the
// envelope, and errors with what an agent needs to report them. 404 is an answer here and not a failure.
import { isObject } from '../protocol/index.ts';

/** Why a call did not work, in words that the widget has a text for. */
export type FailureKind = 'unreachable' | 'expired' | 'forbidden' | 'busy' | 'answered' | 'unreadable' | 'noWorkspace';

/** A call that was refused or failed; `status` is 0 where no answer came. */
export class JdsRequestError extends Error {
  readonly kind: FailureKind;
  readonly status: number;
  /** Found in the service's log; undefined where the answer named none. */
  readonly trackingId: string | undefined;
  /** What the service said was wrong with an edit, in its own words. */
  readonly detail: string | undefined;

  constructor(kind: FailureKind, { status = 0, trackingId, detail }: Partial<Failure> = {}) {
    super(kind);
    this.name = 'JdsRequestError';
    this.kind = kind;
    this.status = status;
    this.trackingId = trackingId;
    this.detail = detail;
  }
}

interface Failure {
  status: number;
  trackingId: string | undefined;
  detail: string | undefined;
}

export interface JdsCallOptions {
  /** `https://host` of the service, without a path. */
  baseUrl: string;
  /** Sent as a query parameter where known, as the original widget does. */
  organizationId: string | undefined;
  bearerToken: string;
  /** Cisco's streams take the token in the query only (jds-contract 0.3); Waymark's in the header like all else. */
  streamToken: 'header' | 'query';
  fetch?: typeof fetch;
}

export interface JdsRequest {
  method?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

export interface JdsCall {
  /** `data` and `meta` of an answer; undefined for 404. Throws JdsRequestError. */
  read(path: string, request?: JdsRequest): Promise<{ data: unknown; meta: Record<string, unknown> } | undefined>;
  /** `data` where it is a list, else an empty one. */
  list(path: string, request?: JdsRequest): Promise<unknown[]>;
  /** Resolves when the stream's headers are there. */
  stream(path: string, lastEventId: string, signal: AbortSignal): Promise<Response>;
}

export function createJdsCall(options: JdsCallOptions): JdsCall {
  const { baseUrl, organizationId, bearerToken, streamToken, fetch: send = fetch.bind(globalThis) } = options;

  async function call(path: string, { query = {}, headers = {}, body, ...init }: JdsRequest): Promise<Response> {
    const url = new URL(path, baseUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (organizationId) url.searchParams.set('organizationId', organizationId);
    let response: Response;
    try {
      response = await send(url, {
        ...init,
        headers: 'bearerToken' in query ? headers : { ...headers, Authorization: `Bearer ${bearerToken}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new JdsRequestError('unreachable');
    }
    if (!response.ok && response.status !== 404) throw await readError(response);
    return response;
  }

  async function read(path: string, request: JdsRequest = {}): ReturnType<JdsCall['read']> {
    const response = await call(path, request);
    if (response.status === 404) return undefined;
    const body: unknown = await response.json().catch(() => undefined);
    if (!isObject(body) || !('data' in body)) throw new JdsRequestError('unreadable', { status: response.status });
    const { data, meta } = body;
    return { data, meta: isObject(meta) ? meta : {} };
  }

  return {
    read,
    async list(path, request) {
      const answer = await read(path, request);
      if (answer && !Array.isArray(answer.data)) throw new JdsRequestError('unreadable');
      return (answer?.data as unknown[] | undefined) ?? [];
    },
    async stream(path, lastEventId, signal) {
      const inQuery = streamToken === 'query';
      // Without a header of its own the request needs no preflight, which Cisco's streams do not answer.
      const headers: Record<string, string> = inQuery ? {} : { Accept: 'text/event-stream' };
      if (lastEventId !== '' && !inQuery) headers['Last-Event-ID'] = lastEventId;
      const response = await call(path, { headers, signal, query: inQuery ? { bearerToken } : {} });
      if (response.ok) return response;
      throw new JdsRequestError('answered', { status: response.status });
    },
  };
}

async function readError(response: Response): Promise<JdsRequestError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { status } = response;
  const { trackingId, errors, message } = isObject(body) ? body : ({} as Record<string, unknown>);
  const detail = [Array.isArray(errors) ? errors[0] : undefined, message].find((text) => typeof text === 'string');
  const kind = status === 401 ? 'expired' : status === 403 ? 'forbidden' : status === 429 ? 'busy' : 'answered';
  return new JdsRequestError(kind, {
    status,
    trackingId: typeof trackingId === 'string' ? trackingId : undefined,
    detail: status < 500 && detail ? String(detail).slice(0, 200) : undefined,
  });
}
