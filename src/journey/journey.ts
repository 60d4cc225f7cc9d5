// The embedded Journey Data Service over HTTP: programs written for Cisco's cloud read the same paths, envelopes and
// errors here (jds-contract 0 to 3). A fastify plugin.
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/index.ts';
import type { Store } from '../store/index.ts';
import { createFeed, type Feed } from './feed.ts';
import { JourneyError, sendJdsError } from './jds-error.ts';
import { eventRoutes } from './routes/events.ts';
import { personRoutes } from './routes/persons.ts';

export interface JourneyOptions {
  access: Access;
  store: Store;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** What every route works with. */
export interface JourneyContext {
  access: Access;
  store: Store;
  feed: Feed;
}

export async function journey(app: FastifyInstance, { access, store, now = Date.now }: JourneyOptions): Promise<void> {
  const feed = await createFeed(store, (error) => app.log.error({ err: error }, 'reading the live feed failed'));
  app.addHook('onClose', async () => feed.close());

  // Reading needs a bearer token, never a cookie, so any page may ask (widgets run inside other products' desktops).
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*');
  });
  app.options('/*', async (_request, reply) =>
    reply
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, content-type, last-event-id',
        'access-control-max-age': '7200',
      })
      .code(204)
      .send(),
  );

  app.setErrorHandler((error, request, reply) => sendJdsError(error, request, reply, now));
  app.setNotFoundHandler((request, reply) =>
    sendJdsError(new JourneyError(404, 'There is nothing at this address'), request, reply, now),
  );

  const context: JourneyContext = { access, store, feed };
  eventRoutes(app, context);
  personRoutes(app, context);
}
