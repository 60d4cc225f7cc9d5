// What every test of forwarding stands on: a store whose visitors come by `visit` and `login`, a journey service in the
// place of Cisco's, a proxy in between, and a clock that needs no time.
import { onTestFinished } from 'vitest';
import { type Forward, type ForwardOptions, type JdsDestination, startForward } from '../../../src/delivery/index.ts';
import type { CloudEvent } from '../../../src/protocol/index.ts';
import { startServer } from '../../../src/server/index.ts';
import { openSqliteStore, type Store } from '../../../src/store/index.ts';
import { aFolder } from '../../helpers.ts';
import { aBatch, aProof, identifyEvent, noon, pageEvent, workspace } from '../../store/values.ts';
import { aProxy, type FaultyProxy, type ProxyOptions } from './proxy.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const theirs = '64f00000000000000000c15c';
export const timeoutMs = 9_999;
const serviceToken = 'token-of-the-service-behind';

export interface Stage {
  clock: VirtualClock;
  store: Store;
  proxy: FaultyProxy;
  /** A page visit; resolves with the event's id. */
  visit(temporaryId: string, members?: Partial<CloudEvent>): Promise<string>;
  login(temporaryId: string, identity: string, members?: Partial<CloudEvent>): Promise<string>;
  start(overrides?: Partial<JdsDestination>, options?: Partial<ForwardOptions>): Promise<Forward>;
  /** Lets time pass until nothing waits. */
  drained(forward: Forward, withinMs?: number): Promise<void>;
  /** What the service holds under an identity, as a desk would read it without lag. */
  theirHistory(identity: string): Promise<CloudEvent[]>;
}

export async function aStage(proxyOptions: Partial<ProxyOptions> = {}): Promise<Stage> {
  const folder = aFolder();
  const service = await startServer({
    listen: { port: 0 },
    database: `${folder}/theirs.db`,
    log: 'silent',
    workspaces: [
      {
        id: theirs,
        name: 'Theirs',
        serverKeys: [{ name: 'all', token: serviceToken, scopes: ['cjp:config_write', 'cjp:config_read', 'cjp:user'] }],
      },
    ],
  });
  onTestFinished(() => service.close());
  let pending = 0;
  const clock = createVirtualClock({
    start: noon,
    timeoutMs,
    isStill: () => pending === 0 && clock.calls() === proxy.hung(),
  });
  const proxy = await aProxy({ service: service.url, serviceToken, now: clock.now, ...proxyOptions });
  const store = counted(
    await openSqliteStore({ file: `${folder}/ours.db`, now: clock.now, minFreeDiskBytes: 0 }),
    (change) => {
      pending += change;
    },
  );
  onTestFinished(() => store.close());

  const stage: Stage = {
    clock,
    store,
    proxy,
    async visit(temporaryId, members = {}) {
      const event = pageEvent(temporaryId, { time: new Date(clock.now()).toISOString(), ...members });
      await store.append(aBatch([event], { receivedAt: clock.now() }));
      return event.id;
    },
    async login(temporaryId, identity, members = {}) {
      const event = identifyEvent(temporaryId, identity, 'email', {
        time: new Date(clock.now()).toISOString(),
        ...members,
      });
      const findings = { 0: { proof: aProof(identity) } };
      await store.append(aBatch([event], { receivedAt: clock.now(), findings }));
      return event.id;
    },
    async start(overrides = {}, options = {}) {
      const forward = await startForward({
        store,
        clock,
        random: () => 1,
        destination: {
          name: 'cisco',
          workspace,
          region: proxy.url,
          workspaceId: theirs,
          credentials: { token: 'a-static-token' },
          timeoutMs,
          ...overrides,
        },
        ...options,
      });
      onTestFinished(() => forward.stop());
      return forward;
    },
    drained: (forward, withinMs) =>
      clock.until('nothing waits', async () => (await forward.status()).waiting === 0, withinMs),
    async theirHistory(identity) {
      const path = `/v1/api/events/workspace-id/${theirs}?pageSize=1000&identity=${encodeURIComponent(identity)}`;
      const response = await fetch(service.url + path, { headers: { authorization: `Bearer ${serviceToken}` } });
      return response.status === 404 ? [] : ((await response.json()) as { data: CloudEvent[] }).data;
    },
  };
  return stage;
}

/** The store, with word of every call that it has not answered yet. */
function counted(store: Store, change: (by: number) => void): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const result: unknown = member.apply(target, args);
        if (!(result instanceof Promise)) return result;
        change(1);
        return result.finally(() => change(-1));
      };
    },
  });
}
