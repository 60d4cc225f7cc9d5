// Types of server-config.mjs, for the tests.
import type { ServerConfig } from 'waymark/server';
import type { DemoSecrets } from './secrets.mjs';

export function serverConfig(options: {
  secrets: DemoSecrets;
  relayPort: number;
  bankPort: number;
  database: string;
  /** The folder of the built scripts. */
  pages: string;
}): ServerConfig;
