// Puts it together: configuration, command line, static files. The entry `waymark/server`.
export { createIdentityToken, type IdentityTokenOptions, type NamedIdentity } from '../access/index.ts';
export {
  type CollectConfig,
  type DeadLettersConfig,
  type LimitsConfig,
  readConfig,
  type ServerConfig,
  type WorkspaceConfig,
} from './config.ts';
export { checkConfig } from './config-check.ts';
export { type RunningServer, startServer } from './server.ts';
