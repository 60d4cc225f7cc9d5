// Who used an identity token that is bound to no temporaryId. The first browser that shows it has it: whoever copied it
// from a log or a page proves nothing with it, while the same browser may send its event again as often as it has to.
import { createHash } from 'node:crypto';
import type { Proof } from '../../store.ts';
import type { Db } from './open-file.ts';

export interface TokenUses {
  /** Notes the use in the writer's transaction; false where another alias was first. */
  isFirst(workspace: number, token: NonNullable<Proof['single']>, alias: number, at: number): boolean;
}

const kind = 'token-use';
/** Uses between two looks for tokens that are good no longer. */
const pruneEvery = 1_000;

export function createTokenUses(db: Db): TokenUses {
  const find = db.prepare('SELECT body FROM document WHERE workspace = ? AND kind = ? AND id = ?').pluck();
  const note = db.prepare('INSERT INTO document (workspace, kind, id, body) VALUES (?, ?, ?, ?)');
  const prune = db.prepare(`DELETE FROM document WHERE kind = ? AND json_extract(body, '$.until') < ?`);
  let uses = 0;
  return {
    isFirst(workspace, { tokenId, until }, alias, at) {
      // Not as it stands: a back end may put into it what it likes.
      const id = createHash('sha256').update(tokenId).digest('base64url');
      const known = find.get(workspace, kind, id) as string | undefined;
      if (known !== undefined) return (JSON.parse(known) as { alias: number }).alias === alias;
      uses += 1;
      if (uses % pruneEvery === 0) prune.run(kind, at);
      note.run(workspace, kind, id, JSON.stringify({ alias, until }));
      return true;
    },
  };
}
