// Starts what actions set off: the webhooks that go out, the limits of firing, and both in numbers.
import type { Registry } from 'prom-client';
import { startWebhooks, type Webhooks } from '../delivery/index.ts';
import type { JourneyOptions } from '../journey/index.ts';
import type { Store } from '../store/index.ts';
import type { WebhooksConfig } from './config.ts';
import { defined } from './defined.ts';
import { createFiringMetrics } from './firing-metrics.ts';

interface FiringParts {
  store: Store;
  registry: Registry;
  onError: (error: unknown) => void;
}

export interface StartedFiring {
  webhooks: Webhooks;
  /** For the Journey Data Service, which judges the actions. */
  firing: NonNullable<JourneyOptions['firing']>;
}

export function startFiring(
  config: WebhooksConfig | undefined,
  { store, registry, onError }: FiringParts,
): StartedFiring {
  const { allow, timeoutMs, concurrency, maxCalls, pauseFrom, retryDelaysMs: delaysMs, ...limits } = config ?? {};
  const metrics = createFiringMetrics(registry);
  const webhooks = startWebhooks({
    store,
    onError,
    onOutcome: metrics.sent,
    ...defined({ allow, timeoutMs, concurrency, maxCalls, pauseFrom, delaysMs }),
  });
  metrics.watch(webhooks, store);
  return { webhooks, firing: { ...limits, onFired: webhooks.wake, onOutcome: metrics.judged } };
}
