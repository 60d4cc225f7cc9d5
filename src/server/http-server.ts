// The HTTP server under everything: its time limits, where it listens, and its address.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ServerConfig } from './config.ts';

/** Headers that do not come are cut off by Node with 408; bodies are timed where they are read. */
export function createHttpServer(
  listener: RequestListener,
  { collect, limits }: Pick<ServerConfig, 'collect' | 'limits'>,
): Server {
  const headersTimeout = Math.min(10_000, collect?.bodyTimeoutMs ?? 10_000);
  const server = createServer(
    {
      headersTimeout,
      requestTimeout: 60_000,
      connectionsCheckingInterval: headersTimeout / 4,
      // Longer than load balancers keep theirs, so that they never send on one that is just being closed.
      keepAliveTimeout: 72_000,
    },
    listener,
  );
  server.maxConnections = limits?.maxConnections ?? 10_000;
  return server;
}

/** Resolves with the address, `http://host:port`. Rejects with an Error that names the option where the port is taken. */
export async function listen(
  app: FastifyInstance,
  { listen: { host = '127.0.0.1', port } }: Pick<ServerConfig, 'listen'>,
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`listen.port: ${host}:${port} is in use by another program`);
    }
    throw error;
  }
  const address = app.server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}
