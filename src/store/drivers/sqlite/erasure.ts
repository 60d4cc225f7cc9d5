// Erasing a person and applying retention, in the writer. What names the person goes in one transaction, at once; the
// events behind it go in steps, so that nobody waits. A stop in between is taken up at the next start.
import { identitytypes, Problem } from '../../../protocol/index.ts';
import type { EraseReceipt } from '../../store.ts';
import type { Aliases } from './aliases.ts';
import type { Erased, ErasureList } from './erasure-list.ts';
import type { Links } from './links.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';
import { createPersonLookup } from './person-lookup.ts';
import { createTraces } from './traces.ts';

export interface ErasureCalls {
  /** Takes the person out of sight and suppresses its names; its events still go by `eraseStep`. */
  erase(workspace: string, personId: string, at: number): EraseReceipt;
  /** Deletes up to so many events of erased persons; true while there are more. */
  eraseStep(maxEvents: number): boolean;
}

export interface Erasures extends ErasureCalls {
  /** Brings the store and the list of erasures to the same: erases what a backup brought back, lists what is missing. */
  settle(at: number): void;
}

export interface ErasureParts {
  workspaces: Names;
  aliases: Aliases;
  links: Links;
  list: ErasureList;
  /** Notes that events went, so that their sequences are never given again. */
  onDelete: () => void;
}

export function createErasures(db: Db, { workspaces, aliases, links, list, onDelete }: ErasureParts): Erasures {
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
  const dropTraces = createTraces(db);
  const nextErased = db.prepare('SELECT id FROM alias WHERE value IS NULL LIMIT 1').pluck();
  const deleteEvents = db.prepare(
    'DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE alias = ? ORDER BY corrected LIMIT ?)',
  );
  const dropAlias = db.prepare('DELETE FROM alias WHERE id = ?');
  const suppressed = db.prepare(
    'SELECT w.name AS workspace, lower(hex(s.hash)) AS hash, s.before FROM suppression s JOIN workspace w ON w.id = s.workspace',
  );
  const aliasesOf = db.prepare(
    'SELECT id, value, identitytype AS type FROM alias WHERE workspace = ? AND value IS NOT NULL',
  );

  /** Takes an alias out of sight; its events go by `eraseStep`. Returns how many links went with it. */
  function hide(id: number): number {
    const gone = linksOf.all({ alias: id }) as number[];
    for (const link of gone) for (const removal of removals) removal.run(link);
    dropTraces(id);
    blank.run(id);
    return gone.length;
  }

  /** What came back goes; whoever was joined with it stays, and stays together as far as the other links say. */
  function eraseAgain(workspace: number, hashes: ReadonlySet<string>, at: number): void {
    const found = (aliasesOf.all(workspace) as { id: number; value: string; type: number }[]).filter(
      ({ value, type }) =>
        hashes.has(aliases.suppressionHash(workspace, value, identitytypes[type] ?? 'customerId').toString('hex')),
    );
    for (const { id } of found) links.remove(linksOf.all({ alias: id }) as number[], { at, cause: 'erasure' });
    for (const { id } of found) hide(id);
  }

  return {
    settle(at) {
      const [stored, listed] = [latest(suppressed.all() as Erased[]), latest(list.read())];
      const back = [...listed.values()].filter((one) => isMore(one, stored.get(keyOf(one))));
      for (const [name, erased] of groupByWorkspace(back)) {
        const workspace = workspaces.intern(name);
        for (const { hash, before } of erased) suppress.run(workspace, Buffer.from(hash, 'hex'), before);
        eraseAgain(workspace, new Set(erased.map(({ hash }) => hash)), at);
      }
      if (back.length > 0) aliases.forget();
      list.add([...stored.values()].filter((one) => isMore(one, listed.get(keyOf(one)))));
    },
    erase(name, personId, at) {
      const workspace = workspaces.intern(name);
      const label = lookup.byPersonId(workspace, personId);
      if (label === undefined) throw new Problem('not-found', `there is no person ${personId}`);
      const erased: Erased[] = [];
      const receipt: EraseReceipt = { at, events: 0, links: 0, aliases: [], delivered: {} };
      for (const { id, value, identitytype } of links.graph.members(label)) {
        const hash = aliases.suppressionHash(workspace, value, identitytype);
        const before = identitytype === 'temporaryId' ? null : at;
        suppress.run(workspace, hash, before);
        erased.push({ workspace: name, hash: hash.toString('hex'), before });
        receipt.events += Number(countEvents.get(id));
        for (const { lane, count } of delivered.all(id) as { lane: string; count: number }[]) {
          receipt.delivered[lane] = (receipt.delivered[lane] ?? 0) + count;
        }
        receipt.links += hide(id);
      }
      receipt.aliases = erased.map(({ hash }) => hash);
      list.add(erased);
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

function keyOf({ workspace, hash }: Erased): string {
  return `${workspace} ${hash}`;
}

/** Whether it erases more than the other of the same alias. */
function isMore({ before }: Erased, than: Erased | undefined): boolean {
  if (than === undefined) return true;
  return than.before !== null && (before === null || before > than.before);
}

/** Of each alias the one that erases most. */
function latest(erased: readonly Erased[]): Map<string, Erased> {
  const found = new Map<string, Erased>();
  for (const one of erased) if (isMore(one, found.get(keyOf(one)))) found.set(keyOf(one), one);
  return found;
}

function groupByWorkspace(erased: readonly Erased[]): Map<string, Erased[]> {
  const groups = new Map<string, Erased[]>();
  for (const one of erased) groups.set(one.workspace, [...(groups.get(one.workspace) ?? []), one]);
  return groups;
}
