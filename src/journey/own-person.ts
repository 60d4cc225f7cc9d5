// Tokens that are bound to one identity read the person who owns it, under any of that person's aliases, and nobody else.
// Whoever is not theirs is refused in one way, known here or not, so that a token cannot ask who exists.
import type { Store } from '../store/index.ts';
import type { Admitted } from './authorize.ts';
import { JourneyError } from './jds-error.ts';

/** Throws 403 where the caller is bound to another person, or `wanted` is everybody. */
export async function requireOwn(
  store: Store,
  { caller, workspace }: Admitted,
  wanted: { identity?: string | undefined; personId?: string | undefined },
): Promise<void> {
  if (caller.identity === undefined) return;
  // Whoever is still unknown has no person to compare. An id goes before the identity, as it does in the query.
  if (wanted.personId === undefined && wanted.identity === caller.identity) return;
  const own = await store.personOf(workspace.id, caller.identity);
  const asked = await find(store, workspace.id, wanted);
  if (!own || own.id !== asked?.id) throw new JourneyError(403, 'The token is bound to another person');
}

async function find(store: Store, workspace: string, { identity, personId }: Parameters<typeof requireOwn>[2]) {
  if (personId !== undefined) return store.person(workspace, personId);
  return identity === undefined ? undefined : store.personOf(workspace, identity);
}
