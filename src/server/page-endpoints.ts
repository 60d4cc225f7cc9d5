// What pages call: the relay's public endpoints, made from the configuration. Another one is another line in the list.
import { type Access, type CallCodes, createCrossDomainCodes } from '../access/index.ts';
import {
  type CollectLog,
  createCallCodeEndpoint,
  createCollect,
  createCrossDomainEndpoint,
  type DeadLetters,
  type Endpoint,
  type RelayMetrics,
} from '../relay/index.ts';
import type { Store } from '../store/index.ts';
import type { ServerConfig } from './config.ts';
import { defined } from './defined.ts';

interface PageEndpointParts {
  access: Access;
  store: Store;
  callCodes: CallCodes;
  deadLetters: DeadLetters;
  metrics: RelayMetrics;
  log: CollectLog;
}

export function createPageEndpoints(
  config: Pick<ServerConfig, 'collect' | 'limits'>,
  { callCodes, deadLetters, ...parts }: PageEndpointParts,
): Endpoint[] {
  const { path, trustedProxies, bodyTimeoutMs, cookie, ...facts } = config.collect ?? {};
  const { maxBodyBytes, maxEvents, maxConnections: _ofTheServer, ...rates } = config.limits ?? {};
  return [
    createCollect({
      ...parts,
      deadLetters,
      facts,
      rates,
      batch: defined({ maxBodyBytes, maxEvents }),
      ...defined({ path, trustedProxies, bodyTimeoutMs, cookie }),
    }),
    createCallCodeEndpoint({ ...parts, callCodes, ...defined({ trustedProxies }) }),
    createCrossDomainEndpoint({
      ...parts,
      codes: createCrossDomainCodes({ store: parts.store }),
      ...defined({ trustedProxies }),
    }),
  ];
}
