// The relay as it ships, on a fresh database in the given folder, with limits that one client may not meet.
import { join } from 'node:path';
import { startServer } from '../../dist/lib/server/index.js';

const [folder = '.'] = process.argv.slice(2);
const plenty = { perSecond: 10_000_000, burst: 10_000_000 };
const server = await startServer({
  listen: { port: 0 },
  database: join(folder, 'waymark.db'),
  log: 'error',
  limits: { key: plenty, visitor: plenty, address: plenty, maxPending: 1_000_000 },
  workspaces: [
    {
      id: '64f000000000000000000001',
      name: 'Bench',
      siteKeys: [{ key: 'pk_of_the_bench', origins: ['http://bank.test'] }],
      serverKeys: [{ name: 'bench', token: 'token-of-the-bench', scopes: ['cjp:config_read'] }],
    },
  ],
});
console.log(JSON.stringify({ port: Number(new URL(server.url).port) }));
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
