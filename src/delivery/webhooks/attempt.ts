// One attempt at a delivery: the call as its payload says it, signed, and the note of what came of it.
import {
  attemptKind,
  type Delivery,
  type NewNote,
  type SigningSecret,
  type Store,
  signingKind,
  type WebhookPayload,
} from '../../store/index.ts';
import type { Outcome, Sender } from './send.ts';
import { signedHeaders } from './sign.ts';

export interface Attempt {
  outcome: Outcome;
  url: string;
  note: NewNote;
}

export interface AttemptsOptions {
  sender: Sender;
  store: Pick<Store, 'documents'>;
  now: () => number;
}

export function createAttempts({ sender, store, now }: AttemptsOptions): (delivery: Delivery) => Promise<Attempt> {
  const secretsOf = createSecrets(store, now);
  return async ({ workspace, key, payload }) => {
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
  };
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
