// The calls of the Journey Data Service that forwarding makes, and what their answers mean for a delivery.
import type { CloudEvent } from '../../protocol/index.ts';
import type { Clock } from './clock.ts';
import { type HttpAnswer, type HttpClient, NoAnswer, retryAfterMs } from './http.ts';

export type Outcome =
  /** 2xx, or 409: it was there already. */
  | { kind: 'taken' }
  /** 429: the client's calls of this minute are used up. */
  | { kind: 'throttled'; why: string; retryAfterMs?: number }
  /** 5xx, 408: not now. `unreachable`: nothing was sent. */
  | { kind: 'failed' | 'unreachable'; why: string; retryAfterMs?: number }
  /** Sent, and nobody told what became of it: no answer, or a gateway's that lost the answer. */
  | { kind: 'lost'; why: string }
  | { kind: 'unauthorized'; why: string }
  /** 403, 404, a redirect: it would be so for every event. */
  | { kind: 'misconfigured'; why: string }
  /** 400 and its like: this event will never be taken. */
  | { kind: 'refused'; why: string };

export type Found = { kind: 'found' } | { kind: 'not-found' } | Exclude<Outcome, { kind: 'taken' }>;

export interface JdsClient {
  /** Sends one event (jds-contract 1). */
  publish(event: CloudEvent, token: string): Promise<Outcome>;
  /** Looks for exactly this event in the history of its identity. */
  find(event: CloudEvent, token: string): Promise<Found>;
}

export interface JdsClientOptions {
  http: HttpClient;
  clock: Clock;
  baseUrl: string;
  workspaceId: string;
  timeoutMs: number;
}

/** What of an answer's body is kept. */
const maxWhyLength = 1_500;

export function createJdsClient({ http, clock, baseUrl, workspaceId, timeoutMs }: JdsClientOptions): JdsClient {
  const workspace = encodeURIComponent(workspaceId);

  async function ask(path: string, token: string, body?: string): Promise<HttpAnswer | Outcome> {
    try {
      const answer = await http.call({
        method: body === undefined ? 'GET' : 'POST',
        url: `${baseUrl}${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        timeoutMs,
        ...(body !== undefined && { body }),
      });
      // Gateways repeat what they were sent, and what they say is kept and shown.
      return { ...answer, body: answer.body.replaceAll(token, '[token]') };
    } catch (error) {
      if (error instanceof NoAnswer) return { kind: error.kind, why: error.message };
      throw error;
    }
  }

  return {
    async publish(event, token) {
      const answer = await ask(`/publish/v1/api/event?workspaceId=${workspace}`, token, JSON.stringify(event));
      return 'kind' in answer ? answer : outcomeOf(answer, clock.now());
    },
    async find(event, token) {
      const path = `/v1/api/events/workspace-id/${workspace}?${new URLSearchParams(searchFor(event))}`;
      const answer = await ask(path, token);
      if ('kind' in answer) return answer.kind === 'taken' ? { kind: 'not-found' } : answer;
      if (answer.status === 200) return { kind: holds(answer.body, event) ? 'found' : 'not-found' };
      // An empty history is a 404 (jds-contract 2.1).
      if (answer.status === 404) return { kind: 'not-found' };
      const outcome = outcomeOf(answer, clock.now());
      return outcome.kind === 'taken' ? { kind: 'not-found' } : outcome;
    },
  };
}

function outcomeOf(answer: HttpAnswer, now: number): Outcome {
  const { status } = answer;
  const why = `HTTP ${status} ${answer.body.slice(0, maxWhyLength)}`.trim();
  const after = retryAfterMs(answer, now);
  const wait = after === undefined ? {} : { retryAfterMs: after };
  if ((status >= 200 && status < 300) || status === 409) return { kind: 'taken' };
  if (status === 401) return { kind: 'unauthorized', why };
  if (status === 403 || status === 404 || status < 400) return { kind: 'misconfigured', why };
  if (status === 429) return { kind: 'throttled', why, ...wait };
  // A gateway that had no answer does not know whether the service behind it has the event.
  if (status === 502 || status === 504) return { kind: 'lost', why };
  if (status >= 500 || status === 408) return { kind: 'failed', why, ...wait };
  return { kind: 'refused', why };
}

/** Only `==` is proved against JDS (jds-contract 2.2); an id that cannot be quoted is looked for by eye. */
function searchFor({ id, identity }: CloudEvent): Record<string, string> {
  return { identity, pageSize: '100', ...(!/['\\]/.test(id) && { filter: `id=='${id}'` }) };
}

/** Ids alone may repeat (jds-contract 1.1). */
function holds(body: string, { id, type, source }: CloudEvent): boolean {
  try {
    const { data } = JSON.parse(body) as { data: Partial<CloudEvent>[] };
    return data.some((one) => one.id === id && one.type === type && one.source === source);
  } catch {
    return false;
  }
}
