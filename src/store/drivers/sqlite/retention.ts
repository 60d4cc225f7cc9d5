// Retention in the writer: one walk from the oldest event to the youngest age that any rule allows, in short steps. With
// the last event of a visitor whom nobody knows goes all that is known of them (docs/decisions/0015).
import type { RetentionRule } from '../../store.ts';
import type { Aliases } from './aliases.ts';
import type { Place } from './history.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';
import { createTraces } from './traces.ts';

export interface RetentionCalls {
  /** Looks at up to so many events behind a place and deletes those past their age. */
  retainStep(
    workspace: string,
    rules: RetentionRule[],
    at: number,
    behind: Place | null,
    maxEvents: number,
  ): RetainStep;
}

export interface RetainStep {
  deleted: number;
  /** Where the next step goes on; absent at the end. */
  behind?: Place;
}

const dayMs = 86_400_000;

export interface RetentionParts {
  workspaces: Names;
  aliases: Pick<Aliases, 'remove'>;
  /** Notes that events went, so that their sequences are never given again. */
  onDelete: () => void;
}

export function createRetentionCalls(db: Db, { workspaces, aliases, onDelete }: RetentionParts): RetentionCalls {
  const oldest =
    db.prepare(`SELECT e.corrected, e.sequence, e.alias, n.value AS type FROM event e JOIN name n ON n.id = e.type
    WHERE e.workspace = @workspace AND (e.corrected, e.sequence) > (@corrected, @sequence) AND e.corrected < @before
    ORDER BY e.corrected, e.sequence LIMIT @limit`);
  const remove = db.prepare('DELETE FROM event WHERE sequence = ?');
  // Links also where they are removed or only claimed; of deliveries those that wait.
  const unknown = db
    .prepare(`SELECT value FROM alias a WHERE id = ? AND kind = 0 AND value IS NOT NULL AND names_set = 0
      AND NOT EXISTS (SELECT 1 FROM event WHERE alias = a.id)
      AND NOT EXISTS (SELECT 1 FROM link WHERE from_alias = a.id)
      AND NOT EXISTS (SELECT 1 FROM link WHERE to_alias = a.id)
      AND NOT EXISTS (SELECT 1 FROM delivery WHERE alias = a.id AND state <> 1)`)
    .pluck();
  const dropTraces = createTraces(db);

  function forgetUnknown(workspace: number, alias: number): void {
    const temporaryId = unknown.get(alias) as string | undefined;
    if (temporaryId === undefined) return;
    dropTraces(alias);
    aliases.remove(workspace, alias, temporaryId);
  }

  return {
    retainStep(name, rules, at, behind, maxEvents) {
      const cutoffs = new Map(rules.map(({ type, maxAgeDays }) => [type, at - maxAgeDays * dayMs]));
      const cutoffOf = (type: string): number => cutoffs.get(type) ?? cutoffs.get('*') ?? -Infinity;
      const workspace = workspaces.intern(name);
      const rows = oldest.all({
        workspace,
        ...(behind ?? { corrected: Number.MIN_SAFE_INTEGER, sequence: 0 }),
        before: Math.max(...cutoffs.values()),
        limit: maxEvents,
      }) as (Place & { type: string; alias: number })[];
      const past = rows.filter(({ corrected, type }) => corrected < cutoffOf(type));
      if (past.length > 0) onDelete();
      for (const { sequence } of past) remove.run(sequence);
      for (const alias of new Set(past.map((event) => event.alias))) forgetUnknown(workspace, alias);
      const last = rows.length === maxEvents ? rows.at(-1) : undefined;
      return { deleted: past.length, ...(last && { behind: { corrected: last.corrected, sequence: last.sequence } }) };
    },
  };
}
