// A model of the relay and of the network in front of it: what it stores, how it answers, and what happens on the way.
import type { BatchAnswer, EventResult, WireEvent } from '../../src/protocol/index.ts';

export type Network =
  | 'works'
  /** No connection: nothing arrives, the page is told. */
  | 'refused'
  /** The batch arrives, the answer does not. */
  | 'answer-lost'
  /** Nothing arrives and nobody says so. */
  | 'silent'
  /** A proxy answers for the relay. */
  | 'garbage'
  | 'busy'
  | 'too-many-requests';

export interface FakeRelay {
  network: Network;
  /** Most events that it takes at once. */
  maxEvents: number;
  stored: Map<string, WireEvent>;
  /** When a request came in, on the simulated clock of the sender. */
  requests: { url: URL; events: number; network: Network }[];
  deliver(
    url: string,
    body: string,
    timer: (work: () => void, delayMs: number) => unknown,
    answered?: (status: number, body: string, retryAfter: string | null) => void,
    stillSent?: () => boolean,
  ): void;
}

/** Events of type `bad` are refused, of type `poison` the whole batch with them, of type `moody` put off once. */
export function createRelay(random: () => number, now: () => number): FakeRelay {
  const putOff = new Set<string>();
  const relay: FakeRelay = {
    network: 'works',
    maxEvents: 500,
    stored: new Map(),
    requests: [],
    deliver(address, body, timer, answered = () => {}, stillSent = () => true) {
      const url = new URL(address);
      const { network } = relay;
      const way = (work: () => void): unknown => timer(work, 5 + random() * 200);
      relay.requests.push({ url, events: (JSON.parse(body) as unknown[]).length, network });
      way(() => {
        if (!stillSent()) return;
        if (network === 'silent') return;
        if (network === 'refused') return answered(0, '', null);
        if (network === 'garbage') return answered(200, '<html>Please log in</html>', null);
        if (network === 'busy') return answered(503, '{"code":"busy"}', '7');
        if (network === 'too-many-requests') return answered(429, '', '30');
        const [status, text] = take(JSON.parse(body));
        way(() => (network === 'answer-lost' ? answered(0, '', null) : answered(status, text, null)));
      });
    },
  };

  function take(events: WireEvent[]): [status: number, body: string] {
    if (events.length > relay.maxEvents) return [413, '{"code":"too-many-events"}'];
    if (events.some(({ type }) => type === 'poison')) return [400, '{"code":"not-json"}'];
    const answer: BatchAnswer = { results: events.map(judge), serverTime: new Date(now()).toISOString() };
    return [202, JSON.stringify(answer)];
  }

  function judge(event: WireEvent, index: number): EventResult {
    const { id, type } = event;
    if (type === 'bad') return { index, id, result: 'refused', code: 'type-not-allowed' };
    if (type === 'moody' && !putOff.has(id)) {
      putOff.add(id);
      return { index, id, result: 'retry', retryAfterMs: 3_000 };
    }
    if (relay.stored.has(id)) return { index, id, result: 'duplicate' };
    relay.stored.set(id, event);
    return { index, id, result: 'ok' };
  }

  return relay;
}
