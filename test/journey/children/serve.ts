// A server in a process of its own, to be killed. The configuration comes as JSON in the first argument.
import { startServer } from '../../../src/server/index.ts';

const server = await startServer(JSON.parse(process.argv[2] ?? ''));
process.send?.({ url: server.url });
