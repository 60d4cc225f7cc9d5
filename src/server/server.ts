// Puts a Waymark server together: the store, the public relay, the Journey Data Service, and the two scripts that
// pages load. One process, no services beside it.
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { type Access, createAccess, createCallCodes, createCrossDomainCodes } from '../access/index.ts';
import { type Forward, startWebhooks } from '../delivery/index.ts';
import { answerBroken, answerUnreadable, journey } from '../journey/index.ts';
import {
  type Collect,
  createCallCodeEndpoint,
  createCollect,
  createCrossDomainEndpoint,
  createDeadLetters,
  createRelayMetrics,
  type Endpoint,
} from '../relay/index.ts';
import { openSqliteStore, type Store } from '../store/index.ts';
import { completeWorkspace, filesOf, type ServerConfig } from './config.ts';
import { eraseLettersToo } from './erase-letters.ts';
import { createFiringMetrics } from './firing-metrics.ts';
import { forwardRoutes } from './forward/forward-routes.ts';
import { startForwards } from './forward/start-forwards.ts';
import { watchKeys } from './keys-watch.ts';
import { operate } from './operate.ts';
import { pageScripts, readPageScripts } from './page-scripts.ts';
import { sealingKey } from './sealing-key.ts';

/** How long those who do not read or send on are waited for at the end. */
const drainMs = 10_000;

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
    const workspaces = config.workspaces.map(completeWorkspace);
    const access = createAccess(workspaces);
    const keys = watchKeys({ file: filesOf(config).keys, workspaces, access });
    const { app, stop, startForwarding } = await assemble(config, { access, store });
    await listen(app, config);
    await startForwarding();
    return {
      url: urlOf(app, config),
      async close() {
        keys.stop();
        await stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(config: ServerConfig, { access, store }: { access: Access; store: Store }) {
  const registry = new Registry();
  const files = filesOf(config);
  // Made after the logger that they write to, and asked only once the server listens.
  let collect: Collect | undefined;
  const endpoints: Endpoint[] = [];
  let forwards: Forward[] = [];
  const destinations = config.forward ?? [];
  const seal = sealingKey(files.seal);
  const app = Fastify({
    logger:
      config.log === 'silent' ? false : { level: config.log ?? 'info', serializers: { req: withoutPersonalData } },
    genReqId: () => randomUUID(),
    frameworkErrors: answerUnreadable,
    clientErrorHandler: answerBroken,
    // Longer than any alias or token that may stand in a path.
    routerOptions: { maxParamLength: 2000 },
    forceCloseConnections: 'idle',
    serverFactory: (handler) =>
      createHttpServer((request, response) => {
        if (collect?.owns(request)) void collect.handle(request, response);
        else {
          const endpoint = endpoints.find((one) => one.owns(request));
          if (endpoint) void endpoint.handle(request, response);
          else handler(request, response);
        }
      }, config),
  });
  const deadLetters = createDeadLetters({
    ...config.deadLetters,
    folder: files.letters,
    sealingKey: seal,
    onError: (error) => app.log.error({ err: error }, 'writing a dead letter failed'),
  });
  const { path, trustedProxies, bodyTimeoutMs, cookie, ...facts } = config.collect ?? {};
  const { maxBodyBytes, maxEvents, maxConnections: _own, ...rates } = config.limits ?? {};
  collect = createCollect({
    access,
    store,
    deadLetters,
    facts,
    rates,
    log: app.log,
    metrics: createRelayMetrics(registry),
    batch: { ...(maxBodyBytes !== undefined && { maxBodyBytes }), ...(maxEvents !== undefined && { maxEvents }) },
    ...(path !== undefined && { path }),
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(bodyTimeoutMs !== undefined && { bodyTimeoutMs }),
    ...(cookie !== undefined && { cookie }),
  });
  const callCodes = createCallCodes({ store });
  const forVisitors = { access, store, log: app.log, ...(trustedProxies !== undefined && { trustedProxies }) };
  endpoints.push(
    createCallCodeEndpoint({ ...forVisitors, callCodes }),
    createCrossDomainEndpoint({ ...forVisitors, codes: createCrossDomainCodes({ store }) }),
  );
  let stopping = false;
  const journeyStore = eraseLettersToo(store, { letters: deadLetters, access });
  const { allow, timeoutMs, concurrency, pauseFrom, retryDelaysMs, ...firing } = config.webhooks ?? {};
  const firingMetrics = createFiringMetrics(registry);
  const webhooks = startWebhooks({
    store,
    onError: (error) => app.log.error({ err: error }, 'sending webhooks failed; it is tried again'),
    onOutcome: firingMetrics.sent,
    ...(allow !== undefined && { allow }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(concurrency !== undefined && { concurrency }),
    ...(pauseFrom !== undefined && { pauseFrom }),
    ...(retryDelaysMs !== undefined && { delaysMs: retryDelaysMs }),
  });
  firingMetrics.watch(webhooks, store);
  await app.register(operate, {
    access,
    store,
    registry,
    isStopping: () => stopping,
    warnings: () => warningsOf(webhooks.paused()),
    forwards: () => forwards,
  });
  await app.register(forwardRoutes, { access, destinations, sealingKey: seal, forwards: () => forwards });
  await app.register(journey, {
    access,
    store: journeyStore,
    callCodes,
    firing: { ...firing, onFired: webhooks.wake, onOutcome: firingMetrics.judged },
  });
  await app.register(pageScripts, { scripts: readPageScripts(config.pages) });
  const startForwarding = async (): Promise<void> => {
    forwards = await startForwards({ store, destinations, sealingKey: seal, log: app.log });
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    // Load balancers go on sending until they have seen that it is not ready.
    const { stopDelayMs = 0 } = config.listen;
    if (stopDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, stopDelayMs));
    collect?.stop();
    await Promise.all(forwards.map((one) => one.stop()));
    // Whoever does not read their answer must not keep a server from stopping.
    const impatience = setTimeout(() => app.server.closeAllConnections(), drainMs);
    await app.close();
    clearTimeout(impatience);
    await webhooks.stop();
    await deadLetters.flush();
  };
  return { app, stop, startForwarding };
}

function warningsOf(paused: number): string[] {
  return paused === 0 ? [] : [`${paused} webhook addresses keep failing and are paused`];
}

/** Headers that do not come are cut off by Node with 408; bodies are timed where they are read. */
function createHttpServer(listener: RequestListener, { collect, limits }: ServerConfig): Server {
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
