// Sends the webhooks that lie in the outbox, in a lane for each address. A lane takes what is due, a few at a time, and
// says of each what became of it; one that fails or is slow costs no other. On the wire at least once: whoever receives
// tells repeats by the webhook-id.
import {
  attemptKind,
  type Delivery,
  type NewNote,
  type SigningSecret,
  type Store,
  signingKind,
  type WebhookPayload,
  webhookLanes,
} from '../../store/index.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { retryDelay, retryDelaysMs } from './schedule.ts';
import { createSender, type Outcome, type SenderOptions } from './send.ts';
import { signedHeaders } from './sign.ts';

export interface WebhooksOptions {
  store: Store;
  /** Networks beyond the internet that may be called. Default: none. */
  allow?: readonly string[];
  /** Default 15,000. */
  timeoutMs?: number;
  /** Calls of one address at once. Default 8. */
  concurrency?: number;
  /** Default: from 5 seconds to 16 hours, eight of them. */
  delaysMs?: readonly number[];
  /** Failures in a row from which on an address rests. Default 10. */
  pauseFrom?: number;
  /** How often is looked for what has become due. Default 1,000. */
  pollMs?: number;
  now?: () => number;
  random?: () => number;
  resolve?: SenderOptions['resolve'];
  onOutcome?: (outcome: Outcome['result'] | 'given-up') => void;
  onError: (error: unknown) => void;
}

export interface Webhooks {
  /** Something was added to these lanes. */
  wake(lanes: Iterable<string>): void;
  /** Addresses that rest now. */
  paused(): number;
  /** Ends after the calls under way. */
  stop(): Promise<void>;
}

/** Taken from a lane at once, for each call that may be under way. */
const batchPerCall = 4;
/** What a receiver has asked to wait for is waited for by the whole address. */
const restStatuses = new Set([429, 503]);

interface LaneRun {
  endpoint: Endpoint;
  running: Promise<void> | undefined;
  again: boolean;
}

