// The embedded Journey Data Service over HTTP: programs written for Cisco's cloud read and write with the same paths,
// envelopes and errors here (jds-contract 0 to 3, 6). A fastify plugin.
import type { FastifyInstance } from 'fastify';
import {
  type Access,
  type CallCodes,
  createCallCodes,
  createReadTokens,
  createTokenIssuers,
  type ReadTokens,
  type TokenIssuers,
} from '../access/index.ts';
import type { Store } from '../store/index.ts';
import { type Actions, createActions } from './actions/actions.ts';
import { type ActionEngineOptions, startActionEngine } from './actions/engine.ts';
import { createSigning, type Signing } from './actions/signing.ts';
import { type Audit, createAudit } from './audit.ts';
import { readBodies } from './body.ts';
import { type Call, serveCall } from './call.ts';
import { createEventStreams, type EventStreams, type EventStreamsOptions } from './event-stream.ts';
import { createFeed, type Feed } from './feed.ts';
import { JourneyError, sendJdsError } from './jds-error.ts';
import { serveOpenApi } from './openapi.ts';
import { createTemplates, type Templates } from './profiles/templates.ts';
import { createViewWatch, type ViewWatch } from './profiles/watch.ts';
import { readTokenSecret } from './read-token-secret.ts';
import { createRefusals, type NoteRefusal } from './refusals.ts';
import { keepRetention } from './retention.ts';
import { actionCalls } from './routes/actions.ts';
import { type CallCodeOutcome, callCodeCalls } from './routes/call-codes.ts';
import { deliveryCalls } from './routes/deliveries.ts';
import { eventCalls } from './routes/events.ts';
import { personDataCalls } from './routes/person-data.ts';
import { personEditCalls } from './routes/person-edits.ts';
import { personLinkCalls } from './routes/person-links.ts';
import { personCalls } from './routes/persons.ts';
import { streamCalls } from './routes/streams.ts';
import { subscriptionCalls } from './routes/subscriptions.ts';
import { templateCalls } from './routes/templates.ts';
import { tokenCalls } from './routes/tokens.ts';
import { viewStreamCalls } from './routes/view-streams.ts';
import { viewCalls } from './routes/views.ts';
import { webhookCalls } from './routes/webhooks.ts';
import { workspaceCalls } from './routes/workspaces.ts';
import { createWorkspaces, type Workspaces } from './workspaces.ts';

export interface JourneyOptions {
  access: Access;
  store: Store;
  /** Those that the relay issues. Default: of its own, which nobody issues. */
  callCodes?: CallCodes;
  /** Told what became of each code that somebody tried to redeem. */
  onCallCode?: (outcome: CallCodeOutcome) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  streams?: Omit<EventStreamsOptions, 'now'>;
  /** Limits of actions, and who is told of what they did. */
  firing?: Pick<ActionEngineOptions, 'maxFiresPerDay' | 'maxHops' | 'onFired' | 'onOutcome'>;
}

/** What every call works with. */
export interface JourneyContext {
  access: Access;
  store: Store;
  feed: Feed;
  streams: EventStreams;
  audit: Audit;
  callCodes: CallCodes;
  onCallCode: (outcome: CallCodeOutcome) => void;
  noteRefusal: NoteRefusal;
  readTokens: ReadTokens;
  tokenIssuers: TokenIssuers;
  workspaces: Workspaces;
  templates: Templates;
  actions: Actions;
  signing: Signing;
  viewWatch: ViewWatch;
  /** All calls, as they are declared: the OpenAPI document is made from them. */
  calls: Call[];
  now: () => number;
}

export async function journey(app: FastifyInstance, options: JourneyOptions): Promise<void> {
  const { now = Date.now } = options;
  const context = await createContext(app, options, now);
  allowEveryPage(app);
  readBodies(app);
  app.setErrorHandler((error, request, reply) => sendJdsError(error, request, reply, now));
  app.setNotFoundHandler((request, reply) =>
    sendJdsError(new JourneyError(404, 'There is nothing at this address'), request, reply, now),
  );
  const groups = [
    eventCalls,
    streamCalls,
    personCalls,
    personEditCalls,
    personLinkCalls,
    callCodeCalls,
    personDataCalls,
    workspaceCalls,
    subscriptionCalls,
    webhookCalls,
    tokenCalls,
    templateCalls,
    viewCalls,
    viewStreamCalls,
    actionCalls,
    deliveryCalls,
  ];
  for (const group of groups) for (const call of group(context)) serveCall(app, context, call);
  serveOpenApi(app, context.calls);
}

async function createContext(
  app: FastifyInstance,
  { access, store, callCodes = createCallCodes({ store }), onCallCode, streams: streamOptions, firing }: JourneyOptions,
  now: () => number,
): Promise<JourneyContext> {
  const feed = await createFeed(store, (error) => app.log.error({ err: error }, 'reading the live feed failed'));
  const streams = createEventStreams({ ...streamOptions, now });
  const audit = createAudit({
    store,
    now,
    onError: (error) => app.log.error({ err: error }, 'writing the audit failed'),
  });
  const templates = createTemplates(store, now);
  const actions = createActions(store, now);
  const engine = await startActionEngine({
    ...firing,
    store,
    actions,
    templates,
    now,
    onError: (error) => app.log.error({ err: error }, 'judging actions failed; it is tried again'),
  });
  const viewWatch = await createViewWatch({
    store,
    feed,
    templates,
    now,
    onError: (error) => app.log.error({ err: error }, 'computing watched views failed'),
  });
  app.addHook('preClose', async () => {
    viewWatch.close();
    streams.close();
  });
  app.addHook('onClose', async () => {
    feed.close();
    await engine.stop();
    await audit.flush();
  });
  const workspaces = await createWorkspaces(access, store);
  const retention = keepRetention({
    store,
    workspaces,
    onError: (error) => app.log.error({ err: error }, 'applying retention failed'),
  });
  app.addHook('preClose', async () => retention.stop());
  return {
    access,
    store,
    feed,
    streams,
    audit,
    noteRefusal: createRefusals({ audit, workspaces, now }),
    readTokens: createReadTokens(await readTokenSecret(store), now),
    tokenIssuers: createTokenIssuers(now),
    workspaces,
    callCodes,
    onCallCode: (outcome) => onCallCode?.(outcome),
    templates,
    actions,
    viewWatch,
    signing: createSigning(store, now),
    calls: [],
    now,
  };
}

/** Calls need a bearer token, never a cookie, so any page may ask: widgets run inside other products' desktops. */
function allowEveryPage(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' });
  });
  app.options('/*', async (_request, reply) =>
    reply
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, content-type, last-event-id, idempotency-key',
        'access-control-max-age': '7200',
      })
      .code(204)
      .send(),
  );
}
