// Active actions by the types of events that they look at, compiled anew when they or their template change.
import { isOfType } from '../../store/index.ts';
import type { Templates } from '../profiles/templates.ts';
import type { Actions } from './actions.ts';
import { type CompiledAction, compileAction } from './compile.ts';

/** Of a workspace. */
export type ActiveActions = (workspace: string) => Promise<ActionsByType>;

export interface ActionsByType {
  /** Those that look at events of this type. */
  of(type: string): readonly CompiledAction[];
}

const maxTypes = 1_000;
const none: ActionsByType = { of: () => [] };

export function createActiveActions({ actions, templates }: { actions: Actions; templates: Templates }): ActiveActions {
  const compiled = new Map<string, { of: unknown[]; byType: ActionsByType }>();
  return async (workspace) => {
    const kept = (await actions.list(workspace)).filter(({ action }) => action.isActive);
    if (kept.length === 0) return none;
    const list = await templates.list(workspace);
    const known = compiled.get(workspace);
    const of = [...kept, ...list];
    if (known && known.of.length === of.length && known.of.every((one, index) => one === of[index]))
      return known.byType;
    const ready = kept.flatMap((one) => {
      const template = list.find((candidate) => candidate.template.id === one.action.templateId);
      return (template && compileAction(one, template)) ?? [];
    });
    const byType = createByType(ready);
    compiled.set(workspace, { of, byType });
    return byType;
  };
}

/** Each type is looked up once, until actions or templates change. */
function createByType(actions: readonly CompiledAction[]): ActionsByType {
  const known = new Map<string, CompiledAction[]>();
  return {
    of(type) {
      const found =
        known.get(type) ??
        actions.filter(({ attributes }) => attributes.some(({ attribute }) => isOfType(type, attribute.event)));
      // Whoever may send events may think of types without end.
      if (known.size < maxTypes) known.set(type, found);
      return found;
    },
  };
}
