// Erasing a person and applying retention, in the writer. What names the person goes in one transaction, at once; the
// events behind it go in steps, so that nobody waits. A stop in between is taken up at the next start.
import { Problem } from '../../../protocol/index.ts';
import type { EraseReceipt } from '../../store.ts';
import type { Aliases } from './aliases.ts';
import type { Links } from './links.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';
import { createPersonLookup } from './person-lookup.ts';

export interface ErasureCalls {
  /** Takes the person out of sight and suppresses its names; its events still go by `eraseStep`. */
  erase(workspace: string, personId: string, at: number): EraseReceipt;
  /** Deletes up to so many events of erased persons; true while there are more. */
  eraseStep(maxEvents: number): boolean;
}

export interface ErasureParts {
  workspaces: Names;
  aliases: Aliases;
  links: Links;
  /** Notes that events went, so that their sequences are never given again. */
  onDelete: () => void;
}

export function createErasureCalls(db: Db, { workspaces, aliases, links, onDelete }: ErasureParts): ErasureCalls {
  const lookup = createPersonLookup(db);
  const countEvents = db.prepare('SELECT count(*) FROM event WHERE alias = ?').pluck();
  // One that was claimed is perhaps on its way, or was and nobody knows how it ended.
  const delivered = db.prepare(
    'SELECT lane, count(*) AS count FROM delivery WHERE alias = ? AND (state = 1 OR attempts > 0) GROUP BY lane',
  );
  const suppress = db.prepare(`INSERT INTO suppression (workspace, hash, before) VALUES (?, ?, ?)
    ON CONFLICT (workspace, hash) DO UPDATE SET before = max(before, excluded.before)`);
  const linksOf = db.prepare('SELECT id FROM link WHERE from_alias = @alias OR to_alias = @alias').pluck();
  const removals = ['DELETE FROM proof WHERE link = ?', 'DELETE FROM link WHERE id = ?'].map((sql) => db.prepare(sql));
  const blank = db.prepare(`UPDATE alias SET value = NULL, canonical = NULL, person = id, person_id = 'erased-' || id,
    secret_hash = NULL, first_name = NULL, last_name = NULL, names_set = 0, created_by = '', updated_by = '' WHERE id = ?`);
  const dropFormer = db.prepare('DELETE FROM former_id WHERE alias = ?');
  const dropNotes = db.prepare('DELETE FROM note WHERE alias = ?');
  const dropDeliveries = db.prepare('DELETE FROM delivery WHERE alias = ?');
  const nextErased = db.prepare('SELECT id FROM alias WHERE value IS NULL LIMIT 1').pluck();
  const deleteEvents = db.prepare(
    'DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE alias = ? ORDER BY corrected LIMIT ?)',
  );
  const dropAlias = db.prepare('DELETE FROM alias WHERE id = ?');

  return {
    erase(name, personId, at) {
      const workspace = workspaces.intern(name);
      const label = lookup.byPersonId(workspace, personId);
      if (label === undefined) throw new Problem('not-found', `there is no person ${personId}`);
      const receipt: EraseReceipt = { at, events: 0, links: 0, aliases: [], delivered: {} };
      for (const { id, value, identitytype } of links.graph.members(label)) {
        const hash = aliases.suppressionHash(workspace, value, identitytype);
        suppress.run(workspace, hash, identitytype === 'temporaryId' ? null : at);
        receipt.aliases.push(hash.toString('hex'));
        receipt.events += Number(countEvents.get(id));
        for (const { lane, count } of delivered.all(id) as { lane: string; count: number }[]) {
          receipt.delivered[lane] = (receipt.delivered[lane] ?? 0) + count;
        }
        for (const link of linksOf.all({ alias: id }) as number[]) {
          for (const removal of removals) removal.run(link);
          receipt.links += 1;
        }
        for (const drop of [dropFormer, dropDeliveries, dropNotes, blank]) drop.run(id);
      }
      aliases.forget();
      links.setVersion(links.version() + 1);
      return receipt;
    },
    eraseStep(maxEvents) {
      const alias = nextErased.get();
      if (alias === undefined) return false;
      onDelete();
      if (deleteEvents.run(alias, maxEvents).changes < maxEvents) dropAlias.run(alias);
      return nextErased.get() !== undefined;
    },
  };
}
