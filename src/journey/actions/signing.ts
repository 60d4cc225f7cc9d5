// The secrets with which a workspace's webhooks are signed. Whoever sends them reads the same document.
import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../protocol/index.ts';
import { type SigningSecret, type Store, signingKind } from '../../store/index.ts';

export interface Signing {
  /** The one in use first; made when they are first asked for. */
  secrets(workspace: string): Promise<SigningSecret[]>;
  /** A new one; the one before signs too for 24 hours. */
  rotate(workspace: string): Promise<SigningSecret[]>;
}

const overlapMs = 24 * 3_600_000;

export function createSigning(store: Pick<Store, 'documents' | 'putDocument'>, now: () => number): Signing {
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: two first askers must not get two secrets. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  }

  async function read(workspace: string): Promise<SigningSecret[] | undefined> {
    const [found] = await store.documents(workspace, signingKind);
    return found && (found.body['secrets'] as unknown as SigningSecret[]);
  }

  async function write(workspace: string, secrets: SigningSecret[]): Promise<SigningSecret[]> {
    await store.putDocument(workspace, signingKind, { id: '1', body: { secrets } as unknown as JsonObject });
    return secrets;
  }

  return {
    secrets: (workspace) => inTurn(async () => (await read(workspace)) ?? write(workspace, [newSecret()])),
    rotate: (workspace) =>
      inTurn(async () => {
        const good = ((await read(workspace)) ?? []).filter(({ until }) => until === undefined || now() < until);
        const earlier = good.map(({ secret, until = now() + overlapMs }) => ({ secret, until }));
        return write(workspace, [newSecret(), ...earlier]);
      }),
  };
}

function newSecret(): SigningSecret {
  return { secret: `whsec_${randomBytes(32).toString('base64')}` };
}
