// The calls that the widget makes to a Journey Data Service (jds-contract 2 and 3), Waymark's or Cisco's.
// The token travels in a header only. 404 is an answer here and not a failure: nothing is known under that identity.
import { type Envelope, isObject, type Person } from '../protocol/index.ts';
import { type FeedItem, readFeedItem } from './journey-event.ts';

export interface JdsClientOptions {
  /** `https://host` of the service, without a path. */
  baseUrl: string;
  workspaceId: string;
  /** Sent as a query parameter where known, as the original widget does. */
  organizationId: string | undefined;
  bearerToken: string;
  fetch?: typeof fetch;
}

export interface JdsClient {
  /** Events of the whole person, in the service's order; empty where the identity is unknown. */
  history(identity: string, signal: AbortSignal): Promise<FeedItem[]>;
  /** The person who owns an alias; undefined where nobody does. */
  person(identity: string, signal: AbortSignal): Promise<Person | undefined>;
  /** Opens the live stream; resolves when its headers are there. */
  openStream(identity: string, lastEventId: string, signal: AbortSignal): Promise<Response>;
}

/** A call that was refused or failed; `status` is 0 where no answer came. */
export class JdsRequestError extends Error {
  readonly status: number;
  /** Found in the service's log; undefined where the answer named none. */
  readonly trackingId: string | undefined;

  constructor(message: string, status: number, trackingId?: string) {
    super(message);
    this.name = 'JdsRequestError';
    this.status = status;
    this.trackingId = trackingId;
  }
}

export function createJdsClient(options: JdsClientOptions): JdsClient {
  const { baseUrl, workspaceId, organizationId, bearerToken, fetch: send = fetch.bind(globalThis) } = options;
  const workspace = encodeURIComponent(workspaceId);

  async function call(path: string, query: Record<string, string>, init: RequestInit): Promise<Response> {
    const url = new URL(path, baseUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (organizationId) url.searchParams.set('organizationId', organizationId);
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${bearerToken}`);
    let response: Response;
    try {
      response = await send(url, { ...init, headers, cache: 'no-store', credentials: 'omit' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new JdsRequestError('The journey service cannot be reached.', 0);
    }
    if (!response.ok && response.status !== 404) throw await readError(response);
    return response;
  }

  async function list(path: string, query: Record<string, string>, signal: AbortSignal): Promise<unknown[]> {
    const response = await call(path, query, { signal });
    if (response.status === 404) return [];
    const body: unknown = await response.json().catch(() => undefined);
    if (isObject(body) && Array.isArray(body['data'])) return (body as unknown as Envelope<unknown[]>).data;
    throw new JdsRequestError('The journey service gave an answer that could not be read.', response.status);
  }

  return {
    async history(identity, signal) {
      const events = await list(`/v1/api/events/workspace-id/${workspace}`, { identity }, signal);
      return events.map(readFeedItem).filter((item) => item !== undefined);
    },
    async person(identity, signal) {
      const alias = encodeURIComponent(identity);
      const persons = await list(`/admin/v1/api/person/workspace-id/${workspace}/aliases/${alias}`, {}, signal);
      return persons.find(isPerson);
    },
    async openStream(identity, lastEventId, signal) {
      const alias = encodeURIComponent(identity);
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastEventId !== '') headers['Last-Event-ID'] = lastEventId;
      const path = `/v1/api/events/stream/workspace-id/${workspace}/identity/${alias}`;
      const response = await call(path, {}, { headers, signal });
      if (response.ok) return response;
      throw new JdsRequestError('The live stream is not there.', response.status);
    },
  };
}

async function readError(response: Response): Promise<JdsRequestError> {
  const body: unknown = await response.json().catch(() => undefined);
  const trackingId = isObject(body) && typeof body['trackingId'] === 'string' ? body['trackingId'] : undefined;
  const message =
    response.status === 401 || response.status === 403
      ? 'Your sign-in has run out or does not allow reading journeys.'
      : response.status === 429
        ? 'The journey service is busy.'
        : `The journey service answered ${response.status}.`;
  return new JdsRequestError(message, response.status, trackingId);
}

function isPerson(value: unknown): value is Person {
  return isObject(value) && typeof value['id'] === 'string' && Array.isArray(value['aliases']);
}
