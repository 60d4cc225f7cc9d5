#!/usr/bin/env node
// The command line: `waymark serve --config FILE`.
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

const usage = `usage: waymark serve --config FILE

  serve   runs the relay and the Journey Data Service
          --config FILE   JSON: listen, database, workspaces (see the guide)`;

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) console.log(usage);
  else if (positionals[0] === 'serve' && values.config !== undefined) await serve(values.config);
  else throw new Error(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function serve(file: string): Promise<void> {
  const server = await startServer(readConfig(file));
  console.log(`waymark is listening on ${server.url}`);
  const stop = (): void => {
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
