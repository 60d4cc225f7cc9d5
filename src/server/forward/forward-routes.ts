// How an operator sees and steers forwarding while the server runs: what `waymark forward` asks.
//   GET  /forward                         the state of each destination
//   GET  /forward/:name/buried, /doubts   what was given up, and what may have arrived twice or not at all
//   GET  /forward/:name/dry-run?hours=24  what the rules would have let go
//   POST /forward/:name/pause, /resume, /retry
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../../access/index.ts';
import type { Forward, JdsDestination } from '../../delivery/index.ts';
import { isObject } from '../../protocol/index.ts';
import { isOperator } from './operator-token.ts';

interface ForwardRoutesOptions {
  access: Access;
  sealingKey: Buffer;
  destinations: readonly JdsDestination[];
  /** Asked when a request comes: forwarding starts after the routes are made. */
  forwards: () => readonly Forward[];
}

interface Named {
  Params: { name: string };
}

const maxListed = 1_000;

export async function forwardRoutes(app: FastifyInstance, options: ForwardRoutesOptions): Promise<void> {
  const { access, sealingKey, destinations, forwards } = options;

  /** The operator on this machine, or a server key of the destination's workspace that may configure. */
  function mayOperate(request: FastifyRequest, workspace: string): boolean {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    if (isOperator(token, sealingKey)) return true;
    const caller = access.byBearerToken(token);
    return (
      caller?.workspace.id === workspace && (caller.scopes.has('cjp:config') || caller.scopes.has('cjp:config_write'))
    );
  }

  /** Answers itself where the caller may not, or nothing has the name. */
  const withForward =
    (run: (forward: Forward, request: FastifyRequest) => Promise<unknown>) =>
    async (request: FastifyRequest<Named>, reply: FastifyReply): Promise<unknown> => {
      const { name } = request.params;
      const workspace = destinations.find((one) => one.name === name)?.workspace;
      // Who may not see it is told nothing of what there is.
      if (!mayOperate(request, workspace ?? '')) return refuse(reply);
      const forward = forwards().find((one) => one.name === name);
      if (!forward) return reply.code(404).send({ error: `no destination is called ${name}` });
      return run(forward, request);
    };

  app.get('/forward', async (request, reply) => {
    const visible = new Set(destinations.filter((one) => mayOperate(request, one.workspace)).map(({ name }) => name));
    if (visible.size === 0 && !mayOperate(request, '')) return refuse(reply);
    return Promise.all(forwards().flatMap((one) => (visible.has(one.name) ? [one.status()] : [])));
  });
  app.get<Named>(
    '/forward/:name/buried',
    withForward((forward) => forward.buried(maxListed)),
  );
  app.get<Named>(
    '/forward/:name/doubts',
    withForward(async (forward) => forward.doubts()),
  );
  app.get<Named>(
    '/forward/:name/dry-run',
    withForward((forward, { query }) => {
      const hours = Number(isObject(query) ? (query['hours'] ?? 24) : 24);
      return forward.dryRun((hours > 0 ? hours : 24) * 3_600_000);
    }),
  );
  app.post<Named>(
    '/forward/:name/pause',
    withForward((forward) => forward.pause().then(() => forward.status())),
  );
  app.post<Named>(
    '/forward/:name/resume',
    withForward((forward) => forward.resume().then(() => forward.status())),
  );
  app.post<Named>(
    '/forward/:name/retry',
    withForward(async (forward, { body }) => ({ count: await forward.retry(filterOf(body)) })),
  );
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer')
    .send({ error: 'a server key of the workspace with cjp:config_write is needed, or the token of the operator' });
}

function filterOf(body: unknown): { ids?: number[]; buriedAfter?: number } {
  if (!isObject(body)) return {};
  const { ids, buriedAfter } = body;
  return {
    ...(Array.isArray(ids) && { ids: ids.map(Number) }),
    ...(typeof buriedAfter === 'number' && { buriedAfter }),
  };
}
