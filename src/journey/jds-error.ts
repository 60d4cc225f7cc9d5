// Errors of the Journey Data Service in the shape its clients read (jds-contract 0.4): HTTP code and reason in
// `status`, and a trackingId that is found in the log.
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JdsError } from '../protocol/index.ts';

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
  const { status, message, errors } = asJourneyError(error);
  if (status >= 500) request.log.error({ err: error }, 'journey call failed');
  const body: JdsError = {
    trackingId: request.id,
    status: `${status} ${reason(status)}`,
    message,
    errors,
    timestamp: new Date(now()).toISOString(),
  };
  return reply.code(status).send(body);
}

function asJourneyError(error: unknown): JourneyError {
  if (error instanceof JourneyError) return error;
  const statusCode = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  // Fastify's own refusals (malformed body, unknown content type) name what was wrong with the request.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new JourneyError(statusCode, (error as Error).message);
  return new JourneyError(500, 'The server failed; the log has the details under the trackingId.');
}

function reason(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
}
