// POST /collect: the public door. Authenticates the site key and the page's origin, checks each event, hands the good
// ones to the store, and answers 202 only for what is on disk, with a result per event (design, "Answers").
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access, SiteKey, Workspace } from '../access/index.ts';
import { type BatchAnswer, type EventResult, encodeProblem, Problem, problems } from '../protocol/index.ts';
import type { AppendResult, Store } from '../store/index.ts';
import { type BatchLimits, batchLimits, readBatch } from './batch-reader.ts';
import { examine } from './claims.ts';

export interface CollectOptions {
  access: Access;
  store: Store;
  /** Default `/collect`; blockers know the word. */
  path?: string;
  limits?: BatchLimits;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A fastify plugin that serves the collect endpoint. */
export async function collect(app: FastifyInstance, options: CollectOptions): Promise<void> {
  const { access, store, path = '/collect', limits = batchLimits, now = Date.now } = options;

  // The page sends text/plain to avoid a preflight; what the bytes are is judged by reading them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.addHook('onRequest', async (request, reply) => allowAnyAnswerToBeRead(request, reply));

  app.options(path, async (_request, reply) => {
    return reply
      .headers({
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '7200',
      })
      .code(204)
      .send();
  });

  app.post(path, async (request, reply) => {
    const receivedAt = now();
    const query = request.query as Record<string, unknown>;
    const { workspace } = admit(access, query['key'], request.headers.origin);
    const sent = readSent(query['sent']);
    const { body, events, ids } = await readBatch(
      Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      limits,
    );
    const findings = await examine(events, { workspace, receivedAt, sent });
    const results = await store.append({
      workspace: workspace.id,
      sender: 'public',
      repeats: 'collect',
      receivedAt,
      sent,
      body,
      findings,
      verify: workspace.identity.verify,
    });
    const answer: BatchAnswer = {
      results: results.map((result) => toSender(result, ids)),
      serverTime: new Date(now()).toISOString(),
    };
    return reply.code(202).send(answer);
  });

  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
}

/** Every answer carries CORS headers, whatever the status: an answer that the page cannot read looks like a dead network. */
function allowAnyAnswerToBeRead(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  // Beacons always send credentials, so the origin must be named and credentials allowed (field-notes 3.5, trap 1).
  reply.header('vary', 'origin');
  if (origin === undefined) return;
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after',
  });
}

function admit(access: Access, key: unknown, origin: string | undefined): { workspace: Workspace; siteKey: SiteKey } {
  if (typeof key !== 'string' || key === '') throw new Problem('unknown-key', 'the query has no key=pk_…');
  const found = access.bySiteKey(key);
  if (!found) throw new Problem('unknown-key', `no site key ${JSON.stringify(key.slice(0, 40))} is known here`);
  // A filter for browsers, not authentication: other programs send what they like (relay-notes 4.8).
  if (origin !== undefined && !found.siteKey.origins.includes(origin)) {
    throw new Problem('wrong-origin', `the key does not allow pages of ${origin.slice(0, 100)}`);
  }
  return found;
}

function readSent(value: unknown): number | 'deferred' {
  const ms = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  // Without a usable sent time the events' own times stand, as in a deferred batch.
  return ms ?? 'deferred';
}

/** The store parsed the body a second time, in its own thread; the sender gets the ids as first read, and no sequence. */
function toSender({ sequence: _internal, ...result }: AppendResult, ids: readonly (string | null)[]): EventResult {
  return { ...result, id: ids[result.index] ?? result.id };
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = asProblem(error);
  const { status } = problems[problem.code];
  if (status >= 500) request.log.error({ err: error }, 'collect failed');
  if (status === 503) reply.header('retry-after', '5');
  return reply.code(status).type('application/problem+json').send(encodeProblem(problem));
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('body-too-large', 'the body is larger than 1 MiB');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new Problem('not-json', 'the body ended before its content-length');
  return new Problem('internal', 'see the log');
}
