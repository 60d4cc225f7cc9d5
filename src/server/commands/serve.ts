// `waymark serve`: runs the server until it is told to stop, then answers what is under way and drains.
import { refuseDemoSecrets } from '../demo-secrets.ts';
import { readPageScripts } from '../page-scripts.ts';
import { startServer } from '../server.ts';
import type { Command } from './command.ts';
import { configOf, configOptions, readOptions } from './options.ts';

export const serve: Command = {
  what: 'runs the relay and the Journey Data Service',
  usage: 'waymark serve --config FILE [--port N] [--database FILE] …',
  async run({ args, environment, print }) {
    const config = configOf(readOptions(args, configOptions).values, { environment });
    refuseDemoSecrets(config);
    const server = await startServer(config);
    print(`waymark is listening on ${server.url}`);
    for (const { path, immutablePath, integrity } of readPageScripts(config.pages)) {
      print(`${path}: pinned as ${immutablePath} integrity="${integrity}" crossorigin`);
    }
    const signal = await new Promise<string>((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, resolve);
    });
    print(`waymark is stopping (${signal})`);
    await server.close();
    return 0;
  },
};