export function startWebhooks(options: WebhooksOptions): Webhooks {
  const { store, onError, onOutcome = () => undefined, now = Date.now, random = Math.random } = options;
  const { timeoutMs = 15_000, concurrency = 8, pauseFrom = 10, pollMs = 1_000 } = options;
  const { delaysMs = retryDelaysMs, allow = [], resolve } = options;
  const policy = createAddressPolicy(allow);
  const sender = createSender({ policy, timeoutMs, now, ...(resolve && { resolve }) });
  const secretsOf = createSecrets(store, now);
  const lanes = new Map<string, LaneRun>();
  const batch = concurrency * batchPerCall;
  /** Long enough for the whole batch, should each call take all its time. */
  const leaseMs = timeoutMs * (batchPerCall + 1);
  let stopped = false;

  const poll = async (): Promise<void> => {
    const at = now();
    for (const { lane, nextDueAt = Number.POSITIVE_INFINITY } of await store.lanes(webhookLanes)) {
      if (nextDueAt <= at) wakeLane(lane);
    }
  };
  const timer = setInterval(() => void poll().catch(onError), pollMs);
  timer.unref();
  void poll().catch(onError);

  function wakeLane(lane: string): void {
    if (stopped) return;
    const run = lanes.get(lane) ?? { endpoint: endpointOf(lane), running: undefined, again: false };
    lanes.set(lane, run);
    run.again = true;
    run.running ??= serve(lane, run)
      .catch(onError)
      .finally(() => {
        run.running = undefined;
      });
  }

  function endpointOf(lane: string): Endpoint {
    const [workspace = '', id = ''] = lane.slice(webhookLanes.length).split(':');
    return createEndpoint({ store, workspace, id, pauseFrom, now });
  }

  async function serve(lane: string, run: LaneRun): Promise<void> {
    while (run.again && !stopped) {
      run.again = false;
      const limit = await run.endpoint.appetite(batch);
      if (limit === 0) return;
      const deliveries = await store.claim(lane, { limit, leaseUntil: now() + leaseMs });
      await sendAll(deliveries, run.endpoint);
      run.again ||= deliveries.length === limit;
    }
  }

  async function sendAll(deliveries: readonly Delivery[], endpoint: Endpoint): Promise<void> {
    const waiting = [...deliveries];
    const notes: NewNote[] = [];
    const done: number[] = [];
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        // What is left when the address begins to rest goes back; it counts as tried once, which costs it one of many.
        if (endpoint.restsUntil() !== undefined) {
          await store.retryAt(one.id, endpoint.restsUntil() ?? now(), 'the address keeps failing and rests');
          continue;
        }
        const attempt = await attemptOne(one);
        notes.push(attempt.note);
        if (attempt.outcome.result === 'delivered') done.push(one.id);
        // What cannot be noted of one is tried again when its lease ends, and costs the others nothing.
        await settle(one, attempt, endpoint).catch(onError);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, worker));
    // One after the other into the same commit.
    await Promise.all([store.done(done), notes.length > 0 && store.enqueue([], undefined, notes)]);
  }

  async function attemptOne({ workspace, key, payload }: Delivery): Promise<Attempt> {
    const webhook = JSON.parse(payload) as WebhookPayload;
    const { url, verb, body = '', contentType, authorization, hops, sequence } = webhook;
    const at = now();
    const outcome = await sender.send({
      url,
      method: verb === 'get' ? 'GET' : 'POST',
      body,
      headers: {
        'user-agent': 'Waymark-Webhooks/1',
        'waymark-hops': String(hops),
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(authorization !== undefined && { authorization }),
        ...signedHeaders({ id: key, at, body }, await secretsOf(workspace)),
      },
    });
    const told = {
      ...('status' in outcome && outcome.status !== undefined && { status: outcome.status }),
      ...('error' in outcome && { error: outcome.error.slice(0, 500) }),
      durationMs: Math.max(0, now() - at),
    };
    const note = { workspace, kind: attemptKind, subject: key, key: `${key}@${at}`, sequence, at, body: told };
    return { outcome, url, note };
  }

  async function settle({ id, attempts }: Delivery, { outcome, url }: Attempt, endpoint: Endpoint): Promise<void> {
    if (outcome.result === 'delivered') {
      onOutcome('delivered');
      return endpoint.succeeded();
    }
    const { error } = outcome;
    const at = now();
    if (outcome.result === 'refused') {
      onOutcome('refused');
      return store.bury(id, error);
    }
    const restMs = outcome.result === 'gone' ? 24 * 3_600_000 : restOf(outcome);
    await endpoint.failed({ url, error, ...(restMs !== undefined && { restMs }) });
    const delay =
      outcome.result === 'gone'
        ? undefined
        : retryDelay({ attempts: attempts + 1, delaysMs, random, retryAfterMs: outcome.retryAfterMs ?? 0 });
    onOutcome(delay === undefined ? 'given-up' : 'failed');
    return delay === undefined ? store.bury(id, error) : store.retryAt(id, at + delay, error);
  }

  return {
    wake(added) {
      for (const lane of added) wakeLane(lane);
    },
    paused: () => [...lanes.values()].filter(({ endpoint }) => endpoint.restsUntil() !== undefined).length,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all([...lanes.values()].map(({ running }) => running));
      sender.close();
    },
  };
}

interface Attempt {
  outcome: Outcome;
  url: string;
  note: NewNote;
}

function restOf(outcome: Outcome): number | undefined {
  if (outcome.result !== 'failed' || !restStatuses.has(outcome.status ?? 0)) return undefined;
  return outcome.retryAfterMs;
}

/** Read again after a few seconds, for the new one after a rotation. */
function createSecrets(store: Pick<Store, 'documents'>, now: () => number) {
  const keptMs = 5_000;
  const known = new Map<string, { readAt: number; secrets: SigningSecret[] }>();
  return async (workspace: string): Promise<SigningSecret[]> => {
    const fresh = known.get(workspace);
    if (fresh && now() - fresh.readAt < keptMs) return fresh.secrets;
    const [document] = await store.documents(workspace, signingKind);
    const secrets = (document?.body['secrets'] ?? []) as unknown as SigningSecret[];
    known.set(workspace, { readAt: now(), secrets });
    return secrets;
  };
}
