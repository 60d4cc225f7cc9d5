// What is known of one address: whether it fails, and since when it rests. Kept in the store, so that a restart does not
// begin to knock again, and so that people can see it and end the pause.
import { type EndpointState, endpointKind, type Store } from '../../store/index.ts';
import type { Outcomes } from '../outcomes.ts';
import { pauseAfter } from './schedule.ts';

export interface Endpoint {
  /** How many deliveries to take at once: none while it rests, one while it is in doubt. */
  appetite(most: number): Promise<number>;
  succeeded(): Promise<void>;
  failed(failure: Failure): Promise<void>;
  /** Milliseconds; undefined where it does not rest. */
  restsUntil(): number | undefined;
}

export interface Failure {
  url: string;
  error: string;
  /** At least so long nothing is sent. */
  restMs?: number;
}

export interface EndpointOptions {
  store: Pick<Store, 'documents'>;
  outcomes: Pick<Outcomes, 'putDocument' | 'deleteDocument'>;
  workspace: string;
  id: string;
  /** Failures in a row from which on it is paused. */
  pauseFrom: number;
  now: () => number;
}

export function createEndpoint({ store, outcomes, workspace, id, pauseFrom, now }: EndpointOptions): Endpoint {
  let state: EndpointState | undefined;
  let isRead = false;

  /** While it rests it is read each time: somebody may have ended the pause. */
  async function read(): Promise<void> {
    if (isRead && state?.pausedUntil === undefined) return;
    const documents = await store.documents(workspace, endpointKind);
    state = documents.find((document) => document.id === id)?.body as EndpointState | undefined;
    isRead = true;
  }

  return {
    async appetite(most) {
      await read();
      if (!state) return most;
      return now() < (state.pausedUntil ?? 0) ? 0 : 1;
    },
    async succeeded() {
      if (!state) return;
      state = undefined;
      await outcomes.deleteDocument(workspace, endpointKind, id);
    },
    async failed({ url, error, restMs = 0 }) {
      const failures = (state?.failures ?? 0) + 1;
      const pause = Math.max(pauseAfter(failures, pauseFrom) ?? 0, restMs);
      const at = now();
      state = { url, failures, lastError: error.slice(0, 500), lastFailureAt: at };
      if (pause > 0) state.pausedUntil = at + pause;
      await outcomes.putDocument(workspace, endpointKind, { id, body: { ...state } });
    },
    restsUntil: () => (state?.pausedUntil !== undefined && now() < state.pausedUntil ? state.pausedUntil : undefined),
  };
}
