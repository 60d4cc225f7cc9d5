// A public endpoint of the relay: a plain handler of node:http that the server asks before its routes (decision 0040).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseQuery } from 'node:querystring';

export interface Endpoint {
  /** Whether a request is for this endpoint. */
  owns(request: IncomingMessage): boolean;
  /** Answers; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** From now on each answer closes its connection, so that a server that stops is not kept by those that stay open. */
  stop(): void;
}

/** Whether the request's path is this one, whatever its query. */
export function isAt(path: string, { url = '' }: IncomingMessage): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

export function queryOf({ url = '' }: IncomingMessage): Record<string, unknown> {
  const start = url.indexOf('?');
  return start < 0 ? {} : parseQuery(url.slice(start + 1));
}
