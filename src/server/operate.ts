// For those who run a server: whether it lives, whether it takes events, and its numbers.
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { Access } from '../access/index.ts';
import type { Forward } from '../delivery/index.ts';
import type { Store } from '../store/index.ts';
import { forwardGauges } from './forward/forward-metrics.ts';

interface OperateOptions {
  access: Access;
  store: Store;
  registry: Registry;
  /** Whether the server was told to stop. */
  isStopping: () => boolean;
  /** What does not keep the server from taking events, but wants somebody's attention. */
  warnings: () => string[];
  forwards: () => readonly Forward[];
}

/**
 * `/healthz`: the process answers. `/readyz`: it takes events; 503 with the reason where it does not, or is stopping.
 * `/metrics`: Prometheus, for holders of a server key with `cjp:config_read` or `cjp:config`.
 */
export async function operate(
  app: FastifyInstance,
  { access, store, registry, isStopping, warnings, forwards }: OperateOptions,
): Promise<void> {
  collectDefaultMetrics({ register: registry });
  const readStore = storeGauges(store, registry);
  const readForwards = forwardGauges(registry);

  app.get('/healthz', async () => ({ ok: true }));

  app.get('/readyz', async (_request, reply) => {
    const { ok, reason } = await store.health();
    const told = warnings();
    if (ok && !isStopping()) return { ok, ...(told.length > 0 && { warnings: told }) };
    return reply.code(503).send({ ok: false, reason: isStopping() ? 'the server is stopping' : reason });
  });

  app.get('/metrics', async (request, reply) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const caller = token === undefined ? undefined : access.byBearerToken(token);
    if (!caller) return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a server key is needed' });
    if (!caller.scopes.has('cjp:config_read') && !caller.scopes.has('cjp:config')) {
      return reply.code(403).send({ error: 'the server key needs the scope cjp:config_read' });
    }
    await Promise.all([readStore(), readForwards(forwards())]);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** Returns what brings the gauges up to date. */
function storeGauges(store: Store, registry: Registry): () => Promise<void> {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] });
  const ok = gauge('waymark_store_ok', 'Whether the store takes events.');
  const sequence = gauge(
    'waymark_store_sequence',
    'The sequence of the last event; it leaps where a backup was restored.',
  );
  const queueBytes = gauge('waymark_store_queue_bytes', 'Bytes that wait for the writer.');
  const walBytes = gauge('waymark_store_wal_bytes', 'Bytes of the write-ahead log.');
  const freeDiskBytes = gauge('waymark_store_free_disk_bytes', 'Free bytes where the database is.');
  return async () => {
    const health = await store.health();
    ok.set(health.ok ? 1 : 0);
    sequence.set(health.sequence);
    queueBytes.set(health.queueBytes);
    walBytes.set(health.walBytes);
    freeDiskBytes.set(health.freeDiskBytes);
  };
}
