// Finds the label of a person (the alias whose person_id it shows) by its public id or by any of its aliases.
import { lowerEmail, phoneDigits } from '../../../protocol/index.ts';
import type { Db } from './open-file.ts';

export interface PersonLookup {
  /** Ids of merged-away persons answer as the survivor. */
  byPersonId(workspace: number, personId: string): number | undefined;
  /** Only temporaryIds: a customer number may be the same text. */
  byTemporaryId(workspace: number, temporaryId: string): number | undefined;
  /**
   * The settled order: literal, phone digits, lower-case e-mail; in any spelling known identities come first. A page
   * chooses its temporaryId, so that must never stand in front of a customer of whom another spelling is known.
   */
  byIdentity(workspace: number, identity: string): number | undefined;
}

export function createPersonLookup(db: Db): PersonLookup {
  const own = db
    .prepare('SELECT person FROM alias WHERE workspace = ? AND person_id = ? AND value IS NOT NULL')
    .pluck();
  const former = db
    .prepare('SELECT a.person FROM former_id f JOIN alias a ON a.id = f.alias WHERE f.workspace = ? AND f.id = ?')
    .pluck();
  const literal = db.prepare('SELECT person FROM alias WHERE workspace = ? AND kind = ? AND value = ?').pluck();
  const spelled = db
    .prepare('SELECT person FROM alias WHERE workspace = ? AND canonical = ? ORDER BY id LIMIT 1')
    .pluck();
  return {
    byPersonId: (workspace, personId) =>
      (own.get(workspace, personId) ?? former.get(workspace, personId)) as number | undefined,
    byTemporaryId: (workspace, temporaryId) => literal.get(workspace, 0, temporaryId) as number | undefined,
    byIdentity: (workspace, identity) =>
      (literal.get(workspace, 1, identity) ??
        spelled.get(workspace, phoneDigits(identity) ?? null) ??
        spelled.get(workspace, lowerEmail(identity) ?? null) ??
        literal.get(workspace, 0, identity)) as number | undefined,
  };
}
