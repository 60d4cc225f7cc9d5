// Puts a Waymark server together: the store, the public relay, the Journey Data Service, and the two scripts that
// pages load. One process, no services beside it.
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { type Access, createAccess, createCallCodes } from '../access/index.ts';
import type { Forward } from '../delivery/index.ts';
import { answerBroken, answerUnreadable, journey } from '../journey/index.ts';
import { createDeadLetters, createRelayMetrics, type Endpoint } from '../relay/index.ts';
import { openSqliteStore, type Store } from '../store/index.ts';
import { callCodeCounter } from './call-code-metrics.ts';
import { completeWorkspace, filesOf, type ServerConfig } from './config.ts';
import { eraseLettersToo } from './erase-letters.ts';
import { forwardRoutes } from './forward/forward-routes.ts';
import { startForwards } from './forward/start-forwards.ts';
import { createHttpServer, listen } from './http-server.ts';
import { watchKeys } from './keys-watch.ts';
import { operate } from './operate.ts';
import { createPageEndpoints } from './page-endpoints.ts';
import { pageScripts, readPageScripts } from './page-scripts.ts';
import { sealingKey } from './sealing-key.ts';
import { startFiring } from './start-firing.ts';

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
    // Read before anything is let in, and complained about once there is a log.
    let complain = (_error: unknown): void => {};
    const onError = (error: unknown): void => complain(error);
    const keys = watchKeys({ file: filesOf(config).keys, workspaces, access, onError });
    const { app, stop, startForwarding } = await assemble(config, { access, store });
    complain = (err) => app.log.error({ err }, 'the keys file cannot be read; the keys from before count on');
    const url = await listen(app, config);
    await startForwarding();
    return {
      url,
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
  const endpoints: Endpoint[] = [];
  let forwards: Forward[] = [];
  let stopping = false;
  const destinations = config.forward ?? [];
  const seal = sealingKey(files.seal);
  const app = createApp(config, endpoints);
  const failed = (message: string) => (error: unknown) => app.log.error({ err: error }, message);
  const deadLetters = createDeadLetters({
    ...config.deadLetters,
    folder: files.letters,
    sealingKey: seal,
    onError: failed('writing a dead letter failed'),
  });
  const callCodes = createCallCodes({ store });
  const metrics = createRelayMetrics(registry);
  endpoints.push(...createPageEndpoints(config, { access, store, callCodes, deadLetters, metrics, log: app.log }));
  const { webhooks, firing } = startFiring(config.webhooks, {
    store,
    registry,
    onError: failed('sending webhooks failed; it is tried again'),
  });
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
    store: eraseLettersToo(store, { letters: deadLetters, access }),
    callCodes,
    firing,
    onCallCode: callCodeCounter(registry),
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
    for (const endpoint of endpoints) endpoint.stop();
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

/** What pages call goes past fastify's routes, because most requests are of that kind (decision 0040). */
function createApp(config: ServerConfig, endpoints: readonly Endpoint[]): FastifyInstance {
  const { log = 'info' } = config;
  return Fastify({
    logger: log === 'silent' ? false : { level: log, serializers: { req: withoutPersonalData } },
    genReqId: () => randomUUID(),
    frameworkErrors: answerUnreadable,
    clientErrorHandler: answerBroken,
    // Longer than any alias or token that may stand in a path.
    routerOptions: { maxParamLength: 2000 },
    forceCloseConnections: 'idle',
    serverFactory: (handler) =>
      createHttpServer((request, response) => {
        const endpoint = endpoints.find((one) => one.owns(request));
        if (endpoint) void endpoint.handle(request, response);
        else handler(request, response);
      }, config),
  });
}

function warningsOf(paused: number): string[] {
  return paused === 0 ? [] : [`${paused} webhook addresses keep failing and are paused`];
}

/** Paths and queries of this service hold identities and tokens: logs keep only which route it was. */
function withoutPersonalData(request: FastifyRequest): { method: string; url: string } {
  return { method: request.method, url: request.routeOptions.url ?? 'unknown' };
}
