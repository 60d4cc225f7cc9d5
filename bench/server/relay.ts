// The relay as it ships, on a fresh database in the given folder, with limits that one client may not meet.
import { join } from 'node:path';
import { startServer } from '../../dist/lib/server/index.js';
import { benchWorkspace, plenty } from './site.ts';

const [folder = '.'] = process.argv.slice(2);
const server = await startServer({
  listen: { port: 0 },
  database: join(folder, 'waymark.db'),
  log: 'error',
  limits: { key: plenty, visitor: plenty, address: plenty, maxPending: 1_000_000 },
  workspaces: [benchWorkspace],
});
console.log(JSON.stringify({ port: Number(new URL(server.url).port) }));
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
