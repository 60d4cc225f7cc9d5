// The same HTTP server without the disk: the relay's own handler (limits, key, origin, parsing, checks, answers) in front
// of a store that throws every event away. What it answers less than the relay is what keeping events costs.
// `node discard.ts FOLDER EVENTS`: the store is told how many events a request has, since it never looks at one.
import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { createAccess } from '../../dist/lib/access/index.js';
import { createCollect, createRelayMetrics } from '../../dist/lib/relay/index.js';
import type { Store } from '../../dist/lib/store/index.js';
import { benchWorkspace, plenty } from './site.ts';

const events = Number(process.argv[3] ?? 1);
const store: Pick<Store, 'append'> = {
  append: async () => Array.from({ length: events }, (_none, index) => ({ index, id: null, result: 'ok' as const })),
};
const collect = createCollect({
  access: createAccess([benchWorkspace]),
  store: store as Store,
  metrics: createRelayMetrics(new Registry()),
  rates: { key: plenty, visitor: plenty, address: plenty, maxPending: 1_000_000 },
});
const server = createServer((request, response) => void collect.handle(request, response));

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
});
process.once('SIGTERM', () => process.exit(0));
