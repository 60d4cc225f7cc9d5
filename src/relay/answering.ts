// How the collect endpoint answers: CORS headers whatever the status, because an answer that the page cannot read looks
// like a dead network; problems as problem documents (RFC 9457); and how long to wait where the sender has to.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import {
  type BatchAnswer,
  type CallCodeAnswer,
  type CrossDomainAnswer,
  encodeProblem,
  type Problem,
  problems,
} from '../protocol/index.ts';

/** The rest of a body may take so long after the answer. */
const lingerMs = 2_000;

/** What the endpoints for pages answer. */
export type EndpointAnswer = BatchAnswer | CallCodeAnswer | CrossDomainAnswer;

/** Headers of every answer. Vary for caches; the id is found in the log. */
export function answerHeaders(request: IncomingMessage, requestId?: string): Record<string, string> {
  const headers: Record<string, string> = {
    vary: 'origin',
    ...(requestId !== undefined && { 'x-request-id': requestId }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  const { origin } = request.headers;
  if (origin === undefined) return headers;
  // Beacons always send credentials, so the origin must be named and credentials allowed (field-notes 3.5, trap 1).
  headers['access-control-allow-origin'] = origin;
  headers['access-control-allow-credentials'] = 'true';
  headers['access-control-expose-headers'] = 'retry-after, x-request-id';
  return headers;
}

export function sendPreflight(response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(204, {
    ...headers,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '7200',
    'cache-control': 'max-age=7200',
  });
  response.end();
}

export function sendAnswer(
  response: ServerResponse,
  headers: Record<string, string>,
  answer: EndpointAnswer,
  status = 202,
): void {
  send(response, status, headers, 'application/json', JSON.stringify(answer));
}

export function sendProblem(
  response: ServerResponse,
  headers: Record<string, string>,
  problem: Problem,
  retryAfterMs?: number,
): void {
  const { status } = problems[problem.code];
  const waitMs = retryAfterMs ?? (status === 503 ? 5000 : undefined);
  if (waitMs !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(waitMs / 1000)));
  if (status === 405) headers['allow'] = 'POST, OPTIONS';
  send(response, status, headers, 'application/problem+json', JSON.stringify(encodeProblem(problem)));
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  type: string,
  text: string,
): void {
  if (response.headersSent || response.destroyed) return;
  headers['content-type'] = `${type}; charset=utf-8`;
  headers['content-length'] = String(Buffer.byteLength(text));
  // A body that was not read to its end would be taken for the next request.
  if (!response.req.complete) headers['connection'] = 'close';
  response.writeHead(status, headers);
  // As text and not as bytes: then Node sends head and body in one piece.
  if (response.req.complete) response.end(text);
  else {
    // The rest is read and forgotten. A connection that is closed before is reset by the system, and the answer is lost with it: a
    // proxy then says 502, and to a page the network looks dead.
    response.write(text);
    finished(response.req.resume(), { signal: AbortSignal.timeout(lingerMs) })
      .catch(() => {})
      .finally(() => response.end());
  }
}
