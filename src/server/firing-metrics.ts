// What actions and their webhooks did, for Prometheus. Labels come from closed sets: addresses may hold secrets, and
// whoever may write actions must not fill the memory.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Webhooks, WebhooksOptions } from '../delivery/index.ts';
import type { JourneyOptions } from '../journey/index.ts';
import { type Store, webhookLanes } from '../store/index.ts';

type Judged = NonNullable<NonNullable<JourneyOptions['firing']>['onOutcome']>;

export interface FiringMetrics {
  judged: Judged;
  sent: NonNullable<WebhooksOptions['onOutcome']>;
  watch(webhooks: Webhooks, store: Pick<Store, 'lanes'>): void;
}

export function createFiringMetrics(registry: Registry): FiringMetrics {
  const registers = [registry];
  const judged = new Counter({
    name: 'waymark_actions_total',
    help: 'Events that concerned an action, by what became of it.',
    labelNames: ['outcome'],
    registers,
  });
  const sent = new Counter({
    name: 'waymark_webhooks_total',
    help: 'Attempts to call a webhook, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    judged: (outcome) => judged.inc({ outcome }),
    sent: (outcome) => sent.inc({ outcome }),
    watch(webhooks, store) {
      const gauge = (name: string, help: string, read: () => Promise<number> | number): void => {
        new Gauge({
          name,
          help,
          registers,
          async collect() {
            this.set(await read());
          },
        });
      };
      const sum = async (of: 'waiting' | 'buried'): Promise<number> =>
        (await store.lanes(webhookLanes)).reduce((all, lane) => all + lane[of], 0);
      gauge('waymark_webhooks_waiting', 'Webhooks that are not delivered yet.', () => sum('waiting'));
      gauge('waymark_webhooks_buried', 'Webhooks that were given up and can be replayed.', () => sum('buried'));
      gauge('waymark_webhook_endpoints_paused', 'Addresses that keep failing and rest.', webhooks.paused);
    },
  };
}
