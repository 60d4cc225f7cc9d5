// Erasing reaches the dead letters as well: what was refused about a person is as much theirs as what was stored.
import { decodeJwt } from 'jose';
import type { Access } from '../access/index.ts';
import { isObject, lowerEmail, phoneDigits, type WireEvent } from '../protocol/index.ts';
import type { DeadLetters } from '../relay/index.ts';
import type { Store } from '../store/index.ts';

/** The store, whose `erase` also takes the person's letters out of their files. */
export function eraseLettersToo(store: Store, { letters, access }: { letters: DeadLetters; access: Access }): Store {
  return {
    ...store,
    async erase(workspace, personId) {
      const person = await store.person(workspace, personId);
      const receipt = await store.erase(workspace, personId);
      const names = new Set(person?.aliases.flatMap(({ value }) => spellings(value)));
      await letters.forget(({ key, event }) => {
        // Of a key that was revoked nobody knows the workspace: better one letter too many.
        const owner = access.bySiteKey(key)?.workspace.id ?? workspace;
        return owner === workspace && namesIn(event).some((name) => spellings(name).some((one) => names.has(one)));
      });
      return receipt;
    },
  };
}

/** As the look-up of persons reads it (design, "Alias values"). */
function spellings(value: string): string[] {
  return [value, phoneDigits(value), lowerEmail(value)].filter((one) => one !== undefined);
}

function namesIn({ identity, previousidentity, identitytoken }: WireEvent): string[] {
  const vouched = identitytoken === undefined ? [] : namesInToken(identitytoken);
  return [identity, previousidentity, ...vouched].filter((name) => typeof name === 'string');
}

function namesInToken(token: string): unknown[] {
  try {
    const { sub, identities } = decodeJwt(token);
    return [sub, ...(Array.isArray(identities) ? identities : []).map((one) => isObject(one) && one['identity'])];
  } catch {
    return [];
  }
}
