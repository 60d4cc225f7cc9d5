// How many aliases of each type one person may have. Past it a join is refused with a warning, never silently:
// without limits one shared kiosk or one wrong merge grows into a person of thousands.
import type { Identitytype } from '../protocol/index.ts';

export interface AliasLimits extends Record<Identitytype, number> {
  /** All types together, however old. */
  total: number;
  /** temporaryIds count against their limit for this long after they were first seen. Default 30. */
  temporaryIdDays: number;
}

export const defaultLimits: AliasLimits = {
  phone: 5,
  email: 5,
  customerId: 5,
  socialId: 5,
  temporaryId: 100,
  total: 1_000,
  temporaryIdDays: 30,
};

interface Counted {
  identitytype: Identitytype;
  firstSeenAt: number;
}

const dayMs = 86_400_000;

/** Whether two groups of aliases fit into one person at `now`. */
export function fitTogether(a: readonly Counted[], b: readonly Counted[], limits: AliasLimits, now: number): boolean {
  if (a.length + b.length > limits.total) return false;
  const counts = new Map<Identitytype, number>();
  for (const { identitytype, firstSeenAt } of [...a, ...b]) {
    if (identitytype === 'temporaryId' && firstSeenAt < now - limits.temporaryIdDays * dayMs) continue;
    const count = (counts.get(identitytype) ?? 0) + 1;
    if (count > limits[identitytype]) return false;
    counts.set(identitytype, count);
  }
  return true;
}
