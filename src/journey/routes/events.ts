// History and live stream of events (jds-contract 2).
import type { FastifyInstance } from 'fastify';
import type { StoredEvent } from '../../store/index.ts';
import { authorize, readEvents } from '../authorize.ts';
import { openEventStream } from '../event-stream.ts';
import { viewEvent } from '../event-view.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { readPage, readText } from '../query.ts';

export function eventRoutes(app: FastifyInstance, { access, store, feed }: JourneyContext): void {
  app.get<{ Params: { ws: string } }>('/v1/api/events/workspace-id/:ws', async (request) => {
    const workspace = authorize(access, request, { workspaceId: request.params.ws, scopes: readEvents });
    const identity = readText(request.query, 'identity');
    const events = await store.history({
      workspace: workspace.id,
      ...(identity === undefined ? {} : { identity }),
      ...readPage(request.query),
    });
    // Flows branch on this 404 (jds-contract 2.1); a page past the end of a history that exists is empty instead.
    if (events.length === 0 && readPage(request.query).offset === 0) {
      throw new JourneyError(404, 'No events were found');
    }
    return {
      meta: {
        organizationId: workspace.organizationId,
        workspaceId: workspace.id,
        resultCount: events.length,
        ...(identity === undefined ? {} : { identity }),
      },
      data: events.map(viewEvent),
    };
  });

  app.get<{ Params: { ws: string; identity: string } }>(
    '/v1/api/events/stream/workspace-id/:ws/identity/:identity',
    async (request, reply) => {
      const workspace = authorize(access, request, {
        workspaceId: request.params.ws,
        scopes: readEvents,
        inQuery: true,
      });
      const early: StoredEvent[] = [];
      let send = (event: StoredEvent): void => void early.push(event);
      // Never 404: whoever is unknown now may come.
      const unsubscribe = await feed.subscribe({
        workspace: workspace.id,
        identity: request.params.identity,
        onEvent: (event) => send(event),
      });
      const stream = openEventStream(reply, () => {
        unsubscribe();
        streams.delete(stream);
      });
      streams.add(stream);
      send = (event) => stream.send(String(event.sequence), JSON.stringify(viewEvent(event)));
      early.forEach(send);
    },
  );

  const streams = new Set<{ close(): void }>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.close();
  });
}
