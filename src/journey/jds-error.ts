// Errors of the Journey Data Service in the shape its clients read (jds-contract 0.4): HTTP code and reason in
// `status`, and a trackingId that is found in the log.
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type JdsError, Problem, problems } from '../protocol/index.ts';

/** Thrown by routes; answered in the contract's error body. */
export class JourneyError extends Error {
  readonly status: number;
  readonly errors: string[];

  constructor(status: number, message: string, errors: string[] = [message]) {
    super(message);
    this.name = 'JourneyError';
    this.status = status;
    this.errors = errors;
  }
}

export function sendJdsError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  now: () => number,
): FastifyReply {
  const refusal = asJourneyError(error);
  const { status } = refusal;
  // The trackingId is the id of the request, which stands in each line of its log. Messages may name persons: not logged.
  if (status >= 500) request.log.error({ err: error, status }, 'journey call failed');
  else request.log.info({ status }, 'journey call refused');
  return reply.code(status).send(bodyOf(refusal, request.id, now()));
}

/** For requests that reach no route because their address cannot be read, such as a broken percent escape. */
export function answerUnreadable(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*');
  sendJdsError(new JourneyError(400, 'The address of the request cannot be read'), request, reply, Date.now);
}

/** For what is no request at all: headers that are too large or too slow, broken HTTP. Answers on the bare socket. */
export function answerBroken(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const trackingId = randomUUID();
  this.log.info({ reqId: trackingId, status, code: error.code }, 'broken request');
  const message =
    status === 431 ? 'The address and headers of the request are too large' : 'The request cannot be read';
  const body = JSON.stringify(bodyOf({ status, message, errors: [message] }, trackingId, Date.now()));
  const headers = `content-type: application/json\r\naccess-control-allow-origin: *\r\ncontent-length: ${Buffer.byteLength(body)}`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n${headers}\r\n\r\n${body}`);
}

function bodyOf(
  { status, message, errors }: Pick<JourneyError, 'status' | 'message' | 'errors'>,
  trackingId: string,
  now: number,
): JdsError {
  return { trackingId, status: `${status} ${reason(status)}`, message, errors, timestamp: new Date(now).toISOString() };
}

function asJourneyError(error: unknown): JourneyError {
  if (error instanceof JourneyError) return error;
  // What the store refuses although the call was well-formed: a filter that it cannot run, a query that takes too long.
  if (error instanceof Problem) {
    const { status } = problems[error.code];
    return new JourneyError(status === 0 ? 400 : status, error.detail);
  }
  const statusCode = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  // Fastify's own refusals (malformed body, unknown content type) name what was wrong with the request.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new JourneyError(statusCode, (error as Error).message);
  return new JourneyError(500, 'The server failed; the log has the details under the trackingId.');
}

function reason(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
}
