// Puts a Waymark server together: the store, the public relay, the Journey Data Service, and the two scripts that
// pages load. One process, no services beside it.
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { createAccess } from '../access/index.ts';
import { journey } from '../journey/index.ts';
import { collect } from '../relay/index.ts';
import { openSqliteStore } from '../store/index.ts';
import { completeWorkspace, type ServerConfig } from './config.ts';
import { pageScripts } from './page-scripts.ts';

export interface RunningServer {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Stops taking requests, answers those under way, drains the store, closes it. */
  close(): Promise<void>;
}

/** Starts a server. Rejects where the port is taken or the database cannot be opened, with an error that says so. */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const store = await openSqliteStore({ file: config.database });
  try {
    const access = createAccess(config.workspaces.map(completeWorkspace));
    const app = Fastify({
      logger:
        config.log === 'silent' ? false : { level: config.log ?? 'info', serializers: { req: withoutPersonalData } },
      // Longer than any alias or token that may stand in a path.
      routerOptions: { maxParamLength: 2000 },
      forceCloseConnections: 'idle',
    });
    await app.register(collect, { access, store });
    await app.register(journey, { access, store });
    await app.register(pageScripts, config.pages === undefined ? {} : { folder: config.pages });
    app.get('/healthz', async () => ({ ok: true }));
    await listen(app, config);
    return {
      url: urlOf(app, config),
      async close() {
        await app.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function listen(app: FastifyInstance, { listen: { host = '127.0.0.1', port } }: ServerConfig): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`listen.port: ${host}:${port} is in use by another program`);
    }
    throw error;
  }
}

function urlOf(app: FastifyInstance, { listen: { host = '127.0.0.1' } }: ServerConfig): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Paths and queries of this service hold identities and tokens: logs keep only which route it was. */
function withoutPersonalData(request: FastifyRequest): { method: string; url: string } {
  return { method: request.method, url: request.routeOptions.url ?? 'unknown' };
}
