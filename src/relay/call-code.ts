// POST /call-code?key=pk_…: gives a visitor the short code with which a phone call finds the journey in their browser.
import type { CallCodes } from '../access/index.ts';
import { parseCallCodeRequest } from '../protocol/index.ts';
import type { Endpoint } from './endpoint.ts';
import { createVisitorEndpoint, type VisitorEndpointOptions } from './visitor-endpoint.ts';

export interface CallCodeOptions extends VisitorEndpointOptions {
  callCodes: CallCodes;
  /** Default `/call-code`. */
  path?: string;
}

export function createCallCodeEndpoint({ callCodes, ...options }: CallCodeOptions): Endpoint {
  return createVisitorEndpoint(options, {
    path: options.path ?? '/call-code',
    things: 'call codes',
    parse: parseCallCodeRequest,
    async answer({ temporaryId }, workspace) {
      const { code, expiresAt } = await callCodes.issue(workspace.id, temporaryId);
      return { code, expiresAt: new Date(expiresAt).toISOString() };
    },
  });
}
