// Retention in the writer: one walk from the oldest event to the youngest age that any rule allows, in short steps.
import type { RetentionRule } from '../../store.ts';
import type { Place } from './history.ts';
import type { Names } from './names.ts';
import type { Db } from './open-file.ts';

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

export function createRetentionCalls(db: Db, workspaces: Names, onDelete: () => void): RetentionCalls {
  const oldest = db.prepare(`SELECT e.corrected, e.sequence, n.value AS type FROM event e JOIN name n ON n.id = e.type
    WHERE e.workspace = @workspace AND (e.corrected, e.sequence) > (@corrected, @sequence) AND e.corrected < @before
    ORDER BY e.corrected, e.sequence LIMIT @limit`);
  const remove = db.prepare('DELETE FROM event WHERE sequence = ?');
  return {
    retainStep(name, rules, at, behind, maxEvents) {
      const cutoffs = new Map(rules.map(({ type, maxAgeDays }) => [type, at - maxAgeDays * dayMs]));
      const cutoffOf = (type: string): number => cutoffs.get(type) ?? cutoffs.get('*') ?? -Infinity;
      const rows = oldest.all({
        workspace: workspaces.intern(name),
        ...(behind ?? { corrected: Number.MIN_SAFE_INTEGER, sequence: 0 }),
        before: Math.max(...cutoffs.values()),
        limit: maxEvents,
      }) as (Place & { type: string })[];
      const past = rows.filter(({ corrected, type }) => corrected < cutoffOf(type));
      if (past.length > 0) onDelete();
      for (const { sequence } of past) remove.run(sequence);
      const last = rows.length === maxEvents ? rows.at(-1) : undefined;
      return { deleted: past.length, ...(last && { behind: { corrected: last.corrected, sequence: last.sequence } }) };
    },
  };
}
