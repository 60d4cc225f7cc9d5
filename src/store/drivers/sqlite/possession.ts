// Who may write under a temporaryId: whoever holds the secret that came with its first event (trust on first use).
// A secret that was given once counts for the rest of its batch, and is never stored but as a hash.
import { lowerEmail, type ProblemCode, phoneDigits } from '../../../protocol/index.ts';
import { type Alias, type Aliases, holdsSecret, type Origin } from './aliases.ts';

export interface Refusal {
  refused: { code: ProblemCode; detail: string };
}

export interface Possession {
  startBatch(): void;
  /** The sender says that this is the secret of a temporaryId. */
  offer(temporaryId: string, secret: string): void;
  /** The alias of a temporaryId that this sender may write under; made and registered on first use. */
  possess(workspace: number, temporaryId: string, origin: Origin): Alias | Refusal;
}

export function createPossession(aliases: Aliases): Possession {
  let secrets = new Map<string, string>();
  /** What was found in this batch already: hashing once per batch is enough. */
  let possessed = new Map<string, Alias>();
  return {
    startBatch() {
      secrets = new Map();
      possessed = new Map();
    },
    offer(temporaryId, secret) {
      if (secrets.get(temporaryId) === secret) return;
      secrets.set(temporaryId, secret);
      possessed.delete(temporaryId);
    },
    possess(workspace, temporaryId, origin) {
      const known = possessed.get(temporaryId);
      if (known) return known;
      const secret = secrets.get(temporaryId);
      const found = aliases.findLiteral(workspace, temporaryId, 'temporaryId');
      if (!found && aliases.suppressedBefore(workspace, temporaryId, 'temporaryId') !== undefined) return erased;
      if (!found && looksKnown(temporaryId)) return notTemporary;
      if (!secret || (found?.secretHash && !holdsSecret(found, secret))) return notYours;
      const alias = found ?? aliases.create(workspace, temporaryId, 'temporaryId', origin);
      if (!alias.secretHash) aliases.registerSecret(alias, secret);
      possessed.set(temporaryId, alias);
      return alias;
    },
  };
}

export const erased: Refusal = { refused: { code: 'erased', detail: 'this identity was erased' } };
export const notYours: Refusal = {
  refused: { code: 'temporaryid-not-yours', detail: 'temporarysecret is missing or wrong' },
};

/** Whoever asks for this customer would be shown what a page says under that name. */
function looksKnown(temporaryId: string): boolean {
  return lowerEmail(temporaryId) !== undefined || phoneDigits(temporaryId) !== undefined;
}

const notTemporary: Refusal = {
  refused: {
    code: 'invalid-event',
    detail: 'identity: expected a random temporaryId, got what reads like an e-mail address or a phone number',
  },
};
